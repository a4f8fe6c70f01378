import BassiEvents
import BassiStore

/// The account of one follower: every position after its start was delivered, filtered, joined to the next one that was
/// delivered, or named as skipped.
struct FollowerLedger {
    /// Where the follower began, and up to where each position is accounted for: a reader that restarts begins there.
    let start: Int
    private(set) var position: Int
    private(set) var delivered = 0
    private(set) var filtered = 0
    private(set) var coalesced = 0
    private(set) var lagged = 0

    private let filter: EventFilter
    private let policy: SlowReaderPolicy
    /// Whether the follower has been at the end of the stream.
    private(set) var isLive = false
    private(set) var isFinished = false

    init(start: Int, filter: EventFilter = .all, policy: SlowReaderPolicy = .lossless) {
        (self.start, position) = (start, start)
        self.filter = filter
        self.policy = policy
    }

    /// Whether the follower has something to say about this log, so that its next step returns without an append.
    func expectsMore(of log: [Event]) -> Bool {
        if isFinished { return false }
        return !isLive || position > log.count || log[position...].contains(where: filter.matches)
    }

    /// Enters a delivery. `isQuiet` says that nothing was being appended meanwhile.
    ///
    /// - Throws: ``ConformanceFailure`` when it is not what has to come next.
    mutating func take(_ delivery: Delivery?, from log: [Event], isQuiet: Bool = true) throws {
        guard let delivery else { return try require(isFinished, "the follower ended after \(position)") }
        try require(!isFinished, "\(delivery.shortly) came after the end")
        switch delivery {
        case .event(let event): try take(event, log)
        case .disconnected(let after, let head): try end(after, head, log, isQuiet)
        case .lagged(let from, let to): try skip(from, to, log)
        case .erased, .compacted: try require(false, "\(delivery.shortly) was said, and all events are there")
        case .caughtUp(let head):
            try require(!isLive, "caughtUp(\(head)) was said although the follower was live")
            try require(position <= Int(head.rawValue) && Int(head.rawValue) <= log.count, "caughtUp(\(head))")
            // Said after a `lagged` of the same step, it may be older than an append that came between the two.
            let isExact = !isQuiet || policy == .skipDeltas || Int(head.rawValue) == log.count
            try require(isExact, "caughtUp(\(head)), but the head is \(log.count)")
            try pass(to: Int(head.rawValue), log)
            try require(head > .start, "caughtUp(0) was said where unknownStream is meant")
            isLive = true
        case .unknownStream:
            try require(!isLive && position == 0 && (!isQuiet || log.isEmpty), "unknownStream was said wrongly")
            isLive = true
        case .ahead(let head):
            try require(start > Int(head.rawValue), "ahead(\(head)) was said to a reader at \(start)")
            try require(Int(head.rawValue) == log.count, "ahead(\(head)), but the head is \(log.count)")
            isFinished = true
        }
        try balance()
    }

    /// Passes to the end once the follower has nothing more to say.
    mutating func settle(_ log: [Event]) throws {
        if isFinished { return }
        try pass(to: log.count, log)
        try balance()
    }

    private func balance() throws {
        try require(
            delivered + filtered + coalesced + lagged == position - start,
            "\(delivered) delivered + \(filtered) filtered + \(coalesced) coalesced + \(lagged) lagged is not "
                + "\(position) − \(start)")
    }

    private mutating func take(_ event: Event, _ log: [Event]) throws {
        let seq = Int(event.seq.rawValue)
        try require(seq > position && seq <= log.count, "event \(seq) came after position \(position)")
        if let first = event.firstSeq { return try take(event, from: Int(first.rawValue), log) }
        try require(
            log[seq - 1] == event && log[seq - 1].payloadBytes == event.payloadBytes,
            "the event at \(seq) is not the one that was appended")
        try require(filter.matches(event), "event \(seq) of type \(event.payload.type) was not asked for")
        try require(policy != .skipDeltas || !event.payload.isDelta, "the delta \(seq) was not skipped")
        try pass(to: seq - 1, log)
        position = seq
        delivered += 1
    }

    private mutating func take(_ event: Event, from first: Int, _ log: [Event]) throws {
        let seq = Int(event.seq.rawValue)
        try require(policy == .coalesceDeltas, "\(first) to \(seq) were coalesced for a reader that did not ask for it")
        try require(position < first && first < seq, "an event for \(first) to \(seq) came after \(position)")
        let whole = Self.whole(of: log[first - 1..<seq])
        try require(
            whole == event && whole?.payloadBytes == event.payloadBytes, "\(first) to \(seq) are not what came for them"
        )
        try require(filter.matches(event), "\(first) to \(seq) were not asked for")
        try pass(to: first - 1, log)
        position = seq
        delivered += 1
        coalesced += seq - first
    }

    private mutating func end(
        _ after: SequenceNumber, _ head: SequenceNumber, _ log: [Event], _ isQuiet: Bool
    ) throws {
        guard case .disconnect(let lagMax) = policy else {
            throw ConformanceFailure("disconnected(\(after), \(head)) was said to a reader that did not ask for it")
        }
        let (last, end) = (Int(after.rawValue), Int(head.rawValue))
        try require(isLive, "disconnected(\(after), \(head)) was said before the end had been reached once")
        try require(end - last > lagMax, "disconnected(\(after), \(head)) was said within \(lagMax) events")
        try require(end <= log.count && (!isQuiet || end == log.count), "the head is \(log.count), not \(end)")
        try require(last >= position, "disconnected(\(after), \(head)) was said at \(position)")
        try pass(to: last, log)
        isFinished = true
    }

    /// The one event that stands for these; nil when nothing may stand for them.
    static func whole(of parts: ArraySlice<Event>) -> Event? {
        guard let first = parts.first, let last = parts.last else { return nil }
        var payload = first.payload
        for part in parts.dropFirst() {
            guard part.runID == first.runID, part.causeSeq == first.causeSeq else { return nil }
            switch (payload, part.payload) {
            case (.tokenDelta(let one), .tokenDelta(let two)) where one.blockID == two.blockID:
                payload = .tokenDelta(TokenDelta(blockID: one.blockID, delta: one.delta + two.delta))
            case (.toolOutputDelta(let one), .toolOutputDelta(let two))
            where one.toolID == two.toolID && one.stream == two.stream:
                payload = .toolOutputDelta(
                    ToolOutputDelta(toolID: one.toolID, stream: one.stream, delta: one.delta + two.delta))
            default: return nil
            }
        }
        let draft = EventDraft(
            payload, runID: last.runID, causeSeq: last.causeSeq, id: last.id, timestamp: last.timestamp)
        return Event(draft, sessionID: last.sessionID, seq: last.seq, firstSeq: first.seq)
    }

    private mutating func skip(_ from: SequenceNumber, _ to: SequenceNumber, _ log: [Event]) throws {
        let (first, last) = (Int(from.rawValue), Int(to.rawValue))
        try require(policy == .skipDeltas, "lagged(\(first), \(last)) was said to a reader that skips nothing")
        try require(position < first && first <= last && last <= log.count, "lagged(\(first), \(last)) at \(position)")
        try pass(to: first - 1, log)
        try require(
            filter.matches(log[first - 1]) && filter.matches(log[last - 1]),
            "lagged(\(first), \(last)) begins or ends at an event that was not asked for")
        for event in log[first - 1..<last] where filter.matches(event) {
            try require(event.payload.isDelta, "event \(event.seq) was skipped, which is no delta")
            lagged += 1
        }
        filtered += (last - position) - log[first - 1..<last].count(where: filter.matches)
        position = last
    }

    /// Passes over events that the reader did not ask for.
    private mutating func pass(to end: Int, _ log: [Event]) throws {
        guard position < end else { return }
        for event in log[position..<end] {
            try require(!filter.matches(event), "event \(event.seq) was never delivered")
        }
        filtered += end - position
        position = end
    }

    private func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
        try EventStoreConformance.require(condition, "a follower from \(start): " + sentence())
    }
}

extension Delivery {
    /// The delivery in a word or two.
    var shortly: String {
        switch self {
        case .event(let event): event.firstSeq.map { "event \($0) to \(event.seq)" } ?? "event \(event.seq)"
        case .disconnected(let after, let head): "disconnected(\(after), \(head))"
        case .caughtUp(let head): "caughtUp(\(head))"
        case .unknownStream: "unknownStream"
        case .ahead(let head): "ahead(\(head))"
        case .erased(let event): "erased \(event.seq)"
        case .compacted(let from, let to): "compacted(\(from), \(to))"
        case .lagged(let from, let to): "lagged(\(from), \(to))"
        }
    }
}
