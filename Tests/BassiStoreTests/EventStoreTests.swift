import BassiEvents
import Testing

@testable import BassiStore

@Suite(.timeLimit(.minutes(5))) struct EventStoreTests {
    let store = MemoryEventStore()
    let session = SessionID()

    static func delta(_ text: String) -> EventDraft { EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: text))) }
    static func ended(_ reason: String) -> EventDraft { EventDraft(.sessionEnded(SessionEnded(reason: reason))) }

    @Test func `positions are 1, 2, 3 in every stream and a batch stays together`() async throws {
        let other = SessionID()
        for size in 1...20 {
            for stream in [session, other] {
                let batch = (0..<size).map { Self.ended("\($0)") }
                let events = try await store.append(batch, to: stream, expecting: .any)
                #expect(events.map(\.id) == batch.map(\.id))
            }
        }
        for stream in [session, other] {
            let all = try await store.read(stream)
            #expect(all.map(\.seq.rawValue) == Array(1...210))
            #expect(all.allSatisfy { $0.sessionID == stream })
        }
    }

    @Test func `a wrong version adds nothing and names the actual one`() async throws {
        _ = try await store.append([Self.ended("a"), Self.ended("b")], to: session, expecting: .noStream)
        for version in [ExpectedVersion.noStream, .exact(1), .exact(3)] {
            await #expect(throws: StoreError.conflict(session: session, expected: version, actual: 2)) {
                try await store.append([Self.ended("c")], to: session, expecting: version)
            }
        }
        #expect(try await store.head(of: session) == 2)
        _ = try await store.append([Self.ended("c")], to: session, expecting: .exact(2))
        #expect(try await store.head(of: session) == 3)
    }

    @Test func `of many writers with one version exactly one wins each round`() async throws {
        for round in 0..<50 {
            let wins = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<16 {
                    group.addTask {
                        let version = ExpectedVersion.exact(SequenceNumber(Int64(round)))
                        return (try? await store.append([Self.ended("x")], to: session, expecting: version)) != nil
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(wins == 1)
        }
    }

    @Test func `a page is bounded, filtered and after its position`() async throws {
        let batch = (0..<2500).map { $0 % 2 == 0 ? Self.delta("\($0)") : Self.ended("\($0)") }
        _ = try await store.append(batch, to: session, expecting: .any)
        #expect(try await store.read(session, after: 0, where: .all, limit: .max).count == 1000)
        #expect(
            try await store.read(session, after: 2490, where: .all, limit: 50).map(\.seq.rawValue) == Array(2491...2500)
        )
        let ends = try await store.read(session, after: 3, where: .types(["session_ended"]), limit: 2)
        #expect(ends.map(\.seq) == [4, 6])
        #expect(try await store.read(session, after: 2500).isEmpty)
        #expect(try await store.read(SessionID()).isEmpty)
        #expect(try await store.head(of: SessionID()) == nil)
    }

    @Test func `followers from every position get each event once in order while it is appended`() async throws {
        let (stored, total): (Int64, Int64) = (150, 300)
        _ = try await store.append((0..<stored).map { Self.ended("\($0)") }, to: session, expecting: .noStream)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for start in 0...stored {
                group.addTask {
                    var expected = start
                    for try await case .event(let event) in store.follow(session, after: SequenceNumber(start)) {
                        expected += 1
                        #expect(event.seq.rawValue == expected)
                        if expected == total { return }
                    }
                    Issue.record("the follower from \(start) ended at \(expected)")
                }
            }
            for position in stored..<total {
                _ = try await store.append(
                    [Self.ended("x")], to: session, expecting: .exact(SequenceNumber(position)))
                if position % 3 == 0 { await Task.yield() }
            }
            try await group.waitForAll()
        }
    }

    @Test func `a follower is told of an unknown stream, of the end of the stored events and of being ahead`()
        async throws
    {
        var unknown = store.follow(session).makeAsyncIterator()
        #expect(try await unknown.next() == .unknownStream)
        let events = try await store.append([Self.ended("a"), Self.delta("b")], to: session, expecting: .any)
        #expect(try await unknown.next() == .event(events[0]))
        var known = store.follow(session, after: 1).makeAsyncIterator()
        #expect(try await known.next() == .event(events[1]))
        #expect(try await known.next() == .caughtUp(2))
        var ahead = store.follow(session, after: 9).makeAsyncIterator()
        #expect(try await ahead.next() == .ahead(head: 2))
        #expect(try await ahead.next() == nil)
    }

    @Test func `skipped deltas are accounted for and nothing else is skipped`() async throws {
        let batch = [
            Self.delta("1"), Self.ended("2"), Self.delta("3"), Self.delta("4"), Self.ended("5"), Self.delta("6"),
        ]
        let events = try await store.append(batch, to: session, expecting: .any)
        var follower = store.follow(session, slow: .skipDeltas).makeAsyncIterator()
        let expected: [Delivery] = [
            .lagged(from: 1, to: 1), .event(events[1]), .lagged(from: 3, to: 4), .event(events[4]),
            .lagged(from: 6, to: 6), .caughtUp(6),
        ]
        for delivery in expected { #expect(try await follower.next() == delivery) }
    }

    @Test func `a cancelled follower ends, before, while and after it waits`() async throws {
        for pause in 0..<100 {
            let task = Task {
                for _ in 0..<pause { await Task.yield() }
                for try await _ in store.follow(session) {}
            }
            for _ in 0..<(pause % 10) { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
    }

    @Test func `a closed store refuses everything and wakes who waits`() async throws {
        let waiting = Task { for try await _ in store.follow(session) {} }
        await Task.yield()
        await store.close()
        await #expect(throws: StoreError.closed) { try await waiting.value }
        await #expect(throws: StoreError.closed) { try await store.read(session) }
        await #expect(throws: StoreError.closed) {
            try await store.append([Self.ended("x")], to: session, expecting: .any)
        }
    }
}
