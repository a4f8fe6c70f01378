/// A hook ran and did not deny.
public struct HookExecuted: EventFields {
    /// The event's type.
    public static let type: StaticString = "hook_executed"

    /// The hook.
    public let hookName: String
    /// When it ran: `PreToolUse`, …
    public let hookEvent: String
    /// The call, where there is one.
    public let toolID: ToolID?
    /// What it said.
    public let decision: HookVerdict
    /// The input that it wants instead.
    public let modifiedInput: JSONValue?
    /// Why.
    public let reason: String?
    /// What the model gets to read from it.
    public let additionalContext: String?
    /// What the person gets to read from it.
    public let systemMessage: String?
    /// Milliseconds it ran.
    public let durationMilliseconds: Int

    /// A value with these members.
    public init(
        hookName: String, hookEvent: String, toolID: ToolID? = nil, decision: HookVerdict,
        modifiedInput: JSONValue? = nil, reason: String? = nil, additionalContext: String? = nil,
        systemMessage: String? = nil, durationMilliseconds: Int
    ) {
        self.hookName = hookName
        self.hookEvent = hookEvent
        self.toolID = toolID
        self.decision = decision
        self.modifiedInput = modifiedInput
        self.reason = reason
        self.additionalContext = additionalContext
        self.systemMessage = systemMessage
        self.durationMilliseconds = durationMilliseconds
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("hook_name", hookName)
        fields("hook_event", hookEvent)
        fields("tool_id", toolID)
        fields("decision", decision)
        fields("modified_input", modifiedInput)
        fields("reason", reason)
        fields("additional_context", additionalContext)
        fields("system_message", systemMessage)
        fields("duration_ms", durationMilliseconds)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        hookName = try fields("hook_name")
        hookEvent = try fields("hook_event")
        toolID = try fields.optional("tool_id")
        decision = try fields("decision")
        modifiedInput = try fields.optional("modified_input")
        reason = try fields.optional("reason")
        additionalContext = try fields.optional("additional_context")
        systemMessage = try fields.optional("system_message")
        durationMilliseconds = try fields("duration_ms")
    }
}

/// What a hook said.
public enum HookVerdict: String, JSONWord {
    /// It counts as an allow rule.
    case allow
    /// A person must decide.
    case ask
    /// Another input.
    case modify
    /// Nothing.
    case none
}

/// A hook denied.
public struct HookDenied: EventFields {
    /// The event's type.
    public static let type: StaticString = "hook_denied"

    /// The hook.
    public let hookName: String
    /// When it ran.
    public let hookEvent: String
    /// The call, where there is one.
    public let toolID: ToolID?
    /// Why.
    public let reason: String

    /// A value with these members.
    public init(hookName: String, hookEvent: String, toolID: ToolID? = nil, reason: String) {
        self.hookName = hookName
        self.hookEvent = hookEvent
        self.toolID = toolID
        self.reason = reason
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("hook_name", hookName)
        fields("hook_event", hookEvent)
        fields("tool_id", toolID)
        fields("reason", reason)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        hookName = try fields("hook_name")
        hookEvent = try fields("hook_event")
        toolID = try fields.optional("tool_id")
        reason = try fields("reason")
    }
}
