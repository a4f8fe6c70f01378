import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// Guarantee 10, policy by policy: what exactly a slow reader gets.
    static let slowReaderChecks = [
        Check("10: deltas of one place that stand together come as one, and nothing else does", coalescedRanges),
        Check("10: a long row of stored deltas comes in few events", longRow),
        Check("10: who has been at the end and falls too far behind is told where it stands", disconnections),
        Check("10: who falls behind with events in hand gets those first", disconnectionsInHand),
    ]

    @Sendable private static func coalescedRanges(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            let kinds = [0, 0, 4, 1, 2, 2, 2, 6, 6, 3, 3, 0, 2, 0]
            let log = try await store.append(
                kinds.enumerated().map { draft($1, "\($0) ") }, to: session, expecting: .noStream)
            let all = [1...2, 3...3, 4...4, 5...7, 8...9, 10...10, 11...11, 12...12, 13...13, 14...14]
            try await expect(all, of: log, from: store.follow(session, slow: .coalesceDeltas))
            try await expect(
                [2...2, 3...3], of: log, from: store.follow(session, after: 1, slow: .coalesceDeltas), max: 2)
            // Between the last two of these lies an event that this reader did not ask for.
            let tokens = store.follow(session, where: .types(.tokenDelta), slow: .coalesceDeltas)
            try await expect([1...2, 3...3, 12...12, 14...14], of: log, from: tokens)
        }
    }

    /// The deliveries are events that stand for these positions; after them, unless only some are taken, the end.
    private static func expect(
        _ ranges: [ClosedRange<Int>], of log: [Event], from subscription: Subscription, max: Int = .max
    ) async throws {
        var follower = subscription.makeAsyncIterator()
        for range in ranges.prefix(max) {
            let parts = log[range.lowerBound - 1..<range.upperBound]
            let wanted = parts.count == 1 ? parts.first : FollowerLedger.whole(of: parts)
            try await expect(wanted.map(Delivery.event), from: &follower)
        }
        if ranges.count < max { try await expect(.caughtUp(SequenceNumber(log.count)), from: &follower) }
    }

    private static func expect(_ wanted: Delivery?, from follower: inout Subscription.Iterator) async throws {
        let next = try await follower.next()
        try require(next == wanted, "\(next?.shortly ?? "the end") came, not \(wanted?.shortly ?? "the end")")
    }

    @Sendable private static func longRow(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            let log = try await store.append((0..<900).map { draft(0, "\($0)") }, to: session, expecting: .noStream)
            var ledger = FollowerLedger(start: 0, policy: .coalesceDeltas)
            var follower = store.follow(session, slow: .coalesceDeltas).makeAsyncIterator()
            try await drain(&follower, &ledger, log)
            try ledger.settle(log)
            try require(ledger.delivered <= 9, "900 stored deltas came in \(ledger.delivered) events")
        }
    }

    @Sendable private static func disconnections(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let (session, limit) = (SessionID(), 8)
            var follower = store.follow(session, slow: .disconnect(after: limit)).makeAsyncIterator()
            try await expect(.unknownStream, from: &follower)
            var log = try await store.append(ends(limit), to: session, expecting: .noStream)
            for event in log { try await expect(.event(event), from: &follower) }
            log += try await store.append(ends(limit + 1), to: session, expecting: .any)
            try await expect(.disconnected(after: 8, head: 17), from: &follower)
            for _ in 0..<2 { try await expect(nil, from: &follower) }

            // Whoever begins again is behind by more than that, and has not been at the end yet.
            log += try await store.append(ends(600), to: session, expecting: .any)
            follower = store.follow(session, after: 8, slow: .disconnect(after: limit)).makeAsyncIterator()
            for event in log.dropFirst(8) { try await expect(.event(event), from: &follower) }
            try await expect(.caughtUp(617), from: &follower)
        }
    }

    @Sendable private static func disconnectionsInHand(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            var log = try await store.append(ends(1), to: session, expecting: .noStream)
            var follower = store.follow(session, slow: .disconnect(after: 8)).makeAsyncIterator()
            try await expect(.event(log[0]), from: &follower)
            try await expect(.caughtUp(1), from: &follower)
            log += try await store.append(ends(5), to: session, expecting: .any)
            try await expect(.event(log[1]), from: &follower)
            log += try await store.append(ends(300), to: session, expecting: .any)
            for event in log[2...5] { try await expect(.event(event), from: &follower) }
            try await expect(.disconnected(after: 6, head: 306), from: &follower)
            try await expect(nil, from: &follower)
        }
    }
}
