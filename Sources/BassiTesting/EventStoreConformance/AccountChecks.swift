import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// Guarantee 10: delivered + filtered + coalesced + lagged = head − start, and only deltas are ever skipped or
    /// coalesced.
    static let accountChecks = [
        Check("10: every position is accounted for, over random logs, starts, filters and policies", accounts),
        Check("10: the account is right for slow and fast readers of a log that grows", speeds),
        Check("10: what was skipped is said at once and in one piece", laggedRanges),
    ]

    private enum Step: Sendable, CustomStringConvertible {
        case append([Int])
        case take(Int)
        case restart(back: Int)

        static func random(_ random: inout SplitMix64) -> Step {
            switch Int.random(in: 0..<8, using: &random) {
            case 0..<3:
                let size = Int.random(in: 0..<30, using: &random) == 0 ? 300 : Int.random(in: 1...6, using: &random)
                // Twice 0, so that deltas of one block often stand together.
                return .append((0..<size).map { _ in max(0, Int.random(in: -1..<8, using: &random)) })
            case 7: return .restart(back: Int.random(in: 0...3, using: &random))
            default: return .take(Int.random(in: 1...5, using: &random))
            }
        }

        var description: String {
            switch self {
            case .append(let kinds): "append \(kinds.count < 9 ? "\(kinds)" : "\(kinds.count) events")"
            case .take(let count): "take \(count)"
            case .restart(let back): "restart, \(back) back"
            }
        }
    }

    @Sendable private static func accounts(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            for (index, filter) in filters.enumerated() {
                for policy in policies {
                    let property = Property("\(policy), \(filter)", seed: UInt64(index * 1_000), lists: 12)
                    try await property.check(make: Step.random) { steps in
                        try await account(steps, store, filter, policy)
                    }
                }
            }
        }
    }

    private static func account(
        _ steps: [Step], _ store: any EventStore, _ filter: EventFilter, _ policy: SlowReaderPolicy
    ) async throws {
        let session = SessionID()
        var log: [Event] = []
        var ledger = FollowerLedger(start: 0, filter: filter, policy: policy)
        var follower = store.follow(session, where: filter, slow: policy).makeAsyncIterator()
        for step in steps {
            switch step {
            case .append(let kinds):
                log += try await store.append(kinds.map { draft($0) }, to: session, expecting: .any)
            case .take(let count):
                for _ in 0..<count where ledger.expectsMore(of: log) {
                    try ledger.take(try await follower.next(), from: log)
                }
            case .restart(let back):
                let start = max(0, ledger.position - back)
                ledger = FollowerLedger(start: start, filter: filter, policy: policy)
                let position = SequenceNumber(start)
                follower = store.follow(session, after: position, where: filter, slow: policy).makeAsyncIterator()
            }
        }
        try await drain(&follower, &ledger, log)
        try ledger.settle(log)
    }

    @Sendable private static func speeds(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            for policy in policies {
                let session = SessionID()
                let (log, seen) = try await withThrowingTaskGroup(of: [Delivery].self) { group in
                    for speed in [0, 1, 5, 20] {
                        group.addTask { try await read(store, session, policy, yielding: speed) }
                    }
                    var random = SplitMix64(seed: 3)
                    var log: [Event] = []
                    for _ in 0..<60 {
                        let size = Int.random(in: 1...12, using: &random)
                        let batch = (0..<size).map { _ in draft(max(0, Int.random(in: -2..<3, using: &random))) }
                        log += try await store.append(batch, to: session, expecting: .any)
                        await yield(Int.random(in: 0...20, using: &random))
                    }
                    log += try await store.append([draft(1, "last")], to: session, expecting: .any)
                    return (log, try await group.reduce(into: [[Delivery]]()) { $0.append($1) })
                }
                for deliveries in seen {
                    var ledger = FollowerLedger(start: 0, policy: policy)
                    for delivery in deliveries { try ledger.take(delivery, from: log, isQuiet: false) }
                    try ledger.settle(log)
                }
            }
        }
    }

    /// Reads until the last event, or until it is told that it was too slow, with pauses between.
    private static func read(
        _ store: any EventStore, _ session: SessionID, _ policy: SlowReaderPolicy, yielding yields: Int
    ) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        for try await delivery in store.follow(session, slow: policy) {
            deliveries.append(delivery)
            if case .event(let event) = delivery, case .sessionEnded(let end) = event.payload, end.reason == "last" {
                break
            }
            await yield(yields)
        }
        return deliveries
    }

    @Sendable private static func laggedRanges(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            let kinds = [0, 1, 2, 0, 2, 3, 1, 0, 0]
            let log = try await store.append(kinds.map { draft($0) }, to: session, expecting: .noStream)
            var follower = store.follow(session, slow: .skipDeltas).makeAsyncIterator()
            let wanted: [Delivery] = [
                .lagged(from: 1, to: 1), .event(log[1]), .lagged(from: 3, to: 5), .event(log[5]), .event(log[6]),
                .lagged(from: 8, to: 9), .caughtUp(9),
            ]
            for delivery in wanted {
                let next = try await follower.next()
                try require(next == delivery, "\(next?.shortly ?? "the end") came, not \(delivery.shortly)")
            }
        }
    }
}
