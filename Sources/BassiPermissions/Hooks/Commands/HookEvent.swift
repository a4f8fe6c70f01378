/// When a hook runs; the names are those of the wire format.
public enum HookEvent: String, Sendable, CaseIterable {
    /// A session was opened.
    case sessionStart = "SessionStart"
    /// A session is closed.
    case sessionEnd = "SessionEnd"
    /// A prompt is about to be sent to the model.
    case userPromptSubmit = "UserPromptSubmit"
    /// A tool call is about to be decided.
    case preToolUse = "PreToolUse"
    /// A person is about to be asked.
    case permissionRequest = "PermissionRequest"
    /// A tool call has a result.
    case postToolUse = "PostToolUse"
    /// A tool call failed.
    case postToolUseFailure = "PostToolUseFailure"
    /// The model has said its last word.
    case stop = "Stop"
    /// A sub-agent begins.
    case subagentStart = "SubagentStart"
    /// A sub-agent has ended.
    case subagentStop = "SubagentStop"
    /// The conversation is about to be summarised.
    case preCompact = "PreCompact"
    /// The conversation was summarised.
    case postCompact = "PostCompact"
    /// A person has to look: a question waits.
    case notification = "Notification"

    /// How long a hook of this event may take unless it says so itself.
    public var timeout: Duration { self == .userPromptSubmit ? .seconds(30) : .seconds(60) }

    /// Whether plain text on standard output is meant for the model.
    var takesTextAsContext: Bool { self == .sessionStart || self == .userPromptSubmit }

    /// Whether a hook that fails leaves a decision to a person.
    var decidesCalls: Bool { self == .preToolUse || self == .permissionRequest }
}
