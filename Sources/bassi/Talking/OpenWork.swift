import BassiEvents

/// Something that waits for a person.
struct OpenQuestion: Sendable {
    enum Kind: Sendable {
        /// Whether a call may run.
        case permission(PermissionRequested)
        /// What the model wants to know.
        case question(QuestionAsked)
    }

    let kind: Kind
    /// The sub-agent that asks; nil for the session itself.
    var subagent: SubagentStarted?

    init?(_ payload: EventPayload, of subagent: SubagentStarted? = nil) {
        switch payload {
        case .permissionRequested(let asked): kind = .permission(asked)
        case .questionAsked(let asked): kind = .question(asked)
        default: return nil
        }
        self.subagent = subagent
    }

    var requestID: RequestID {
        switch kind {
        case .permission(let asked): asked.requestID
        case .question(let asked): asked.requestID
        }
    }
}

/// What goes on in a session as a terminal sees it: a fold of what it has followed, and of what was typed.
struct OpenWork {
    private var open: [OpenQuestion] = []
    private var runs: Set<RunID> = []
    /// Sub-agents that are at work, by their sessions.
    private(set) var subagents: [SessionID: SubagentStarted] = [:]
    /// The keys of the prompts that were typed here and did not come back yet.
    private var ownPrompts: Set<String> = []
    /// Runs that ended while a prompt of ours was under way: its receipt may come after its run's end.
    private var ended: Set<RunID> = []
    private var sending = 0
    /// Nothing more is read or shown.
    var isOver = false

    /// What was asked and not answered yet, by whomever, the oldest first. What a run has asked that was interrupted waits
    /// until somebody goes on with it.
    var questions: [OpenQuestion] { runs.isEmpty ? [] : open }

    var isIdle: Bool { runs.isEmpty && sending == 0 }

    func isOpen(_ question: OpenQuestion) -> Bool {
        questions.contains { $0.requestID == question.requestID }
    }

    mutating func apply(_ event: Event) {
        switch event.payload {
        case .permissionRequested, .permissionResolved, .questionAsked, .questionAnswered: applyQuestion(event.payload)
        case .subagentStarted(let start): subagents[start.childSessionID] = start
        case .subagentCompleted(let end): subagents[end.childSessionID] = nil
        case .runStarted, .runResumed: if let run = event.runID { runs.insert(run) }
        case .runCompleted, .runCancelled:
            (open, subagents) = ([], [:])
            end(event.runID)
        case .runInterrupted: end(event.runID)
        default: break
        }
    }

    /// Takes an event of a sub-agent's session: what it asks, the person is asked here.
    mutating func apply(_ event: Event, of subagent: SubagentStarted) {
        applyQuestion(event.payload, of: subagent)
        guard event.payload.endsRun else { return }
        open.removeAll { $0.subagent?.childSessionID == subagent.childSessionID }
    }

    private mutating func applyQuestion(_ payload: EventPayload, of subagent: SubagentStarted? = nil) {
        switch payload {
        case .questionAnswered(let answer): open.removeAll { $0.requestID == answer.requestID }
        case .permissionResolved(let answer): open.removeAll { $0.requestID == answer.requestID }
        default: if let question = OpenQuestion(payload, of: subagent) { open.append(question) }
        }
    }

    private mutating func end(_ run: RunID?) {
        guard let run else { return }
        runs.remove(run)
        if sending > 0 { ended.insert(run) }
    }

    /// The types that ``apply(_:)`` takes.
    static let types: [EventType] = [
        .permissionRequested, .permissionResolved, .runStarted, .runResumed, .runCompleted, .runCancelled,
        .runInterrupted, .questionAsked, .questionAnswered, .subagentStarted, .subagentCompleted,
    ]

    /// A prompt with this key is on its way.
    mutating func send(_ key: String) {
        ownPrompts.insert(key)
        sending += 1
    }

    /// It has arrived, and this run answers it; nil when it did not.
    mutating func sent(_ run: RunID?) {
        sending -= 1
        if let run, !ended.contains(run) { runs.insert(run) }
        if sending == 0 { ended = [] }
    }

    /// Whether it was typed here: then it stands on the screen already.
    mutating func takeOwn(_ prompt: PromptReceived) -> Bool {
        prompt.idempotencyKey.map { ownPrompts.remove($0) != nil } ?? false
    }

    /// The question was dealt with here; false when somebody else was quicker.
    mutating func take(_ question: OpenQuestion) -> Bool {
        guard let index = open.firstIndex(where: { $0.requestID == question.requestID }) else { return false }
        open.remove(at: index)
        return !isOver
    }
}
