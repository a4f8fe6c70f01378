import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// How sessions are listed, and how waiting ends: by an append, a cancellation, or the end of the store.
    static let lifeChecks = [
        Check("sessions are listed by their last event's time, then by id, and pages join without a seam", listing),
        Check("a wait ends when the head is past its position, at once or later, and for no other reason", waits),
        Check("a cancelled follower ends at once, before, while and after it waits, and disturbs nobody", cancellation),
        Check("closing wakes every waiting follower with 'closed', and every later call says so too", closing),
    ]

    @Sendable private static func listing(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            var random = SplitMix64(seed: 5)
            var wanted: [StoredSession] = []
            for _ in 0..<25 {
                let times = (0..<Int.random(in: 1...3, using: &random)).map { _ in
                    Int64.random(in: 0..<6, using: &random)
                }
                let log = try await store.append(times.map { draft(1, at: $0) }, to: SessionID(), expecting: .noStream)
                wanted.append(
                    StoredSession(
                        id: log[0].sessionID, head: SequenceNumber(log.count), createdAt: log[0].timestamp,
                        updatedAt: log[log.count - 1].timestamp, hasOwner: false))
            }
            wanted.sort { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
            for size in [1, 7, 24, 25, 26] {
                var listed: [StoredSession] = []
                while case let page = try await store.sessions(limit: size, offset: listed.count), !page.isEmpty {
                    try require(page.count <= size, "a page of \(size) sessions holds \(page.count)")
                    listed += page
                }
                try require(listed == wanted, "pages of \(size) do not join to the list of all sessions")
            }
        }
    }

    @Sendable private static func waits(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let (session, other) = (SessionID(), SessionID())
            for head in stride(from: 0, to: 120, by: 2) {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for position in [head - 1, head, head, head, head + 1, head + 1] {
                        group.addTask {
                            try await store.waitForEvents(in: session, after: SequenceNumber(position))
                            let now = Int(try await store.head(of: session)?.rawValue ?? 0)
                            try require(now > position, "a wait after \(position) ended at head \(now)")
                        }
                    }
                    await yield(head % 7)
                    _ = try await store.append(ends(2), to: other, expecting: .any)
                    await yield(head % 5)
                    _ = try await store.append(ends(1), to: session, expecting: .exact(SequenceNumber(head)))
                    await yield(head % 9)
                    _ = try await store.append(ends(1), to: session, expecting: .exact(SequenceNumber(head + 1)))
                    try await group.waitForAll()
                }
            }
        }
    }

    @Sendable private static func cancellation(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            for yields in 0..<100 {
                async let other: Void = store.waitForEvents(in: session, after: SequenceNumber(yields))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        await yield(yields % 10)
                        for try await _ in store.follow(session, after: SequenceNumber(yields)) {}
                    }
                    await yield(yields)
                    group.cancelAll()
                    do { try await group.waitForAll() } catch is CancellationError { return }
                    throw ConformanceFailure("a cancelled follower ended without a CancellationError")
                }
                _ = try await store.append(ends(1), to: session, expecting: .exact(SequenceNumber(yields)))
                try await other
            }
        }
    }

    @Sendable private static func closing(_ makeStore: StoreFactory) async throws {
        for yields in [0, 1, 5, 50, 200] {
            let store = try await makeStore()
            let session = SessionID()
            let log = try await store.append(ends(3), to: session, expecting: .noStream)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for start in 0...log.count {
                    for follow in [session, SessionID()] {
                        group.addTask {
                            let start = SequenceNumber(follow == session ? start : 0)
                            try await require(.closed, from: "a follower of a store that was closed") {
                                for try await _ in store.follow(follow, after: start) {}
                            }
                        }
                    }
                }
                await yield(yields)
                try await store.close()
                try await group.waitForAll()
            }
            try await refuseEverything(store, session)
        }
    }

    private static func refuseEverything(_ store: any EventStore, _ session: SessionID) async throws {
        try await require(.closed, from: "an append after close") {
            _ = try await store.append(ends(1), to: session, expecting: .any)
        }
        try await require(.closed, from: "a read after close") { _ = try await store.read(session) }
        try await require(.closed, from: "head after close") { _ = try await store.head(of: session) }
        try await require(.closed, from: "sessions after close") { _ = try await store.sessions(limit: 1, offset: 0) }
        try await require(.closed, from: "a wait after close") {
            try await store.waitForEvents(in: session, after: 3)
        }
    }
}
