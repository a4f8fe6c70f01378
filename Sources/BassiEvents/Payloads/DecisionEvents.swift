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
  /// Milliseconds it ran.
  public let durationMilliseconds: Int

  /// A value with these members.
  public init(
    hookName: String, hookEvent: String, toolID: ToolID? = nil, decision: HookVerdict,
    modifiedInput: JSONValue? = nil, reason: String? = nil, durationMilliseconds: Int
  ) {
    self.hookName = hookName
    self.hookEvent = hookEvent
    self.toolID = toolID
    self.decision = decision
    self.modifiedInput = modifiedInput
    self.reason = reason
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

  /// A value with these members.
  public init(
    requestID: RequestID, toolID: ToolID, toolName: String, toolInput: JSONValue,
    suggestedRules: [String] = [],
    expiresAt: Timestamp? = nil
  ) {
    self.requestID = requestID
    self.toolID = toolID
    self.toolName = toolName
    self.toolInput = toolInput
    self.suggestedRules = suggestedRules
    self.expiresAt = expiresAt
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("request_id", requestID)
    fields("tool_id", toolID)
    fields("tool_name", toolName)
    fields("tool_input", toolInput)
    fields("suggested_rules", suggestedRules)
    fields("expires_at", expiresAt)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    requestID = try fields("request_id")
    toolID = try fields("tool_id")
    toolName = try fields("tool_name")
    toolInput = try fields("tool_input")
    suggestedRules = try fields.array("suggested_rules")
    expiresAt = try fields.optional("expires_at")
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

/// The model asks the person something.
public struct QuestionAsked: EventFields {
  /// The event's type.
  public static let type: StaticString = "question_asked"

  /// The question.
  public let requestID: RequestID
  /// What it asks.
  public let questions: [Question]

  /// A value with these members.
  public init(requestID: RequestID, questions: [Question] = []) {
    self.requestID = requestID
    self.questions = questions
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("request_id", requestID)
    fields("questions", questions)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    requestID = try fields("request_id")
    questions = try fields.array("questions")
  }
}

/// One question to the person.
public struct Question: JSONRecord {
  /// Unique in the request.
  public let id: String
  /// What is asked.
  public let text: String
  /// Answers to choose from; none for a free answer.
  public let options: [String]
  /// Whether several may be chosen.
  public let multiple: Bool

  /// A value with these members.
  public init(id: String, text: String, options: [String] = [], multiple: Bool) {
    self.id = id
    self.text = text
    self.options = options
    self.multiple = multiple
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("id", id)
    fields("text", text)
    fields("options", options)
    fields("multiple", multiple)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    id = try fields("id")
    text = try fields("text")
    options = try fields.array("options")
    multiple = try fields("multiple")
  }
}

/// The person answered.
public struct QuestionAnswered: EventFields {
  /// The event's type.
  public static let type: StaticString = "question_answered"

  /// The question.
  public let requestID: RequestID
  /// An object: the question's id and its answer.
  public let answers: JSONValue

  /// A value with these members.
  public init(requestID: RequestID, answers: JSONValue) {
    self.requestID = requestID
    self.answers = answers
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("request_id", requestID)
    fields("answers", answers)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    requestID = try fields("request_id")
    answers = try fields("answers")
  }
}
