import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// Guarantee 1: positions are contiguous from 1, bytes never change, all readers see one order.
    static let orderChecks = [
        Check("1: random appends and reads give what plain arrays would give", randomOperations),
        Check(
            "1: many readers of a growing stream see the same events in one order and whole batches only", manyReaders),
        Check("1: a page holds at most 1,000 events, and the next one goes on where it ended", pages),
    ]

    @Sendable private static func randomOperations(_ makeStore: StoreFactory) async throws {
        let property = Property("random appends and reads", seed: 1, lists: 80)
        try await property.check(make: StoreOperation.random) { operations in
            try await withStore(makeStore) { store in
                var modelled = ModelledStore(store: store)
                for operation in operations { try await modelled.perform(operation) }
                for stream in 0..<StoreOperation.streams { try await modelled.perform(.head(stream: stream)) }
                try await modelled.perform(.sessions(limit: .max, offset: 0))
                try await modelled.readAll()
            }
        }
    }

    @Sendable private static func manyReaders(_ makeStore: StoreFactory) async throws {
        let (batches, size) = (60, 7)
        try await withStore(makeStore) { store in
            let session = SessionID()
            let seen = try await withThrowingTaskGroup(of: [Event].self) { group in
                for _ in 0..<6 {
                    group.addTask { try await poll(store, session, until: batches * size, batch: size) }
                }
                for batch in 0..<batches {
                    _ = try await store.append(ends(size), to: session, expecting: .exact(SequenceNumber(batch * size)))
                    await yield(batch % 4)
                }
                return try await group.reduce(into: [[Event]]()) { $0.append($1) }
            }
            for events in seen { try require(events == seen[0], "two readers saw different events") }
        }
    }

    /// Reads the whole stream again and again while it grows; what was there before must be there still.
    private static func poll(
        _ store: any EventStore, _ session: SessionID, until end: Int, batch: Int
    ) async throws -> [Event] {
        var known: [Event] = []
        while known.count < end {
            let head = Int(try await store.head(of: session)?.rawValue ?? 0)
            let events = try await store.read(session)
            try require(events.count >= head, "the head was \(head), but only \(events.count) events could be read")
            try require(head % batch == 0 && events.count % batch == 0, "a part of a batch was seen")
            try require(Array(events.prefix(known.count)) == known, "what was read before has changed")
            try require(events.map(\.seq.rawValue) == Array(1..<Int64(events.count + 1)), "positions have a hole")
            known = events
            await Task.yield()
        }
        return known
    }

    @Sendable private static func pages(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            _ = try await store.append(ends(2_001), to: session, expecting: .noStream)
            for (position, count) in [(0, 1_000), (1_000, 1_000), (1_001, 1_000), (2_000, 1), (2_001, 0), (9_999, 0)] {
                let page = try await store.read(session, after: SequenceNumber(position), where: .all, limit: .max)
                let wanted = (0..<count).map { Int64(position + $0 + 1) }
                try require(page.map(\.seq.rawValue) == wanted, "the page after \(position) has \(page.count) events")
            }
        }
    }
}
