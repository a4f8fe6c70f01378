import BassiEvents

/// What stands at each position of a session that a killed writer wrote: it follows from the place, so whoever checks
/// the log knows it without being told.
///
/// A log is one run after the other, each a block of deltas with its end. A fork goes on where it was made, also in the
/// middle of a block, and a redaction stands between two events of the log.
struct LogPattern {
    /// Events of one run: its start, a request, a block of deltas, and the ends of all three.
    static let eventsPerRun: Int64 = 12
    private static let deltas: ClosedRange<Int64> = 4...9
    private static let blockEnd: Int64 = 10

    /// The session, and those that it was copied from: each with the position of its `session_forked`, in their order.
    let session: SessionID
    private(set) var forks: [(seq: Int64, from: SessionID)] = []
    /// The positions of what the store itself has written: forks and redactions.
    private var inserted: [Int64] = []

    /// The pattern of a stored log, of which these events are all that the store itself has written.
    init(of session: SessionID, in log: [Event] = []) {
        self.session = session
        for event in log { note(event) }
    }

    /// Takes the next event of the log: what the store itself has written moves all that comes after it.
    mutating func note(_ event: Event) {
        switch event.payload {
        case .sessionForked(let forked):
            if let from = forked.fromSessionID { forks.append((event.seq.rawValue, from)) }
            inserted.append(event.seq.rawValue)
        case .redacted: inserted.append(event.seq.rawValue)
        default: break
        }
    }

    /// The pattern with a redaction at a position.
    mutating func noteRedaction(at seq: Int64) { inserted.append(seq) }

    /// The pattern of a copy.
    func forked(at seq: Int64, into child: SessionID) -> LogPattern {
        var pattern = LogPattern(of: child)
        pattern.forks = forks.filter { $0.seq <= seq } + [(seq + 1, origin(of: seq))]
        pattern.inserted = inserted.filter { $0 <= seq } + [seq + 1]
        return pattern
    }

    /// The payload at a position; nil where the store has written something itself.
    func payload(at seq: Int64) -> EventPayload? {
        if inserted.contains(seq) { return nil }
        let place = place(of: seq)
        let block = BlockID("b\(place.run)")
        switch place.phase {
        case 1: return .runStarted(RunStarted(model: "m", limits: RunLimits(), nodeID: "n", leaseEpoch: 1))
        case 2:
            return .requestSent(
                RequestSent(
                    attempt: 1, provider: "p", model: "m", messageCount: 1, toolCount: 0, estimatedInputTokens: 1))
        case 3: return .contentBlockStart(ContentBlockStart(blockID: block, kind: .text, index: 0))
        case Self.deltas: return .tokenDelta(TokenDelta(blockID: block, delta: text(at: seq)))
        case Self.blockEnd:
            let text = deltas(before: seq).map { self.text(at: $0) }.joined()
            return .contentBlockEnd(ContentBlockEnd(blockID: block, kind: .text, text: text))
        case 11: return .requestEnded(RequestEnded(attempt: 1, outcome: .completed))
        default: return .runCancelled(RunCancelled(reason: "over", by: Actor(kind: .system)))
        }
    }

    /// Whether compaction may drop the event at a position once its block has ended.
    func isDelta(at seq: Int64) -> Bool { !inserted.contains(seq) && Self.deltas.contains(place(of: seq).phase) }

    /// The session in which the event at a position was written.
    func origin(of seq: Int64) -> SessionID { forks.first { seq < $0.seq }?.from ?? session }

    private func place(of seq: Int64) -> (run: Int64, phase: Int64) {
        let index = seq - 1 - Int64(inserted.count { $0 < seq })
        return (index / Self.eventsPerRun, index % Self.eventsPerRun + 1)
    }

    private func text(at seq: Int64) -> String {
        let uuid = origin(of: seq).uuid
        var numbers = SeededNumbers(seed: uuid.high ^ uuid.low << 32 ^ UInt64(seq))
        let letters = Array("abcdefghijklmnopqrstuvwxyz ÄÖÜ\n\"\\0123456789")
        let length = Int.random(in: 0...300, using: &numbers)
        return "\(seq) " + String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &numbers)] })
    }

    /// The positions of the deltas of the block that ends at a position; none where no block ends.
    func deltas(before end: Int64) -> [Int64] {
        let place = place(of: end)
        guard !inserted.contains(end), place.phase == Self.blockEnd else { return [] }
        var (deltas, seq): ([Int64], Int64) = ([], end - 1)
        while seq > 0, self.place(of: seq).run == place.run {
            if isDelta(at: seq) { deltas.append(seq) }
            seq -= 1
        }
        return deltas.reversed()
    }
}
