import BassiEvents
import BassiModels

/// What the loop does next.
enum LoopStep: Equatable {
    /// Nothing: it waits for the model, a tool, a person, or a prompt.
    case rest
    /// The next run begins, with this prompt.
    case startRun(WaitingPrompt)
    /// The model is asked, for the n-th time in this turn.
    case askModel(attempt: Int)
    /// Calls wait to be decided, started or ended.
    case handleCalls
    /// The run ends.
    case endRun(RunOutcome, reason: String?)

    /// The same call failing so often in a row ends the run.
    static let repeatedFailuresMax = 5

    /// The decision: pure, and by what the log says alone, so that it is the same after a crash.
    init(after state: SessionState) {
        guard let run = state.run else {
            self = state.waitingPrompts.first.map { .startRun($0) } ?? .rest
            return
        }
        if run.isInterrupted || state.request != nil {
            self = .rest
        } else if !state.calls.isEmpty {
            self = .handleCalls
        } else if let end = Self.end(of: run, state) {
            self = end
        } else if run.isPaused {
            self = .rest
        } else if let reason = Self.limitReached(run) {
            self = .endRun(.limit, reason: reason)
        } else {
            self = .askModel(attempt: run.attempts + 1)
        }
    }

    /// Whether the model has said its last word, and nobody has put in another.
    private static func end(of run: OpenRun, _ state: SessionState) -> LoopStep? {
        if let failure = run.repeatedFailure, failure.count >= repeatedFailuresMax {
            return .endRun(.failed, reason: "the call of \(failure.toolName) failed \(failure.count) times in a row")
        }
        if run.answer != nil { return .endRun(.completed, reason: nil) }
        if run.repairs.schemaFailures >= OutputSchema.failuresMax {
            return .endRun(.failed, reason: OutputSchema.failure)
        }
        guard let last = run.lastMessage, !last.askedForTools else { return nil }
        switch last.stopReason {
        case .refusal: return .endRun(.refused, reason: "refusal")
        case .contextExceeded:
            return run.repairs.mustCompact ? nil : .endRun(.failed, reason: ModelError.Kind.contextExceeded.rawValue)
        case .pauseTurn: return nil
        case .endTurn, .stopSequence, .toolUse, .maxTokens:
            if state.waitingPrompts.contains(where: { $0.prompt.delivery == .steer }) { return nil }
            return .endRun(.completed, reason: last.stopReason == .maxTokens ? "max_tokens" : nil)
        }
    }

    private static func limitReached(_ run: OpenRun) -> String? {
        run.limits.reached(by: run.total)
    }
}
