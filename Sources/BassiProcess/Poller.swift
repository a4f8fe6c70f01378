import CBassiProcess
import Foundation
import Synchronization

/// Waits for descriptors on one thread of its own, so that no thread of the concurrency pool waits for a child.
final class Poller: Sendable {
    /// What somebody waits for; like a `pollfd`.
    struct Interest: Sendable {
        var descriptor: Int32
        var isWriting = false
    }

    private struct Waiter {
        let interests: [Interest]
        let continuation: CheckedContinuation<[Bool], Never>
    }

    private struct State {
        var waiters: [Int: Waiter] = [:]
        var nextID = 0
        /// A byte is in the pipe already, or the thread is about to look anyway.
        var isAwake = false
    }

    private static let started = Mutex<Poller?>(nil)
    private let state = Mutex(State())
    private let wakeReading: Int32
    private let wakeWriting: Int32

    private init() throws(ProcessFailure) {
        var reading: Int32 = -1
        var writing: Int32 = -1
        let number = bassi_pipe(&reading, &writing)
        guard number == 0 else { throw .spawnFailed(number) }
        wakeReading = reading
        wakeWriting = writing
    }

    /// The one of this process. Its thread and its two descriptors stay until the process ends.
    static func shared() throws(ProcessFailure) -> Poller {
        try started.withLock { (started) throws(ProcessFailure) in
            if let poller = started { return poller }
            let poller = try Poller()
            started = poller
            Thread.detachNewThread { poller.loop() }
            return poller
        }
    }

    /// Returns, for each interest, whether it can go on without waiting: at least one can. An end of file and an error
    /// count. The descriptors must stay open until then.
    func wait(for interests: [Interest]) async -> [Bool] {
        await withCheckedContinuation { continuation in
            let mustWake = state.withLock { state in
                state.waiters[state.nextID] = Waiter(interests: interests, continuation: continuation)
                state.nextID += 1
                defer { state.isAwake = true }
                return !state.isAwake
            }
            if mustWake { _ = bassi_write(wakeWriting, [1], 1) }
        }
    }

    private func loop() {
        while true {
            let waiters = state.withLock { state in
                state.isAwake = false
                return Array(state.waiters)
            }
            var polled = [pollfd(fd: wakeReading, events: Int16(POLLIN), revents: 0)]
            for interest in waiters.lazy.flatMap(\.value.interests) {
                let events = interest.isWriting ? POLLOUT : POLLIN
                polled.append(pollfd(fd: interest.descriptor, events: Int16(events), revents: 0))
            }
            guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
            if polled[0].revents != 0 { swallowWakeUps() }
            resume(waiters, polled)
        }
    }

    private func swallowWakeUps() {
        withUnsafeTemporaryAllocation(byteCount: 64, alignment: 1) { bytes in
            while read(wakeReading, bytes.baseAddress, bytes.count) > 0 {}
        }
    }

    private func resume(_ waiters: [(key: Int, value: Waiter)], _ polled: [pollfd]) {
        var at = 1
        for (id, waiter) in waiters {
            let end = at + waiter.interests.count
            let isReady = polled[at..<end].map { $0.revents != 0 }
            at = end
            guard isReady.contains(true) else { continue }
            _ = state.withLock { $0.waiters.removeValue(forKey: id) }
            waiter.continuation.resume(returning: isReady)
        }
    }
}
