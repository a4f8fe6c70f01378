/// The name of a type of event, as it stands in the log: for filters.
///
///     store.follow(session, where: .types(.toolCallCompleted, .toolCallFailed))
public struct EventType: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    /// The name, `tool_call_completed`.
    public let rawValue: String
    /// A type by its name; one that this build does not know is a type too.
    public init(rawValue: String) { self.rawValue = rawValue }
    /// The name.
    public var description: String { rawValue }
}

extension EventType {
    /// `session_started`
    public static let sessionStarted = EventType(rawValue: "session_started")
    /// `session_ended`
    public static let sessionEnded = EventType(rawValue: "session_ended")
    /// `session_forked`
    public static let sessionForked = EventType(rawValue: "session_forked")
    /// `session_updated`
    public static let sessionUpdated = EventType(rawValue: "session_updated")
    /// `trust_changed`
    public static let trustChanged = EventType(rawValue: "trust_changed")
    /// `redacted`
    public static let redacted = EventType(rawValue: "redacted")
    /// `prompt_received`
    public static let promptReceived = EventType(rawValue: "prompt_received")
    /// `prompt_withdrawn`
    public static let promptWithdrawn = EventType(rawValue: "prompt_withdrawn")
    /// `plan_generated`
    public static let planGenerated = EventType(rawValue: "plan_generated")
    /// `run_started`
    public static let runStarted = EventType(rawValue: "run_started")
    /// `run_completed`
    public static let runCompleted = EventType(rawValue: "run_completed")
    /// `run_cancelled`
    public static let runCancelled = EventType(rawValue: "run_cancelled")
    /// `run_interrupted`
    public static let runInterrupted = EventType(rawValue: "run_interrupted")
    /// `run_resumed`
    public static let runResumed = EventType(rawValue: "run_resumed")
    /// `run_paused`
    public static let runPaused = EventType(rawValue: "run_paused")
    /// `run_unpaused`
    public static let runUnpaused = EventType(rawValue: "run_unpaused")
    /// `budget_warning`
    public static let budgetWarning = EventType(rawValue: "budget_warning")
    /// `context_compacted`
    public static let contextCompacted = EventType(rawValue: "context_compacted")
    /// `model_switched`
    public static let modelSwitched = EventType(rawValue: "model_switched")
    /// `request_sent`
    public static let requestSent = EventType(rawValue: "request_sent")
    /// `request_ended`
    public static let requestEnded = EventType(rawValue: "request_ended")
    /// `retry_scheduled`
    public static let retryScheduled = EventType(rawValue: "retry_scheduled")
    /// `content_block_start`
    public static let contentBlockStart = EventType(rawValue: "content_block_start")
    /// `token_delta`
    public static let tokenDelta = EventType(rawValue: "token_delta")
    /// `content_block_end`
    public static let contentBlockEnd = EventType(rawValue: "content_block_end")
    /// `message_completed`
    public static let messageCompleted = EventType(rawValue: "message_completed")
    /// `error`
    public static let error = EventType(rawValue: "error")
    /// `tool_call_started`
    public static let toolCallStarted = EventType(rawValue: "tool_call_started")
    /// `tool_output_delta`
    public static let toolOutputDelta = EventType(rawValue: "tool_output_delta")
    /// `tool_call_completed`
    public static let toolCallCompleted = EventType(rawValue: "tool_call_completed")
    /// `tool_call_failed`
    public static let toolCallFailed = EventType(rawValue: "tool_call_failed")
    /// `background_started`
    public static let backgroundStarted = EventType(rawValue: "background_started")
    /// `background_output`
    public static let backgroundOutput = EventType(rawValue: "background_output")
    /// `background_ended`
    public static let backgroundEnded = EventType(rawValue: "background_ended")
    /// `in_doubt_resolved`
    public static let inDoubtResolved = EventType(rawValue: "in_doubt_resolved")
    /// `file_changed`
    public static let fileChanged = EventType(rawValue: "file_changed")
    /// `subagent_started`
    public static let subagentStarted = EventType(rawValue: "subagent_started")
    /// `subagent_completed`
    public static let subagentCompleted = EventType(rawValue: "subagent_completed")
    /// `hook_executed`
    public static let hookExecuted = EventType(rawValue: "hook_executed")
    /// `hook_denied`
    public static let hookDenied = EventType(rawValue: "hook_denied")
    /// `permission_requested`
    public static let permissionRequested = EventType(rawValue: "permission_requested")
    /// `permission_resolved`
    public static let permissionResolved = EventType(rawValue: "permission_resolved")
    /// `question_asked`
    public static let questionAsked = EventType(rawValue: "question_asked")
    /// `question_answered`
    public static let questionAnswered = EventType(rawValue: "question_answered")
}
