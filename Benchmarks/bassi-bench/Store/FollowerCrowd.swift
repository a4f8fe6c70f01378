import BassiEvents
import BassiStore
import Synchronization

/// Many followers of one session, for as long as something is measured.
enum FollowerCrowd: String, CaseIterable {
    /// Nobody follows.
    case none
    /// They have read once, and hold what they got until the end.
    case stuck
    /// They are at the end of the log, and read whatever comes.
    case waiting

    /// Runs `body` once all followers are where they should be; afterwards they are cancelled.
    func follow<Value: Sendable>(
        _ session: SessionID, in store: any EventStore, count: Int, while body: () async throws -> Value
    ) async throws -> Value {
        let ready = Ready()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            defer { group.cancelAll() }
            for _ in 0..<(self == .none ? 0 : count) {
                group.addTask {
                    do { try await self.follow(session, in: store, ready) } catch is CancellationError {}
                }
            }
            while self != .none, ready.count < count { try await ContinuousClock().sleep(for: .milliseconds(1)) }
            // Those who wait have said so before they do.
            try await ContinuousClock().sleep(for: .milliseconds(20))
            let value = try await body()
            group.cancelAll()
            try await group.waitForAll()
            return value
        }
    }

    private func follow(_ session: SessionID, in store: any EventStore, _ ready: Ready) async throws {
        var follower = store.follow(session).makeAsyncIterator()
        switch self {
        case .none: return
        case .stuck:
            _ = try await follower.next()
            ready.enter()
            try await ContinuousClock().sleep(for: .seconds(3600))
        case .waiting:
            while let delivery = try await follower.next() {
                switch delivery {
                case .caughtUp, .unknownStream: ready.enter()
                default: continue
                }
            }
        }
    }

    private final class Ready: Sendable {
        private let entered = Mutex(0)
        var count: Int { entered.withLock { $0 } }
        func enter() { entered.withLock { $0 += 1 } }
    }
}
