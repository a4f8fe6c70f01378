import BassiEvents
import BassiStore

/// The account of one follower: every position after its start was delivered, filtered, or named as skipped.
struct FollowerLedger {
    /// Where the follower began, and up to where each position is accounted for: a reader that restarts begins there.
    let start: Int
    private(set) var position: Int
    private(set) var delivered = 0
    private(set) var filtered = 0
    private(set) var lagged = 0

    private let filter: EventFilter
    private let policy: SlowReaderPolicy
    private var isMarked = false
    private(set) var isFinished = false

    init(start: Int, filter: EventFilter = .all, policy: SlowReaderPolicy = .lossless) {
        (self.start, position) = (start, start)
        self.filter = filter
        self.policy = policy
    }

    /// Whether the follower has something to say about this log, so that its next step returns without an append.
    func expectsMore(of log: [Event]) -> Bool {
        if isFinished { return false }
        return !isMarked || position > log.count || log[position...].contains(where: filter.matches)
    }

    /// Enters a delivery. `isQuiet` says that nothing was being appended meanwhile.
    ///
    /// - Throws: ``ConformanceFailure`` when it is not what has to come next.
    mutating func take(_ delivery: Delivery?, from log: [Event], isQuiet: Bool = true) throws {
        guard let delivery else { return try require(isFinished, "the follower ended after \(position)") }
        try require(!isFinished, "\(delivery.shortly) came after the end")
        switch delivery {
        case .event(let event): try take(event, log)
        case .lagged(let from, let to): try skip(from, to, log)
        case .caughtUp(let head):
            try require(!isMarked, "caughtUp(\(head)) was said although the follower was live")
            try require(position <= Int(head.rawValue) && Int(head.rawValue) <= log.count, "caughtUp(\(head))")
            // Said after a `lagged` of the same step, it may be older than an append that came between the two.
            let isExact = !isQuiet || policy == .skipDeltas || Int(head.rawValue) == log.count
            try require(isExact, "caughtUp(\(head)), but the head is \(log.count)")
            try pass(to: Int(head.rawValue), log)
            try require(head > .start, "caughtUp(0) was said where unknownStream is meant")
            isMarked = true
        case .unknownStream:
            try require(!isMarked && position == 0 && (!isQuiet || log.isEmpty), "unknownStream was said wrongly")
            isMarked = true
        case .ahead(let head):
            try require(start > Int(head.rawValue), "ahead(\(head)) was said to a reader at \(start)")
            try require(Int(head.rawValue) == log.count, "ahead(\(head)), but the head is \(log.count)")
            isFinished = true
        }
    }

    /// Checks the sum once the follower has nothing more to say.
    mutating func settle(_ log: [Event]) throws {
        if isFinished { return }
        try pass(to: log.count, log)
        try require(
            delivered + filtered + lagged == log.count - start,
            "\(delivered) delivered + \(filtered) filtered + \(lagged) lagged is not \(log.count) − \(start)")
    }

    private mutating func take(_ event: Event, _ log: [Event]) throws {
        let seq = Int(event.seq.rawValue)
        try require(seq > position && seq <= log.count, "event \(seq) came after position \(position)")
        try require(
            log[seq - 1] == event && log[seq - 1].payloadBytes == event.payloadBytes,
            "the event at \(seq) is not the one that was appended")
        try require(filter.matches(event), "event \(seq) of type \(event.payload.type) was not asked for")
        try require(policy == .lossless || !event.payload.isDelta, "the delta \(seq) was not skipped")
        try pass(to: seq - 1, log)
        position = seq
        delivered += 1
    }

    private mutating func skip(_ from: SequenceNumber, _ to: SequenceNumber, _ log: [Event]) throws {
        let (first, last) = (Int(from.rawValue), Int(to.rawValue))
        try require(policy == .skipDeltas, "lagged(\(first), \(last)) was said to a lossless reader")
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
        case .event(let event): "event \(event.seq)"
        case .caughtUp(let head): "caughtUp(\(head))"
        case .unknownStream: "unknownStream"
        case .ahead(let head): "ahead(\(head))"
        case .lagged(let from, let to): "lagged(\(from), \(to))"
        }
    }
}
