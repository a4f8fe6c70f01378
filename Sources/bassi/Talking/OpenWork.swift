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
    private var waiting = WaitingPrompts()
    /// Nothing more is read or shown.
    var isOver = false

    /// What was asked and not answered yet, by whomever, the oldest first. What a run has asked that was interrupted waits
    /// until somebody goes on with it.
    var questions: [OpenQuestion] { runs.isEmpty ? [] : open }

    /// Whether nothing goes on and nothing will by itself.
    var isIdle: Bool { runs.isEmpty && ownPrompts.isEmpty && !waiting.goOn }

    /// Prompts that wait for somebody to say go on, now that nothing goes on.
    var heldPrompts: Int { isIdle ? waiting.held : 0 }

    func isOpen(_ question: OpenQuestion) -> Bool {
        questions.contains { $0.requestID == question.requestID }
    }

    mutating func apply(_ event: Event) {
        waiting.apply(event)
        switch event.payload {
        case .promptReceived(let prompt): if let key = prompt.idempotencyKey { ownPrompts.remove(key) }
        case .permissionRequested, .permissionResolved, .questionAsked, .questionAnswered: applyQuestion(event.payload)
        case .subagentStarted(let start): subagents[start.childSessionID] = start
        case .subagentCompleted(let end): subagents[end.childSessionID] = nil
        case .runStarted, .runResumed: if let run = event.runID { runs.insert(run) }
        case .runCompleted, .runCancelled:
            (open, subagents) = ([], [:])
            if let run = event.runID { runs.remove(run) }
        case .runInterrupted: if let run = event.runID { runs.remove(run) }
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

    /// The types that ``apply(_:)`` takes.
    static let types: [EventType] = [
        .permissionRequested, .permissionResolved, .runStarted, .runResumed, .runCompleted, .runCancelled,
        .runInterrupted, .questionAsked, .questionAnswered, .subagentStarted, .subagentCompleted, .promptReceived,
        .promptWithdrawn, .requestSent,
    ]

    /// A prompt with this key is on its way.
    mutating func send(_ key: String) { ownPrompts.insert(key) }

    /// It could not be sent.
    mutating func giveUp(_ key: String) { ownPrompts.remove(key) }

    /// Whether it was typed here and is on its way: then it stands on the screen already.
    func isOwn(_ prompt: PromptReceived) -> Bool { prompt.idempotencyKey.map(ownPrompts.contains) ?? false }

    /// What was left behind by a program that is gone waits.
    mutating func hold() { if runs.isEmpty { waiting.hold() } }

    /// Prompts that wait are to go on; false where none waits.
    mutating func release() -> Bool {
        guard heldPrompts > 0 else { return false }
        waiting.release()
        return true
    }

    /// The question was dealt with here; false when somebody else was quicker.
    mutating func take(_ question: OpenQuestion) -> Bool {
        guard let index = open.firstIndex(where: { $0.requestID == question.requestID }) else { return false }
        open.remove(at: index)
        return !isOver
    }
}
