/// A client sent a prompt.
public struct PromptReceived: EventFields {
  /// The event's type.
  public static let type: StaticString = "prompt_received"

  /// Text, images and documents.
  public let content: [ContentBlock]
  /// Who sent it.
  public let source: PromptSource
  /// The model asked for, for this run only.
  public let modelPreference: String?
  /// Whether to plan only, changing nothing.
  public let planMode: Bool
  /// The client's key: the same key again starts nothing.
  public let idempotencyKey: String?
  /// When the model sees it.
  public let delivery: PromptDelivery

  /// A value with these members.
  public init(
    content: [ContentBlock] = [], source: PromptSource, modelPreference: String? = nil,
    planMode: Bool,
    idempotencyKey: String? = nil, delivery: PromptDelivery
  ) {
    self.content = content
    self.source = source
    self.modelPreference = modelPreference
    self.planMode = planMode
    self.idempotencyKey = idempotencyKey
    self.delivery = delivery
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("content", content)
    fields("source", source)
    fields("model_preference", modelPreference)
    fields("plan_mode", planMode)
    fields("idempotency_key", idempotencyKey)
    fields("delivery", delivery)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    content = try fields.array("content")
    source = try fields("source")
    modelPreference = try fields.optional("model_preference")
    planMode = try fields("plan_mode")
    idempotencyKey = try fields.optional("idempotency_key")
    delivery = try fields("delivery")
  }
}

/// Who sent a prompt.
public struct PromptSource: JSONRecord {
  /// The kind of client: `cli`, `terminal`, `web`, `api`, `library`.
  public let client: String
  /// The person, where the client knows.
  public let user: String?

  /// A value with these members.
  public init(client: String, user: String? = nil) {
    self.client = client
    self.user = user
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("client", client)
    fields("user", user)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    client = try fields("client")
    user = try fields.optional("user")
  }
}

/// When the model sees a prompt.
public enum PromptDelivery: String, JSONWord {
  /// At once: it starts a run.
  case start
  /// At the next turn of the run that goes on.
  case steer
  /// In a run of its own after the one that goes on.
  case queued
}

/// A queued prompt was taken back before the model saw it.
public struct PromptWithdrawn: EventFields {
  /// The event's type.
  public static let type: StaticString = "prompt_withdrawn"

  /// The prompt.
  public let promptSeq: SequenceNumber
  /// Who took it back.
  public let by: Actor

  /// A value with these members.
  public init(promptSeq: SequenceNumber, by: Actor) {
    self.promptSeq = promptSeq
    self.by = by
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("prompt_seq", promptSeq)
    fields("by", by)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    promptSeq = try fields("prompt_seq")
    by = try fields("by")
  }
}

/// The model made or changed its plan.
public struct PlanGenerated: EventFields {
  /// The event's type.
  public static let type: StaticString = "plan_generated"

  /// The plan as text.
  public let planText: String
  /// Its steps.
  public let planSteps: [PlanStep]

  /// A value with these members.
  public init(planText: String, planSteps: [PlanStep] = []) {
    self.planText = planText
    self.planSteps = planSteps
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("plan_text", planText)
    fields("plan_steps", planSteps)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    planText = try fields("plan_text")
    planSteps = try fields.array("plan_steps")
  }
}

/// One step of a plan.
public struct PlanStep: JSONRecord {
  /// Unique in the plan.
  public let id: String
  /// What is to be done.
  public let text: String
  /// How far it is.
  public let status: PlanStepStatus

  /// A value with these members.
  public init(id: String, text: String, status: PlanStepStatus) {
    self.id = id
    self.text = text
    self.status = status
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("id", id)
    fields("text", text)
    fields("status", status)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    id = try fields("id")
    text = try fields("text")
    status = try fields("status")
  }
}

/// How far a step is.
public enum PlanStepStatus: String, JSONWord {
  /// Not begun.
  case pending
  /// Under way.
  case inProgress = "in_progress"
  /// Done.
  case completed
}

/// Who did something: a person, or the program on its own account.
public struct Actor: JSONRecord {
  /// What kind.
  public let kind: ActorKind
  /// The client through which it came.
  public let client: String?

  /// A value with these members.
  public init(kind: ActorKind, client: String? = nil) {
    self.kind = kind
    self.client = client
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("kind", kind)
    fields("client", client)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    kind = try fields("kind")
    client = try fields.optional("client")
  }
}

/// Who decides or acts.
public enum ActorKind: String, JSONWord {
  /// A person.
  case user
  /// A permission rule.
  case rule
  /// The permission mode.
  case mode
  /// A hook.
  case hook
  /// A deadline that passed.
  case timeout
  /// The program itself.
  case system
}
