import BassiEvents

/// What stands at each position of a session that a killed writer wrote: it follows from the place, so whoever checks the
/// log knows it without being told.
///
/// A log is one run after the other, each a block of deltas with its end. A fork goes on where it was made, also in the
/// middle of a block.
struct LogPattern {
    /// Events of one run: its start, a request, a block of deltas, and the ends of all three.
    static let eventsPerRun: Int64 = 12
    private static let deltas: ClosedRange<Int64> = 4...9

    /// The session, and those that it was copied from: each with the position of its `session_forked`, in their order.
    let session: SessionID
    var forks: [(seq: Int64, from: SessionID)] = []

    /// The pattern of a stored log.
    init(of session: SessionID, in log: [Event] = []) {
        self.session = session
        for event in log {
            if case .sessionForked(let forked) = event.payload, let from = forked.fromSessionID {
                forks.append((event.seq.rawValue, from))
            }
        }
    }

    /// The pattern of a copy.
    func forked(at seq: Int64, into child: SessionID) -> LogPattern {
        var pattern = LogPattern(of: child)
        pattern.forks = forks.filter { $0.seq <= seq } + [(seq + 1, origin(of: seq))]
        return pattern
    }

    /// The payload at a position; nil where the store puts a `session_forked`.
    func payload(at seq: Int64) -> EventPayload? {
        if forks.contains(where: { $0.seq == seq }) { return nil }
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
        case 10: return .contentBlockEnd(ContentBlockEnd(blockID: block, kind: .text, text: blockText(before: seq)))
        case 11: return .requestEnded(RequestEnded(attempt: 1, outcome: .completed))
        default: return .runCancelled(RunCancelled(reason: "over", by: Actor(kind: .system)))
        }
    }

    /// Whether compaction may drop the event at a position once its block has ended.
    func isDelta(at seq: Int64) -> Bool { payload(at: seq)?.isDelta == true }

    /// The session in which the event at a position was written.
    private func origin(of seq: Int64) -> SessionID { forks.first { seq < $0.seq }?.from ?? session }

    private func place(of seq: Int64) -> (run: Int64, phase: Int64) {
        let index = seq - 1 - Int64(forks.count { $0.seq < seq })
        return (index / Self.eventsPerRun, index % Self.eventsPerRun + 1)
    }

    private func text(at seq: Int64) -> String {
        let uuid = origin(of: seq).uuid
        var numbers = SeededNumbers(seed: uuid.high ^ uuid.low << 32 ^ UInt64(seq))
        let letters = Array("abcdefghijklmnopqrstuvwxyz ÄÖÜ\n\"\\0123456789")
        let length = Int.random(in: 0...300, using: &numbers)
        return "\(seq) " + String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &numbers)] })
    }

    private func blockText(before end: Int64) -> String {
        let run = place(of: end).run
        return (max(1, end - 2 * Self.eventsPerRun)..<end).filter { seq in
            payload(isDeltaOf: run, at: seq)
        }.map(text).joined()
    }

    private func payload(isDeltaOf run: Int64, at seq: Int64) -> Bool {
        if forks.contains(where: { $0.seq == seq }) { return false }
        let place = place(of: seq)
        return place.run == run && Self.deltas.contains(place.phase)
    }
}
