import BassiEvents
import BassiTools

/// What a sub-agent's run came to: a fold of its events.
struct SubagentReport: Sendable {
    /// The longest message that the model reads whole; the rest is in the sub-agent's session.
    static let resultBytesMax = 32 << 10

    let session: SessionID
    let agent: String
    private(set) var outcome = SubagentOutcome.failed
    private(set) var reason: String?
    private(set) var use = RunUse()
    private var words = LastWords()

    init(of agent: String, in session: SessionID) {
        self.session = session
        self.agent = agent
    }

    mutating func apply(_ event: Event) {
        use.apply(event.payload)
        words.apply(event.payload)
        switch event.payload {
        case .error(let error): reason = error.errorMessage
        case .runCompleted(let end):
            outcome = SubagentOutcome(rawValue: end.outcome.rawValue) ?? .failed
            reason = outcome == .failed ? reason ?? end.reason : end.reason
        case .runCancelled(let end): (outcome, reason) = (.cancelled, end.reason)
        default: break
        }
    }

    /// It came to no run, or nobody could read how it ended.
    mutating func fail(_ error: any Error) { (outcome, reason) = (.failed, "\(error)") }

    /// As the parent's log says it.
    var completed: SubagentCompleted {
        SubagentCompleted(
            childSessionID: session, outcome: outcome, result: bounded.text, usage: use.usage, costUSD: use.costUSD,
            turns: use.turns, unsettledUSD: use.unsettledUSD > .zero ? use.unsettledUSD : nil)
    }

    private var bounded: (text: String, isWhole: Bool) {
        let text = words.text
        guard text.utf8.count > Self.resultBytesMax else { return (text, true) }
        return (String(decoding: text.utf8.prefix(Self.resultBytesMax), as: UTF8.self), false)
    }

    /// As the model reads it.
    ///
    /// - Throws: `ToolError` for everything but a run that came to its end.
    func result() throws -> ToolResult {
        let (text, isWhole) = bounded
        let said = [ContentBlock.text(isWhole ? text : text + "\n(The message is longer: session \(session) has it.)")]
        func failure(_ type: String, _ sentence: String) -> ToolError {
            ToolError(type, sentence, partial: text.isEmpty ? [] : said)
        }
        let why = reason.map { ": \($0)" } ?? ""
        switch outcome {
        case .completed where text.isEmpty: return .text("\(agent) ended without a word.")
        case .completed:
            return ToolResult(
                said, structured: ["agent": .string(agent), "session_id": .string(session.description)],
                whole: isWhole ? nil : words.text)
        case .limit: throw failure("limit", "\(agent) was ended at a limit\(why)")
        case .failed: throw failure("agent_failed", "\(agent) failed\(why)")
        case .refused: throw failure("refused", "the model of \(agent) refused")
        case .cancelled: throw failure("agent_cancelled", "\(agent) was called off\(why)")
        }
    }
}
