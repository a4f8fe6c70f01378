import BassiEvents

/// What became of one tool call, and who decided about it: a fold of a session's events.
public struct CallHistory: Sendable, Equatable {
    /// Something that was said or done about the call.
    public struct Step: Sendable, Equatable {
        /// Where it stands in the log.
        public let seq: SequenceNumber
        /// One line.
        public let text: String
    }

    /// Where the call stands.
    public enum Verdict: String, Sendable {
        /// It was let run.
        case allowed
        /// It was not.
        case denied
        /// It was refused before anybody was asked: its input is not valid, or nobody knows the tool.
        case refused
        /// A person is asked, or hooks are; or the run ended before anybody had decided.
        case open
    }

    /// The call.
    public let toolID: ToolID
    /// The tool.
    public private(set) var toolName = ""
    /// What was asked for; the input that was let run once it has.
    public private(set) var input: JSONValue = [:]
    /// Where it stands.
    public private(set) var verdict = Verdict.open
    /// Who decided; nil while nobody has, and in the logs of builds that did not say.
    public private(set) var decision: CallDecision?
    /// What happened, in its order.
    public private(set) var steps: [Step] = []
    /// Questions whether it may run outside of the sandbox: they do not say whether it may run.
    private var unconfined: Set<RequestID> = []
    /// Questions that nobody was there to answer.
    private var unasked: Set<RequestID> = []
    private var isUnasked = false
    /// Whether a person let it run again outside of the sandbox.
    private var isLetOut = false

    /// The events that calls are told by.
    public static let types: [EventType] = [
        .contentBlockStart, .contentBlockEnd, .toolCallStarted, .toolCallCompleted, .toolCallFailed, .hookExecuted,
        .hookDenied, .permissionRequested, .permissionResolved,
    ]

    /// All calls of a session, in the order asked.
    public static func all(in log: some Sequence<Event>) -> [CallHistory] {
        var (calls, order): ([ToolID: CallHistory], [ToolID]) = ([:], [])
        var (blocks, questions): ([BlockID: ToolID], [RequestID: ToolID]) = ([:], [:])
        for event in log {
            if case .contentBlockStart(let start) = event.payload, let id = start.toolID { blocks[start.blockID] = id }
            if case .permissionRequested(let asked) = event.payload { questions[asked.requestID] = asked.toolID }
            guard let id = toolID(of: event.payload, blocks, questions) else { continue }
            if calls[id] == nil { order.append(id) }
            calls[id, default: CallHistory(toolID: id)].apply(event)
        }
        return order.compactMap { calls[$0] }
    }

    private init(toolID: ToolID) { self.toolID = toolID }

    private static func toolID(
        of payload: EventPayload, _ blocks: [BlockID: ToolID], _ questions: [RequestID: ToolID]
    ) -> ToolID? {
        switch payload {
        case .contentBlockStart(let start): start.toolID
        case .contentBlockEnd(let end): blocks[end.blockID]
        case .toolCallStarted(let call): call.toolID
        case .toolCallCompleted(let call): call.toolID
        case .toolCallFailed(let call): call.toolID
        case .hookExecuted(let hook): hook.toolID
        case .hookDenied(let hook): hook.toolID
        case .permissionRequested(let asked): asked.toolID
        case .permissionResolved(let answer): questions[answer.requestID]
        default: nil
        }
    }

    private mutating func apply(_ event: Event) {
        switch event.payload {
        case .contentBlockStart(let start): toolName = start.toolName ?? toolName
        case .contentBlockEnd(let end):
            input = end.toolInput ?? input
            note(event, "the model asked for it")
        case .hookExecuted(let hook):
            let reason = hook.reason.map { ": \($0)" } ?? ""
            note(event, "\(hook.hookEvent) hook \(hook.hookName) said \(hook.decision.rawValue)\(reason)")
        case .hookDenied(let hook): note(event, "\(hook.hookEvent) hook \(hook.hookName) denied: \(hook.reason)")
        case .permissionRequested(let asked):
            if asked.unconfined == true { unconfined.insert(asked.requestID) }
            if let expiry = asked.expiresAt, expiry <= event.timestamp { unasked.insert(asked.requestID) }
            let reason = asked.reason.map { ": \($0)" } ?? ""
            note(
                event,
                "a person is to decide\(asked.unconfined == true ? " whether it runs outside of the sandbox" : "")\(reason)"
            )
        case .permissionResolved(let answer): take(answer, event)
        case .toolCallStarted(let call):
            (toolName, input, verdict) = (call.toolName, call.toolInput, .allowed)
            decision = call.decided ?? decision
            note(event, call.attempt == 1 ? "it started" : "it started again, attempt \(call.attempt)")
        case .toolCallCompleted(let call): note(event, "it ended after \(call.durationMilliseconds) ms")
        case .toolCallFailed(let call): take(call, event)
        default: break
        }
    }

    private mutating func take(_ answer: PermissionResolved, _ event: Event) {
        if unconfined.contains(answer.requestID) {
            isLetOut = answer.decision == .allow
        } else {
            decision = CallDecision(by: answer.by, rule: answer.rule, reason: answer.reason)
            isUnasked = unasked.contains(answer.requestID)
        }
        let rule = answer.rule.map { ", with the rule \($0)" } ?? ""
        let client = answer.by.client.map { " at \($0)" } ?? ""
        note(
            event,
            "\(answer.by.kind.rawValue)\(client) answered \(answer.decision.rawValue) (\(answer.scope.rawValue)\(rule))"
        )
    }

    private mutating func take(_ failed: ToolCallFailed, _ event: Event) {
        toolName = failed.toolName
        decision = failed.decided ?? decision
        if failed.outcome == .denied { verdict = .denied }
        if failed.outcome == .failed, verdict == .open { verdict = .refused }
        note(
            event,
            "it \(failed.outcome == .inDoubt ? "is in doubt" : "ended: \(failed.outcome.rawValue)"): \(failed.error.message)"
        )
    }

    private mutating func note(_ event: Event, _ text: String) { steps.append(Step(seq: event.seq, text: text)) }

    /// Who decided, in a line.
    public var headline: String {
        guard let decision else {
            switch verdict {
            case .allowed, .denied: return "\(verdict.rawValue); the log does not say by whom"
            case .refused: return "refused before anybody was asked"
            case .open: return "not decided"
            }
        }
        let who =
            switch decision.by.kind {
            case .rule: "by a rule: \(decision.rule ?? "a protected path")"
            case .mode: "by the permission mode"
            case .hook: "by a hook: \(decision.hook ?? "its name is not in the log")"
            case .user: "by a person" + (decision.by.client.map { " at \($0)" } ?? "")
            case .timeout: "by the deadline: nobody \(isUnasked ? "could be asked" : "answered")"
            case .system: "by the program"
            }
        if verdict == .open, decision.by.kind == .system { return "not decided: the run ended before anybody had" }
        return "\(verdict.rawValue) \(who)" + (isLetOut ? ", and let out of the sandbox by a person" : "")
    }
}
