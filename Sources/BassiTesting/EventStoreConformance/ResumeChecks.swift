import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// Guarantee 7: after position n comes n + 1, or an explicit answer.
    static let resumeChecks = [
        Check("7: after every position n comes n + 1, then caughtUp once, then what is appended", everyPosition),
        Check("7: an unknown stream is named once, and a reader that is ahead is told so and ends", explicitAnswers),
        Check("7: a filter by types changes what is delivered and nothing else", filteredFollowers),
    ]

    /// Lengths around the sizes of pages are where a resume goes wrong.
    @Sendable private static func everyPosition(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            for length in [1, 2, 20, 255, 256, 257, 1_000, 1_001] {
                let session = SessionID()
                var log = try await store.append(ends(length), to: session, expecting: .noStream)
                let starts = length <= 20 ? Array(0...length) : [0, 1, 255, 256, 257, length - 1, length]
                for start in starts where start <= length {
                    var follower = store.follow(session, after: SequenceNumber(start)).makeAsyncIterator()
                    var ledger = FollowerLedger(start: start)
                    try await drain(&follower, &ledger, log)
                    for count in 1...2 {
                        let head = SequenceNumber(log.count)
                        log += try await store.append(ends(count), to: session, expecting: .exact(head))
                        try await drain(&follower, &ledger, log)
                    }
                }
            }
        }
    }

    @Sendable private static func explicitAnswers(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            var unknown = store.follow(session).makeAsyncIterator()
            var ledger = FollowerLedger(start: 0)
            try await drain(&unknown, &ledger, [])
            try await refuseAhead(of: [], store, session, at: [1, 7])
            let log = try await store.append(ends(5), to: session, expecting: .noStream)
            try await drain(&unknown, &ledger, log)
            try await refuseAhead(of: log, store, session, at: [6, 7, 1_000_000, .max])
        }
    }

    private static func refuseAhead(
        of log: [Event], _ store: any EventStore, _ session: SessionID, at positions: [Int]
    ) async throws {
        for position in positions {
            var follower = store.follow(session, after: SequenceNumber(position)).makeAsyncIterator()
            var ledger = FollowerLedger(start: position)
            try await drain(&follower, &ledger, log)
            try require(ledger.isFinished, "a reader at \(position) of \(log.count) was not told that it is ahead")
            for _ in 0..<2 { try ledger.take(try await follower.next(), from: log) }
        }
    }

    @Sendable private static func filteredFollowers(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            var log = try await store.append((0..<300).map { draft($0) }, to: session, expecting: .noStream)
            for filter in filters {
                for start in [0, 1, 2, 3, 299, 300] {
                    var ledger = FollowerLedger(start: start, filter: filter)
                    let subscription = store.follow(session, after: SequenceNumber(start), where: filter)
                    var follower = subscription.makeAsyncIterator()
                    try await drain(&follower, &ledger, log)
                    log += try await store.append((0..<4).map { draft($0) }, to: session, expecting: .any)
                    try await drain(&follower, &ledger, log)
                    try ledger.settle(log)
                    let page = try await store.read(session, after: SequenceNumber(start), where: filter, limit: 9)
                    let wanted = log.dropFirst(start).filter(filter.matches).prefix(9)
                    try require(page == Array(wanted), "a page of \(filter) after \(start) holds other events")
                }
            }
        }
    }

    /// Takes from the follower all that it has to say about the log.
    static func drain(
        _ follower: inout Subscription.Iterator, _ ledger: inout FollowerLedger, _ log: [Event]
    ) async throws {
        while ledger.expectsMore(of: log) { try ledger.take(try await follower.next(), from: log) }
    }
}
