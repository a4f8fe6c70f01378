import BassiEvents

/// What goes on in a session as a terminal sees it: a fold of what it has followed, and of what was typed.
struct OpenWork {
    /// What was asked and not answered yet, by whomever, the oldest first.
    private(set) var questions: [PermissionRequested] = []
    private var runs: Set<RunID> = []
    /// The keys of the prompts that were typed here and did not come back yet.
    private var ownPrompts: Set<String> = []
    /// Runs that ended while a prompt of ours was under way: its receipt may come after its run's end.
    private var ended: Set<RunID> = []
    private var sending = 0
    /// Nothing more is read or shown.
    var isOver = false

    var isIdle: Bool { runs.isEmpty && sending == 0 }

    func isOpen(_ question: PermissionRequested) -> Bool {
        questions.contains { $0.requestID == question.requestID }
    }

    mutating func apply(_ event: Event) {
        switch event.payload {
        case .permissionRequested(let question): questions.append(question)
        case .permissionResolved(let answer): questions.removeAll { $0.requestID == answer.requestID }
        case .runStarted, .runResumed: if let run = event.runID { runs.insert(run) }
        case .runCompleted, .runCancelled, .runInterrupted: end(event.runID)
        default: break
        }
    }

    private mutating func end(_ run: RunID?) {
        questions = []
        guard let run else { return }
        runs.remove(run)
        if sending > 0 { ended.insert(run) }
    }

    /// The types that ``apply(_:)`` takes.
    static let types: [EventType] = [
        .permissionRequested, .permissionResolved, .runStarted, .runResumed, .runCompleted, .runCancelled,
        .runInterrupted,
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
    mutating func take(_ question: PermissionRequested) -> Bool {
        guard let index = questions.firstIndex(where: { $0.requestID == question.requestID }) else { return false }
        questions.remove(at: index)
        return !isOver
    }
}
