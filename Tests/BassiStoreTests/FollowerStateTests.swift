import BassiEvents
import Testing

@testable import BassiStore

/// The follower as a value: every interleaving of appends with its reads, to a depth.
@Suite struct FollowerStateTests {
    @Test func `under every interleaving of append and follow each event comes once in order`() {
        let log = (1...5).map { seq in
            Event(EventStoreTests.ended("\(seq)"), sessionID: SessionID(), seq: SequenceNumber(Int64(seq)))
        }
        // In each step of the follower, and between the two reads of one step, 0, 1 or 2 events may be appended.
        for schedule in 0..<59_049 {
            var digits = schedule
            var (stored, delivered): (Int, [SequenceNumber]) = (0, [])
            func append() {
                stored = min(log.count, stored + digits % 3)
                digits /= 3
            }
            var state = FollowerState(position: .start, filter: .all, policy: .lossless)
            for _ in 0..<40 {
                append()
                switch state.next() {
                case .deliver(.event(let event)): delivered.append(event.seq)
                case .deliver(.caughtUp(let head)): #expect(delivered.last == head)
                case .deliver(.unknownStream): #expect(delivered.isEmpty)
                case .read(let position):
                    let page = Array(log[Int(position.rawValue)..<stored].prefix(2))
                    append()
                    state.received(page, head: page.last?.seq ?? (stored == 0 ? nil : SequenceNumber(Int64(stored))))
                case .wait(let position): if stored == Int(position.rawValue) { stored = min(log.count, stored + 1) }
                case .deliver(.lagged), .deliver(.ahead), .finish: Issue.record("never for this reader")
                }
            }
            #expect(delivered == log.map(\.seq), "schedule \(schedule)")
        }
    }
}
