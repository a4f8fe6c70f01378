import BassiEvents
import BassiStore
import Synchronization

extension EventStoreConformance {
    /// Guarantee 2: a batch is all or nothing under its expected version; a conflict names the actual version.
    static let appendChecks = [
        Check("2: of 2 to 64 writers with one version exactly one wins, and the others learn the actual one", racers),
        Check(
            "2: writers that go on from the version of their conflict all get in, and the history is linear", retries),
        Check("2: a batch becomes visible as a whole", wholeBatches),
        Check("2: batches of many writers at once stand together, where the answer says", togetherness),
        Check("2: an empty batch checks the version and leaves no trace", emptyBatches),
    ]

    @Sendable private static func racers(_ makeStore: StoreFactory) async throws {
        for writers in [2, 4, 8, 16, 32, 64] {
            try await withStore(makeStore) { store in
                let session = SessionID()
                var log: [Event] = []
                for _ in 0..<12 { log += try await race(writers, store, session, head: log.count) }
                try require(try await store.read(session) == log, "the stream is not what the winners appended")
            }
        }
    }

    /// Lets the writers append batches of different sizes at one version, and gives back the winner's events.
    private static func race(
        _ writers: Int, _ store: any EventStore, _ session: SessionID, head: Int
    ) async throws -> [Event] {
        let version: ExpectedVersion = head == 0 ? .noStream : .exact(SequenceNumber(head))
        let outcomes = try await withThrowingTaskGroup(of: Result<[Event], StoreError>.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    do {
                        let batch = ends(writer % 3 + 1)
                        return .success(try await store.append(batch, to: session, expecting: version))
                    } catch let error as StoreError { return .failure(error) }
                }
            }
            return try await group.reduce(into: [Result<[Event], StoreError>]()) { $0.append($1) }
        }
        let wins = outcomes.compactMap { try? $0.get() }
        try require(wins.count == 1, "\(wins.count) of \(writers) writers won version \(head)")
        let actual = SequenceNumber(head + wins[0].count)
        let conflict = StoreError.conflict(session: session, expected: version, actual: actual)
        for case .failure(let error) in outcomes {
            try require(error == conflict, "a loser was told '\(error)', not '\(conflict)'")
        }
        return wins[0]
    }

    /// The highest position that an append has answered with.
    private final class Acknowledged: Sendable {
        let head = Mutex(0)
    }

    @Sendable private static func retries(_ makeStore: StoreFactory) async throws {
        let (writers, appends) = (16, 8)
        try await withStore(makeStore) { store in
            let session = SessionID()
            let acknowledged = Acknowledged()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<writers {
                    group.addTask {
                        var position = 0
                        for _ in 0..<appends {
                            position = try await enter(store, session, from: position, acknowledged)
                        }
                    }
                }
                try await group.waitForAll()
            }
            let log = try await store.read(session)
            try require(
                log.count == writers * appends * 2, "\(log.count) events after \(writers * appends) appends of 2")
            try require(Set(log.map(\.id)).count == log.count, "an event stands in the log twice")
        }
    }

    /// Appends two events, going on from what each conflict says; gives back the new head.
    private static func enter(
        _ store: any EventStore, _ session: SessionID, from position: Int, _ acknowledged: Acknowledged
    ) async throws -> Int {
        var position = position
        while true {
            let before = acknowledged.head.withLock { $0 }
            do {
                let version = ExpectedVersion.exact(SequenceNumber(position))
                let added = try await store.append(ends(2), to: session, expecting: version)
                try require(
                    added.map(\.seq.rawValue) == [Int64(position) + 1, Int64(position) + 2], "not where it was expected"
                )
                position += 2
                acknowledged.head.withLock { $0 = max($0, position) }
                return position
            } catch StoreError.conflict(_, _, let actual) {
                let actual = Int(actual.rawValue)
                try require(
                    actual != position, "a conflict at \(position) named the expected version as the actual one")
                try require(actual >= before, "a conflict named \(actual) after \(before) was acknowledged")
                position = actual
            }
        }
    }

    @Sendable private static func emptyBatches(_ makeStore: StoreFactory) async throws {
        try await withStore(makeStore) { store in
            let session = SessionID()
            for version in [ExpectedVersion.any, .noStream, .exact(0)] {
                let added = try await store.append([], to: session, expecting: version)
                try require(added.isEmpty, "an empty batch added something")
            }
            let head = try await store.head(of: session)
            try require(head == nil, "after empty batches the head is \(head?.description ?? ""), not nil")
            try require(try await store.sessions(limit: 9, offset: 0).isEmpty, "an empty batch made a session")
            let conflict = StoreError.conflict(session: session, expected: .exact(1), actual: 0)
            try await require(conflict, from: "an empty batch at a wrong version") {
                _ = try await store.append([], to: session, expecting: .exact(1))
            }
        }
    }

    /// Readers ask for the head without a pause, so that they look in between the events of a batch if one can.
    @Sendable private static func wholeBatches(_ makeStore: StoreFactory) async throws {
        let (batches, size) = (1_500, 8)
        try await withStore(makeStore) { store in
            let session = SessionID()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<2 {
                    group.addTask {
                        var head = 0
                        while head < batches * size {
                            try Task.checkCancellation()
                            await Task.yield()
                            head = Int(try await store.head(of: session)?.rawValue ?? 0)
                            try require(head % size == 0, "the head was \(head) amid batches of \(size)")
                        }
                    }
                }
                for _ in 0..<batches { _ = try await store.append(ends(size), to: session, expecting: .any) }
                try await group.waitForAll()
            }
        }
    }

    @Sendable private static func togetherness(_ makeStore: StoreFactory) async throws {
        let (writers, batches, size) = (8, 250, 3)
        try await withStore(makeStore) { store in
            let session = SessionID()
            let answers = try await withThrowingTaskGroup(of: [[Event]].self) { group in
                for _ in 0..<writers {
                    group.addTask {
                        var answers: [[Event]] = []
                        for _ in 0..<batches {
                            answers.append(try await store.append(ends(size), to: session, expecting: .any))
                            if answers.count % 16 == 0 { await Task.yield() }
                        }
                        return answers
                    }
                }
                return try await group.reduce(into: [[Event]]()) { $0 += $1 }
            }
            let log = try await readAll(store, session)
            let wanted = answers.sorted { $0[0].seq < $1[0].seq }.joined()
            try require(
                log == Array(wanted), "the stream is not the batches one after the other, as they were answered")
        }
    }

    /// The whole stream, page by page.
    static func readAll(_ store: any EventStore, _ session: SessionID) async throws -> [Event] {
        var (log, position): ([Event], SequenceNumber) = ([], .start)
        while case let page = try await store.read(session, after: position), let last = page.last {
            log += page
            position = last.seq
        }
        return log
    }
}
