import BassiEvents
import Testing

@testable import BassiStore
@testable import BassiTesting

/// The follower as a value: every interleaving of appends with its reads, to a depth.
@Suite struct FollowerStateTests {
    /// A log and a policy, and how an interleaving of the two comes out.
    struct Interleaving: Sendable, CustomStringConvertible {
        let policy: SlowReaderPolicy
        /// As `EventStoreConformance.draft` counts them: 0, 2 and 4 are deltas.
        let kinds: [Int]
        let filter: EventFilter

        init(_ policy: SlowReaderPolicy, _ kinds: [Int], _ filter: EventFilter = .all) {
            self.policy = policy
            self.kinds = kinds
            self.filter = filter
        }

        var description: String { "\(policy) over \(kinds), \(filter)" }
    }

    static let interleavings = [
        Interleaving(.lossless, [1, 1, 1, 1, 1]), Interleaving(.lossless, [0, 1, 3, 0, 2], .types(.tokenDelta)),
        Interleaving(.skipDeltas, [0, 0, 1, 2, 0]), Interleaving(.skipDeltas, [1, 0, 3, 2, 1]),
        Interleaving(.coalesceDeltas, [0, 0, 0, 0, 1]), Interleaving(.coalesceDeltas, [2, 2, 6, 0, 4]),
        Interleaving(.coalesceDeltas, [0, 1, 0, 0, 0], .types(.tokenDelta)),
        Interleaving(.disconnect(after: 1), [0, 1, 0, 0, 1]), Interleaving(.disconnect(after: 2), [1, 1, 1, 1, 1]),
        Interleaving(.disconnect(after: 0), [1, 0, 1, 0, 0], .types(.sessionEnded)),
    ]

    @Test(arguments: interleavings)
    func `under every interleaving of append and follow every position is accounted for`(interleaving: Interleaving)
        throws
    {
        let session = SessionID()
        let log = interleaving.kinds.enumerated().map { index, kind in
            Event(EventStoreConformance.draft(kind, "\(index)"), sessionID: session, seq: SequenceNumber(index + 1))
        }
        // In each step of the follower, and between the two reads of one step, 0, 1 or 2 events may be appended.
        for schedule in 0..<6_561 { try follow(log, interleaving, schedule) }
    }

    private func follow(_ log: [Event], _ interleaving: Interleaving, _ schedule: Int) throws {
        var (digits, stored) = (schedule, 0)
        func append() {
            stored = min(log.count, stored + digits % 3)
            digits /= 3
        }
        var state = FollowerState(position: .start, filter: interleaving.filter, policy: interleaving.policy)
        var ledger = FollowerLedger(start: 0, filter: interleaving.filter, policy: interleaving.policy)
        for _ in 0..<40 {
            append()
            switch state.next() {
            case .deliver(let delivery): try ledger.take(delivery, from: Array(log[..<stored]), isQuiet: false)
            case .read(let position):
                let page = Array(log[Int(position.rawValue)..<stored].prefix(2))
                append()
                let asks = page.isEmpty || state.measuresLag
                let head = asks ? SequenceNumber(stored) : page.last?.seq
                state.received(page, head: head == .start ? nil : head)
                try expectsDisconnection(&state, &ledger, at: position, Array(log[..<stored]), interleaving.policy)
            case .wait(let position): if stored == Int(position.rawValue) { stored = min(log.count, stored + 1) }
            case .finish: break
            }
        }
        #expect(ledger.isFinished || stored == log.count, "schedule \(schedule)")
        try ledger.settle(log)
    }

    /// Not only may it be disconnected when it is too far behind: it must.
    private func expectsDisconnection(
        _ state: inout FollowerState, _ ledger: inout FollowerLedger, at position: SequenceNumber, _ log: [Event],
        _ policy: SlowReaderPolicy
    ) throws {
        guard case .disconnect(let lagMax) = policy, state.measuresLag else { return }
        let head = SequenceNumber(log.count)
        guard head.rawValue - position.rawValue > lagMax, ledger.isLive else { return }
        let next = state.next()
        #expect(next == .deliver(.disconnected(after: position, head: head)))
        if case .deliver(let delivery) = next { try ledger.take(delivery, from: log, isQuiet: false) }
    }

    // MARK: - Coalescing

    private func coalesced(_ drafts: [EventDraft], at positions: [Int64]? = nil) -> [Event] {
        let session = SessionID()
        let page = drafts.enumerated().map { index, draft in
            Event(draft, sessionID: session, seq: SequenceNumber(positions?[index] ?? Int64(index + 1)))
        }
        var state = FollowerState(position: .start, filter: .all, policy: .coalesceDeltas)
        state.received(page, head: page.last?.seq)
        var events: [Event] = []
        while case .deliver(let delivery) = state.next() {
            if case .event(let event) = delivery { events.append(event) }
        }
        return events
    }

    private func delta(_ text: String, run: RunID? = nil, cause: SequenceNumber? = nil) -> EventDraft {
        EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: text)), runID: run, causeSeq: cause)
    }

    @Test func `what stands for deltas has their text, the last envelope and the first position`() throws {
        let drafts = [delta("The "), delta("te"), delta("st")]
        let events = coalesced(drafts)
        let event = try #require(events.first)
        #expect(events.count == 1)
        #expect(event.payload == .tokenDelta(TokenDelta(blockID: "b", delta: "The test")))
        #expect(event.payloadBytes == event.payload.encoded)
        #expect((event.firstSeq, event.seq) == (1, 3))
        #expect((event.id, event.timestamp) == (drafts[2].id, drafts[2].timestamp))
    }

    @Test func `deltas with another envelope or a hole between them are not joined`() {
        #expect(coalesced([delta("a", run: RunID()), delta("b", run: RunID())]).map(\.firstSeq) == [nil, nil])
        #expect(coalesced([delta("a", cause: 1), delta("b", cause: 2)]).map(\.firstSeq) == [nil, nil])
        #expect(coalesced([delta("a"), delta("b"), delta("c")], at: [3, 4, 6]).map(\.firstSeq) == [3, nil])
    }

    @Test func `a text is joined up to its limit and not beyond`() {
        let half = String(repeating: "x", count: Event.coalescedBytesMax / 2)
        #expect(coalesced([delta(half), delta(half)]).map(\.seq) == [2])
        #expect(coalesced([delta(half), delta(half + "x")]).map(\.seq) == [1, 2])
        #expect(coalesced([delta(half), delta(half), delta("x"), delta("y")]).map(\.firstSeq) == [1, 3])
    }
}
