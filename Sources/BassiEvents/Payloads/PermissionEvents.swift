/// A person must decide about a call.
public struct PermissionRequested: EventFields {
    /// The event's type.
    public static let type: StaticString = "permission_requested"

    /// The question.
    public let requestID: RequestID
    /// The call.
    public let toolID: ToolID
    /// The tool.
    public let toolName: String
    /// What would be done.
    public let toolInput: JSONValue
    /// Rules that an answer with a wider scope would save.
    public let suggestedRules: [String]
    /// When the answer becomes no.
    public let expiresAt: Timestamp?
    /// Where the call's paths lead: what the answer is about, whatever becomes of a link until it comes.
    public let places: [CallPlace]
    /// Whether it would run again outside of the sandbox, which kept it from something. Only a person answers that, and
    /// only for this once.
    public let unconfined: Bool?
    /// Why it is asked; nil in the logs of builds that did not say.
    public let reason: String?
    /// The rule that wants a person to decide, where one does.
    public let rule: String?

    /// A value with these members.
    public init(
        requestID: RequestID, toolID: ToolID, toolName: String, toolInput: JSONValue,
        suggestedRules: [String] = [], expiresAt: Timestamp? = nil, places: [CallPlace] = [], unconfined: Bool? = nil,
        reason: String? = nil, rule: String? = nil
    ) {
        self.requestID = requestID
        self.toolID = toolID
        self.toolName = toolName
        self.toolInput = toolInput
        self.suggestedRules = suggestedRules
        self.expiresAt = expiresAt
        self.places = places
        self.unconfined = unconfined
        self.reason = reason
        self.rule = rule
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("request_id", requestID)
        fields("tool_id", toolID)
        fields("tool_name", toolName)
        fields("tool_input", toolInput)
        fields("suggested_rules", suggestedRules)
        fields("expires_at", expiresAt)
        if !places.isEmpty { fields("places", places) }
        fields("unconfined", unconfined)
        fields("reason", reason)
        fields("rule", rule)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        requestID = try fields("request_id")
        toolID = try fields("tool_id")
        toolName = try fields("tool_name")
        toolInput = try fields("tool_input")
        suggestedRules = try fields.array("suggested_rules")
        expiresAt = try fields.optional("expires_at")
        places = try fields.array("places")
        unconfined = try fields.optional("unconfined")
        reason = try fields.optional("reason")
        rule = try fields.optional("rule")
    }
}

/// It was decided. The first answer wins.
public struct PermissionResolved: EventFields {
    /// The event's type.
    public static let type: StaticString = "permission_resolved"

    /// The question.
    public let requestID: RequestID
    /// The answer.
    public let decision: PermissionVerdict
    /// For how long it holds.
    public let scope: PermissionScope
    /// The rule that decided or was saved.
    public let rule: String?
    /// Who decided.
    public let by: Actor
    /// The input that was allowed instead.
    public let modifiedInput: JSONValue?
    /// Why.
    public let reason: String?

    /// A value with these members.
    public init(
        requestID: RequestID, decision: PermissionVerdict, scope: PermissionScope, rule: String? = nil,
        by: Actor,
        modifiedInput: JSONValue? = nil, reason: String? = nil
    ) {
        self.requestID = requestID
        self.decision = decision
        self.scope = scope
        self.rule = rule
        self.by = by
        self.modifiedInput = modifiedInput
        self.reason = reason
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("request_id", requestID)
        fields("decision", decision)
        fields("scope", scope)
        fields("rule", rule)
        fields("by", by)
        fields("modified_input", modifiedInput)
        fields("reason", reason)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        requestID = try fields("request_id")
        decision = try fields("decision")
        scope = try fields("scope")
        rule = try fields.optional("rule")
        by = try fields("by")
        modifiedInput = try fields.optional("modified_input")
        reason = try fields.optional("reason")
    }
}

/// The answer to a permission question.
public enum PermissionVerdict: String, JSONWord {
    /// It may run.
    case allow
    /// It may not.
    case deny
}

/// For how long an answer holds.
public enum PermissionScope: String, JSONWord {
    /// For this call.
    case once
    /// To the end of the session.
    case session
    /// For this folder.
    case project
    /// For the person, everywhere.
    case always
}
