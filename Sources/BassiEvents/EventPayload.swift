/// What happened: one case for each type of event, and one for those of other builds.
///
/// Boxed (`indirect`), so that an event is small to copy and many readers share one payload.
public indirect enum EventPayload: Sendable, Equatable {
    /// `session_started`
    case sessionStarted(SessionStarted)
    /// `session_ended`
    case sessionEnded(SessionEnded)
    /// `session_forked`
    case sessionForked(SessionForked)
    /// `session_updated`
    case sessionUpdated(SessionUpdated)
    /// `trust_changed`
    case trustChanged(TrustChanged)
    /// `redacted`
    case redacted(Redacted)
    /// `prompt_received`
    case promptReceived(PromptReceived)
    /// `prompt_withdrawn`
    case promptWithdrawn(PromptWithdrawn)
    /// `plan_generated`
    case planGenerated(PlanGenerated)
    /// `run_started`
    case runStarted(RunStarted)
    /// `run_completed`
    case runCompleted(RunCompleted)
    /// `run_cancelled`
    case runCancelled(RunCancelled)
    /// `run_interrupted`
    case runInterrupted(RunInterrupted)
    /// `run_resumed`
    case runResumed(RunResumed)
    /// `run_paused`
    case runPaused(RunPaused)
    /// `run_unpaused`
    case runUnpaused(RunUnpaused)
    /// `budget_warning`
    case budgetWarning(BudgetWarning)
    /// `context_compacted`
    case contextCompacted(ContextCompacted)
    /// `model_switched`
    case modelSwitched(ModelSwitched)
    /// `request_sent`
    case requestSent(RequestSent)
    /// `request_ended`
    case requestEnded(RequestEnded)
    /// `retry_scheduled`
    case retryScheduled(RetryScheduled)
    /// `content_block_start`
    case contentBlockStart(ContentBlockStart)
    /// `token_delta`
    case tokenDelta(TokenDelta)
    /// `content_block_end`
    case contentBlockEnd(ContentBlockEnd)
    /// `message_completed`
    case messageCompleted(MessageCompleted)
    /// `error`
    case error(ErrorOccurred)
    /// `tool_call_started`
    case toolCallStarted(ToolCallStarted)
    /// `tool_output_delta`
    case toolOutputDelta(ToolOutputDelta)
    /// `tool_call_completed`
    case toolCallCompleted(ToolCallCompleted)
    /// `tool_call_failed`
    case toolCallFailed(ToolCallFailed)
    /// `background_started`
    case backgroundStarted(BackgroundStarted)
    /// `background_output`
    case backgroundOutput(BackgroundOutput)
    /// `background_ended`
    case backgroundEnded(BackgroundEnded)
    /// `in_doubt_resolved`
    case inDoubtResolved(InDoubtResolved)
    /// `file_changed`
    case fileChanged(FileChanged)
    /// `subagent_started`
    case subagentStarted(SubagentStarted)
    /// `subagent_completed`
    case subagentCompleted(SubagentCompleted)
    /// `hook_executed`
    case hookExecuted(HookExecuted)
    /// `hook_denied`
    case hookDenied(HookDenied)
    /// `permission_requested`
    case permissionRequested(PermissionRequested)
    /// `permission_resolved`
    case permissionResolved(PermissionResolved)
    /// `question_asked`
    case questionAsked(QuestionAsked)
    /// `question_answered`
    case questionAnswered(QuestionAnswered)
    /// A type or schema that this build does not know, kept byte for byte.
    case unknown(UnknownPayload)
}

/// The payload of an event of another build.
public struct UnknownPayload: Sendable, Equatable {
    /// The event's type.
    public let type: String
    /// The payload's members as JSON text without the braces, exactly as they came.
    public let rawJSON: [UInt8]

    /// A payload as it came.
    public init(type: String, rawJSON: [UInt8]) {
        self.type = type
        self.rawJSON = rawJSON
    }
}

extension EventPayload {
    /// The typed payload; nil for an unknown one.
    public var fields: (any EventFields)? {
        switch self {
        case .sessionStarted(let fields): fields
        case .sessionEnded(let fields): fields
        case .sessionForked(let fields): fields
        case .sessionUpdated(let fields): fields
        case .trustChanged(let fields): fields
        case .redacted(let fields): fields
        case .promptReceived(let fields): fields
        case .promptWithdrawn(let fields): fields
        case .planGenerated(let fields): fields
        case .runStarted(let fields): fields
        case .runCompleted(let fields): fields
        case .runCancelled(let fields): fields
        case .runInterrupted(let fields): fields
        case .runResumed(let fields): fields
        case .runPaused(let fields): fields
        case .runUnpaused(let fields): fields
        case .budgetWarning(let fields): fields
        case .contextCompacted(let fields): fields
        case .modelSwitched(let fields): fields
        case .requestSent(let fields): fields
        case .requestEnded(let fields): fields
        case .retryScheduled(let fields): fields
        case .contentBlockStart(let fields): fields
        case .tokenDelta(let fields): fields
        case .contentBlockEnd(let fields): fields
        case .messageCompleted(let fields): fields
        case .error(let fields): fields
        case .toolCallStarted(let fields): fields
        case .toolOutputDelta(let fields): fields
        case .toolCallCompleted(let fields): fields
        case .toolCallFailed(let fields): fields
        case .backgroundStarted(let fields): fields
        case .backgroundOutput(let fields): fields
        case .backgroundEnded(let fields): fields
        case .inDoubtResolved(let fields): fields
        case .fileChanged(let fields): fields
        case .subagentStarted(let fields): fields
        case .subagentCompleted(let fields): fields
        case .hookExecuted(let fields): fields
        case .hookDenied(let fields): fields
        case .permissionRequested(let fields): fields
        case .permissionResolved(let fields): fields
        case .questionAsked(let fields): fields
        case .questionAnswered(let fields): fields
        case .unknown: nil
        }
    }

    /// How each known type is read.
    static let readers: [String: @Sendable (FieldReader) throws -> EventPayload] = [
        "session_started": { .sessionStarted(try SessionStarted(from: $0)) },
        "session_ended": { .sessionEnded(try SessionEnded(from: $0)) },
        "session_forked": { .sessionForked(try SessionForked(from: $0)) },
        "session_updated": { .sessionUpdated(try SessionUpdated(from: $0)) },
        "trust_changed": { .trustChanged(try TrustChanged(from: $0)) },
        "redacted": { .redacted(try Redacted(from: $0)) },
        "prompt_received": { .promptReceived(try PromptReceived(from: $0)) },
        "prompt_withdrawn": { .promptWithdrawn(try PromptWithdrawn(from: $0)) },
        "plan_generated": { .planGenerated(try PlanGenerated(from: $0)) },
        "run_started": { .runStarted(try RunStarted(from: $0)) },
        "run_completed": { .runCompleted(try RunCompleted(from: $0)) },
        "run_cancelled": { .runCancelled(try RunCancelled(from: $0)) },
        "run_interrupted": { .runInterrupted(try RunInterrupted(from: $0)) },
        "run_resumed": { .runResumed(try RunResumed(from: $0)) },
        "run_paused": { .runPaused(try RunPaused(from: $0)) },
        "run_unpaused": { .runUnpaused(try RunUnpaused(from: $0)) },
        "budget_warning": { .budgetWarning(try BudgetWarning(from: $0)) },
        "context_compacted": { .contextCompacted(try ContextCompacted(from: $0)) },
        "model_switched": { .modelSwitched(try ModelSwitched(from: $0)) },
        "request_sent": { .requestSent(try RequestSent(from: $0)) },
        "request_ended": { .requestEnded(try RequestEnded(from: $0)) },
        "retry_scheduled": { .retryScheduled(try RetryScheduled(from: $0)) },
        "content_block_start": { .contentBlockStart(try ContentBlockStart(from: $0)) },
        "token_delta": { .tokenDelta(try TokenDelta(from: $0)) },
        "content_block_end": { .contentBlockEnd(try ContentBlockEnd(from: $0)) },
        "message_completed": { .messageCompleted(try MessageCompleted(from: $0)) },
        "error": { .error(try ErrorOccurred(from: $0)) },
        "tool_call_started": { .toolCallStarted(try ToolCallStarted(from: $0)) },
        "tool_output_delta": { .toolOutputDelta(try ToolOutputDelta(from: $0)) },
        "tool_call_completed": { .toolCallCompleted(try ToolCallCompleted(from: $0)) },
        "tool_call_failed": { .toolCallFailed(try ToolCallFailed(from: $0)) },
        "background_started": { .backgroundStarted(try BackgroundStarted(from: $0)) },
        "background_output": { .backgroundOutput(try BackgroundOutput(from: $0)) },
        "background_ended": { .backgroundEnded(try BackgroundEnded(from: $0)) },
        "in_doubt_resolved": { .inDoubtResolved(try InDoubtResolved(from: $0)) },
        "file_changed": { .fileChanged(try FileChanged(from: $0)) },
        "subagent_started": { .subagentStarted(try SubagentStarted(from: $0)) },
        "subagent_completed": { .subagentCompleted(try SubagentCompleted(from: $0)) },
        "hook_executed": { .hookExecuted(try HookExecuted(from: $0)) },
        "hook_denied": { .hookDenied(try HookDenied(from: $0)) },
        "permission_requested": { .permissionRequested(try PermissionRequested(from: $0)) },
        "permission_resolved": { .permissionResolved(try PermissionResolved(from: $0)) },
        "question_asked": { .questionAsked(try QuestionAsked(from: $0)) },
        "question_answered": { .questionAnswered(try QuestionAnswered(from: $0)) },
    ]
}
