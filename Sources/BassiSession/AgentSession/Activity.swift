import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore

/// What goes on right now and is not in the log: child tasks and timers. It dies with the owner; the log does not.
struct Activity {
    /// How far an open call has come.
    enum Stage {
        /// Hooks are asked.
        case deciding(Stopper)
        /// A person is asked.
        case asking(ToolCallRequest)
        /// It may run, once those before it have ended.
        case ready(ToolCallRequest)
        /// It runs.
        case running(ToolCallRequest, Stopper, since: ContinuousClock.Instant)
    }

    /// What a model call is for.
    enum Purpose {
        /// The model's next message.
        case message
        /// A summary that stands for a piece of the conversation, of so many tokens in all.
        case summary(ContextCut, tokensBefore: Int)
    }

    /// The model call that goes on.
    struct ModelCall {
        let request: SequenceNumber
        let purpose: Purpose
        let model: ProviderRegistry.Found
        let stopper: Stopper
        let startedAt: ContinuousClock.Instant
        /// What it was estimated to read, in tokens.
        let estimatedInputTokens: Int
        /// What the provider said of its use; nil while nothing has come.
        var usage: Usage?
        /// Bytes that came of its blocks.
        var receivedBytes = 0
        /// The text of a summary.
        var summary = ""
        /// What a whole summary used; nil before its end.
        var completed: Usage?
        var firstTokenAt: ContinuousClock.Instant?
        var messageID = MessageID("")
        /// The texts of its open blocks, without secrets.
        var texts: [Int: StreamRedactor] = [:]
        /// The calls that it has begun.
        var toolIDs: Set<ToolID> = []
        /// The same by their blocks.
        var callsByBlock: [BlockID: ToolID] = [:]

        /// Takes a part of a summary: its text, and at the end what it used.
        mutating func take(_ part: ModelPart) {
            switch part {
            case .messageStarted(_, let usage): self.usage = usage
            case .delta(_, let text): receivedBytes += text.utf8.count
            case .blockEnded(_, let block): if case .text(let text) = block.content { summary += text }
            case .completed(_, let usage): completed = usage
            case .blockStarted: break
            }
        }

        /// What it has used so far: what the provider says only at the end is estimated. Nil while nothing has come, when
        /// most likely nothing is billed.
        var spent: (usage: Usage, costUSD: Money?)? {
            guard var usage else { return nil }
            if usage.promptTokens == 0 { usage.inputTokens = estimatedInputTokens }
            usage.outputTokens = max(usage.outputTokens, receivedBytes / 4)
            return (usage, model.profile.price?.cost(of: usage))
        }
    }

    /// What hooks that run are asked for.
    enum HookPurpose {
        /// They are told of something, and nothing waits for them.
        case told
        /// They are told of something, and may have something to add before the model is asked.
        case start
        /// Whether a prompt may reach the model: one that steers the run, or nil for the one that began it.
        case prompt(SequenceNumber?)
        /// Whether the run may end.
        case stop
        /// Whether a call may run that a person would be asked about, and why.
        case permission(ToolCallRequest, since: Decision)

        var toolID: ToolID? { if case .permission(let call, _) = self { call.toolID } else { nil } }

        /// Whether they may run while no run does.
        var isOutsideOfRun: Bool {
            switch self {
            case .told, .start: true
            case .prompt, .stop, .permission: false
            }
        }

        /// Whether the run waits for them.
        var isAwaited: Bool { if case .told = self { false } else { true } }
    }

    /// Somebody who wants the session closed and waits for it.
    struct CloseRequest {
        let endReason: String?
        let reply: Reply<Void>
    }

    /// One stream of a call.
    struct OutputKey: Hashable {
        let toolID: ToolID
        let stream: ToolStream
    }

    /// What a timer is for.
    enum Alarm: Equatable {
        case runLimit
        case retry
        case answer(RequestID)
        case stopNow
        case backgroundOverdue
    }

    var model: ModelCall?
    var stages: [ToolID: Stage] = [:]
    /// What calls print, without secrets.
    var outputs: [OutputKey: StreamRedactor] = [:]
    /// The calls that this owner saw the model ask for.
    var ownCalls: Set<ToolID> = []
    /// Inputs that had a secret: they run as the model asked, and stand in the log without it.
    var secretInputs: [ToolID: JSONValue] = [:]
    /// Hooks that look at calls that have ended.
    var afterHooks: [ToolID: Stopper] = [:]
    /// Who let each call run that has not started yet.
    var decisions: [ToolID: CallDecision] = [:]
    /// Hooks that are asked or told of something, by their number.
    var hooks: [Int: (purpose: HookPurpose, stopper: Stopper)] = [:]
    var nextHooks = 0
    /// Prompts that no hook has seen: those that steer by their position.
    var unhookedPrompts: [(steer: SequenceNumber?, text: String)] = []
    /// Whether hooks have let the run end, and how often they have not.
    var mayStop = false
    var stopBlocks = 0
    var alarms: [Int: (alarm: Alarm, stopper: Stopper)] = [:]
    /// Why everything is being stopped, once it is.
    var closing: ClosingReason?
    /// Those who wait until everything has stopped.
    var closeRequests: [CloseRequest] = []
    /// Whether everything is to be closed as soon as nothing goes on.
    var closesAtRest = false
    /// Calls that wait for a person's answer to their questions.
    var questionReplies: [RequestID: Reply<QuestionAnswered>] = [:]
    /// Calls that wait for the person to say whether they may run outside of the sandbox.
    var unconfinedReplies: [RequestID: Reply<Bool>] = [:]
    /// The sessions of sub-agents that are at work.
    var subagents: [SessionID: AgentSession] = [:]
    /// Whether the next request waits until others of the run have ended theirs.
    var waitsForBudget = false
    /// Whether the session closes and waits for its commands in the background to end.
    var isEndingBackground = false
    /// Whether prompts wait for somebody to say go on.
    var holdsQueue = false

    /// Whether a child task works for the run.
    var isBusy: Bool {
        model != nil || !afterHooks.isEmpty || hooks.values.contains { $0.purpose.isAwaited }
            || stages.values.contains {
                switch $0 {
                case .deciding, .running: true
                case .asking, .ready: false
                }
            }
    }

    /// Whether a call runs.
    func isRunning(_ toolID: ToolID) -> Bool {
        if case .running = stages[toolID] { true } else { false }
    }

    /// Whether an alarm of this kind is set.
    func waits(for alarm: Alarm) -> Bool { alarms.values.contains { $0.alarm == alarm } }

    /// Stops all child tasks of the run; they still report their end.
    mutating func stopAll() {
        for reply in questionReplies.values { reply.fail(CancellationError()) }
        for reply in unconfinedReplies.values { reply.fail(CancellationError()) }
        (questionReplies, unconfinedReplies) = ([:], [:])
        model?.stopper.stop()
        for stopper in afterHooks.values { stopper.stop() }
        for (_, stopper) in hooks.values { stopper.stop() }
        for case .deciding(let stopper) in stages.values { stopper.stop() }
        for case .running(_, let stopper, _) in stages.values { stopper.stop() }
    }
}
