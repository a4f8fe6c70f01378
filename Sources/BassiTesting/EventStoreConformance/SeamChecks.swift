import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// Guarantee 8: under every interleaving of append and follow each event comes once, in order.
    static let seamChecks = [
        Check("8: every interleaving of append, read, wait and restart, to a depth of 7", interleavings),
        Check("8: a follower that is stopped and restarted at every position misses nothing", restarts),
        Check("8: followers cancelled at random under bursts of 1,000 events miss nothing and repeat nothing", bursts),
    ]

    private enum Step: Int, CaseIterable { case append, next, restart }

    @Sendable private static func interleavings(_ makeStore: StoreFactory) async throws {
        let depth = 7
        let schedules = (0..<depth).reduce(1) { count, _ in count * Step.allCases.count }
        try await withStore(makeStore) { store in
            for schedule in 0..<schedules {
                var (digits, steps) = (schedule, [Step]())
                for _ in 0..<depth {
                    steps.append(Step.allCases[digits % Step.allCases.count])
                    digits /= Step.allCases.count
                }
                do { try await interleave(steps, store, yields: schedule % 5) } catch let error as ConformanceFailure {
                    throw ConformanceFailure("\(steps.map { "\($0)" }.joined(separator: ", ")): \(error)")
                }
            }
        }
    }

    /// A `next` when there is nothing to say waits while the append that wakes it is on its way.
    private static func interleave(_ steps: [Step], _ store: any EventStore, yields: Int) async throws {
        let session = SessionID()
        var log: [Event] = []
        var ledger = FollowerLedger(start: 0)
        var follower = store.follow(session).makeAsyncIterator()
        for step in steps {
            switch step {
            case .append: log += try await store.append(ends(1), to: session, expecting: .any)
            case .restart:
                ledger = FollowerLedger(start: ledger.position)
                follower = store.follow(session, after: SequenceNumber(ledger.position)).makeAsyncIterator()
            case .next where ledger.expectsMore(of: log): try ledger.take(try await follower.next(), from: log)
            case .next:
                async let added = append(after: yields, store, session)
                let delivery = try await follower.next()
                log += try await added
                try ledger.take(delivery, from: log)
            }
        }
        try await drain(&follower, &ledger, log)
        try ledger.settle(log)
    }

    private static func append(after yields: Int, _ store: any EventStore, _ session: SessionID) async throws -> [Event]
    {
        await yield(yields)
        return try await store.append(ends(1), to: session, expecting: .any)
    }

    @Sendable private static func restarts(_ makeStore: StoreFactory) async throws {
        let total = 60
        try await withStore(makeStore) { store in
            for stride in 1...3 {
                let session = SessionID()
                async let appended = append(total, yielding: stride, store, session)
                var deliveries: [(start: Int, [Delivery])] = []
                var position = 0
                while position < total {
                    let end = min(total, position + stride)
                    deliveries.append((position, try await follow(store, session, after: position, until: end)))
                    position = end
                }
                try verify(deliveries, against: try await appended)
            }
        }
    }

    @Sendable private static func bursts(_ makeStore: StoreFactory) async throws {
        let (bursts, size) = (4, 1_000)
        try await withStore(makeStore) { store in
            let session = SessionID()
            let seen = try await withThrowingTaskGroup(of: [(start: Int, [Delivery])].self) { group in
                for seed in 1...4 {
                    group.addTask { try await restless(store, session, until: bursts * size, seed: UInt64(seed)) }
                }
                for burst in 0..<bursts {
                    _ = try await store.append(ends(size), to: session, expecting: .exact(SequenceNumber(burst * size)))
                    await yield(50)
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let log = try await readAll(store, session)
            for deliveries in seen { try verify(deliveries, against: log) }
        }
    }

    /// Follows, is cancelled after a random while, and begins again after what it has got, until it has everything.
    private static func restless(
        _ store: any EventStore, _ session: SessionID, until end: Int, seed: UInt64
    ) async throws -> [(start: Int, [Delivery])] {
        var random = SplitMix64(seed: seed)
        var (position, deliveries) = (0, [(start: Int, [Delivery])]())
        while position < end {
            try Task.checkCancellation()
            let yields = Int.random(in: 0...400, using: &random)
            let got = try await follow(store, session, after: position, until: end, cancelledAfter: yields)
            deliveries.append((position, got))
            for case .event(let event) in got { position = Int(event.seq.rawValue) }
        }
        return deliveries
    }

    /// What a follower gets until it has the event at `end`, or is cancelled.
    private static func follow(
        _ store: any EventStore, _ session: SessionID, after position: Int, until end: Int,
        cancelledAfter yields: Int? = nil
    ) async throws -> [Delivery] {
        try await withThrowingTaskGroup(of: [Delivery].self) { group in
            group.addTask {
                var deliveries: [Delivery] = []
                do {
                    for try await delivery in store.follow(session, after: SequenceNumber(position)) {
                        deliveries.append(delivery)
                        if case .event(let event) = delivery, event.seq.rawValue >= end { break }
                    }
                } catch is CancellationError {}
                return deliveries
            }
            if let yields {
                await yield(yields)
                group.cancelAll()
            }
            return try await group.next() ?? []
        }
    }

    private static func append(
        _ count: Int, yielding yields: Int, _ store: any EventStore, _ session: SessionID
    ) async throws -> [Event] {
        var log: [Event] = []
        for _ in 0..<count {
            log += try await store.append(ends(1), to: session, expecting: .exact(SequenceNumber(log.count)))
            await yield(yields)
        }
        return log
    }

    private static func verify(_ deliveries: [(start: Int, [Delivery])], against log: [Event]) throws {
        var position = 0
        for (start, deliveries) in deliveries {
            try require(start == position, "restarted at \(start), not \(position)")
            var ledger = FollowerLedger(start: start)
            for delivery in deliveries { try ledger.take(delivery, from: log, isQuiet: false) }
            position = ledger.position
        }
        try require(position == log.count, "the followers got \(position) of \(log.count) events")
    }
}
