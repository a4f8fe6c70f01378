import BassiEvents
import BassiStore
import Foundation
import Synchronization
import Testing

@testable import BassiSQLite

/// Everybody has a turn, and nobody waits for ever.
@Suite(.serialized) struct WriteLockTests {
    private final class Count: Sendable {
        let isOver = Mutex(false)
        let turns = Mutex(0)
        /// Turns of the busy one while the other waited.
        let whileWaiting = Mutex(0)
    }

    private static func onThread(_ body: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                body()
                continuation.resume()
            }
        }
    }

    @Test func `one that is always busy lets another in between`() async throws {
        let folder = try LogFolder()
        let (busy, other) = (try WriteLock(beside: folder.log), try WriteLock(beside: folder.log))
        let count = Count()
        // Threads of their own: waiting for the lock would hold up the threads that all tests share.
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                await Self.onThread {
                    while !count.isOver.withLock({ $0 }) {
                        _ = try? busy.hold { (0..<20_000).reduce(0, &+) }
                        count.turns.withLock { $0 += 1 }
                    }
                }
            }
            group.addTask {
                await Self.onThread {
                    for _ in 0..<20 {
                        let before = count.turns.withLock { $0 }
                        try? other.hold {}
                        count.whileWaiting.withLock { $0 += count.turns.withLock { $0 } - before }
                    }
                }
                count.isOver.withLock { $0 = true }
            }
        }
        // Without the turnstile the other waits for hundreds of turns.
        #expect(count.whileWaiting.withLock { $0 } < 1_000)
    }

    @Test func `one that does not let go is named after a while, and nothing is spoilt`() async throws {
        let folder = try LogFolder()
        let store = try SQLiteEventStore(path: folder.log)
        let holder = try WriteLock(beside: folder.log)
        let other = try WriteLock(beside: folder.log, waitMax: .milliseconds(100))
        try holder.hold {
            let error = #expect(throws: LockIsHeld.self) { try other.hold {} }
            #expect(error?.storeError.description.contains("process \(getpid()) holds it") == true)
        }
        try other.hold {}
        _ = try await store.append([SampleLog.prompt("x")], to: SessionID(), expecting: .noStream, until: .durable)
        try await store.close()
    }
}
