import BassiEvents
import BassiSession

/// How a run ended: a fold of its events, printed as the result object of `-p`.
struct RunResult {
    /// A call that was not allowed.
    struct Denial {
        let toolID: ToolID
        /// Whose log has the call: the session, or that of a sub-agent.
        let session: SessionID
        let toolName: String
        var input: JSONValue
        let reason: String
        /// Whether it was denied because nobody could be asked.
        let wasUnasked: Bool
    }

    private let session: SessionID
    /// Whether the answer had to fit a schema.
    private let isStructured: Bool
    private var run: RunID?
    private var end: EventPayload?
    private var isFirst = true
    private var use = RunUse()
    private var startedAt: Timestamp?
    private var endedAt: Timestamp?
    private var error: ErrorOccurred?
    private var inputs: [ToolID: JSONValue] = [:]
    private var unasked: Set<ToolID> = []
    private var questions: [RequestID: ToolID] = [:]
    private var starts: [BlockID: ContentBlockStart] = [:]
    private var words = LastWords()
    /// The answer that was given by the tool for it.
    private var answer: String?
    private(set) var denials: [Denial] = []
    /// The text of the model's last message.
    var text: String { answer ?? words.text }

    init(session: SessionID, isStructured: Bool = false) {
        self.session = session
        self.isStructured = isStructured
    }

    /// The answer that fits the schema, once there is one.
    private var structured: JSONValue? { isStructured ? OutputSchema.answer(in: text) : nil }

    /// What is printed alone: the answer, as JSON where a schema was asked for; nothing where none fits it.
    var shown: String {
        guard isStructured else { return text }
        return outcome.word == "completed" ? structured?.text ?? "" : ""
    }

    mutating func apply(_ event: Event) {
        use.apply(event.payload)
        if !event.payload.endsRun || event.runID == run { words.apply(event.payload) }
        switch event.payload {
        case .runStarted: begin(event)
        case .runResumed: begin(event)
        case .contentBlockStart(let start): starts[start.blockID] = start
        case .contentBlockEnd(let end): take(end)
        // Another model has done it.
        case .messageCompleted: error = nil
        case .permissionRequested(let asked): questions[asked.requestID] = asked.toolID
        case .permissionResolved(let answer):
            if answer.by.kind == .timeout, let toolID = questions[answer.requestID] { unasked.insert(toolID) }
        case .toolCallCompleted(let call) where call.toolName == OutputSchema.toolName:
            answer = inputs[call.toolID]?.text
        case .toolCallFailed(let failed) where failed.outcome == .denied: deny(failed)
        case .error(let error): self.error = error
        case .runCompleted, .runCancelled:
            guard event.runID == run else { return }
            (end, endedAt) = (event.payload, event.timestamp)
        default: break
        }
    }

    private mutating func begin(_ event: Event) {
        self = RunResult(session: session, isStructured: isStructured)
        run = event.runID
        startedAt = event.timestamp
    }

    private mutating func take(_ end: ContentBlockEnd) {
        guard let start = starts.removeValue(forKey: end.blockID) else { return }
        if let toolID = start.toolID { inputs[toolID] = end.toolInput }
    }

    private mutating func deny(_ failed: ToolCallFailed) {
        denials.append(
            Denial(
                toolID: failed.toolID, session: session, toolName: failed.toolName,
                input: inputs[failed.toolID] ?? .null,
                reason: failed.error.message, wasUnasked: unasked.contains(failed.toolID)))
    }

    /// The events that say what was not allowed.
    static let denialTypes: [EventType] = [
        .contentBlockStart, .contentBlockEnd, .permissionRequested, .permissionResolved, .toolCallFailed,
        .subagentCompleted,
    ]

    /// What a sub-agent was not allowed is what the run was not.
    mutating func addDenials(of subagent: RunResult) { denials += subagent.denials }

    // MARK: - What it came to

    private var outcome: (word: String, reason: String?) {
        switch end {
        case .runCompleted(let end):
            switch end.outcome {
            case .completed: ("completed", end.reason)
            case .limit: ("limit", end.reason)
            case .failed: ("failed", end.reason)
            case .refused: ("failed", end.reason ?? "refusal")
            }
        case .runCancelled(let end): ("cancelled", end.reason)
        default: ("failed", "the run has no end")
        }
    }

    var exitCode: Int32 {
        switch outcome.word {
        case "completed": denials.contains(where: \.wasUnasked) ? 4 : 0
        case "limit": 3
        case "cancelled": 130
        default: 1
        }
    }

    /// One sentence about a run that did not complete.
    var problem: String? {
        switch outcome.word {
        case "completed": return nil
        case "limit": return "the run ended at a limit: \(outcome.reason ?? "")"
        case "cancelled": return "the run was cancelled: \(outcome.reason ?? "")"
        default: return error.map { Self.advice($0) } ?? "the run failed: \(outcome.reason ?? "")"
        }
    }

    /// What the provider said, and what to do about it.
    private static func advice(_ error: ErrorOccurred) -> String {
        let step =
            switch error.errorType {
            case "authentication": ": check the key"
            case "quota_spent": ": the account has no money or quota left"
            case "not_found": ": check the model's name with `bassi models`"
            case "connection": ": check the network, the base URL and the proxy"
            case "output_schema": ": make the schema simpler, or choose another model"
            case "context_exceeded": ": start a new session, or choose a model with a larger window"
            default: ""
            }
        return error.errorMessage + step
    }

    var json: JSONValue {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        let (word, reason) = outcome
        let milliseconds = startedAt.flatMap { start in endedAt.map { Int($0.milliseconds - start.milliseconds) } }
        let usage = use.usage
        let money: JSONValue = use.costUSD.flatMap { try? JSONParser.parse($0.description) } ?? .null
        var result: JSONObject = [
            "type": "result", "outcome": .string(word), "reason": reason.map { .string($0) } ?? .null,
            "text": .string(structured?.text ?? text), "session_id": .string(session.description),
            "run_id": run.map { .string($0.description) } ?? .null, "turns": number(use.turns),
            "usage": [
                "input_tokens": number(usage.inputTokens), "output_tokens": number(usage.outputTokens),
                "cache_read_tokens": number(usage.cacheReadTokens),
                "cache_write_tokens": number(usage.cacheWriteTokens),
            ],
            "cost_usd": money, "duration_ms": number(milliseconds ?? 0),
            "permission_denials": .array(denials.map(Self.json)),
            "error": error.map { ["type": .string($0.errorType), "message": .string($0.errorMessage)] } ?? .null,
        ]
        if isStructured { result["structured"] = structured ?? .null }
        return .object(result)
    }

    private static func json(_ denial: Denial) -> JSONValue {
        [
            "session_id": .string(denial.session.description), "tool_id": .string(denial.toolID.rawValue),
            "tool_name": .string(denial.toolName),
            "tool_input": denial.input, "reason": .string(denial.reason),
        ]
    }
}
