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
