/// A block of the model's message began.
public struct ContentBlockStart: EventFields {
    /// The event's type.
    public static let type: StaticString = "content_block_start"

    /// The block, unique in the session.
    public let blockID: BlockID
    /// What it is.
    public let kind: BlockKind
    /// Its place in the message, from 0.
    public let index: Int
    /// The call, for `tool_use`.
    public let toolID: ToolID?
    /// The tool, for `tool_use`.
    public let toolName: String?

    /// A value with these members.
    public init(
        blockID: BlockID, kind: BlockKind, index: Int, toolID: ToolID? = nil, toolName: String? = nil
    ) {
        self.blockID = blockID
        self.kind = kind
        self.index = index
        self.toolID = toolID
        self.toolName = toolName
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("block_id", blockID)
        fields("kind", kind)
        fields("index", index)
        fields("tool_id", toolID)
        fields("tool_name", toolName)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        blockID = try fields("block_id")
        kind = try fields("kind")
        index = try fields("index")
        toolID = try fields.optional("tool_id")
        toolName = try fields.optional("tool_name")
    }
}

/// What a block is.
public enum BlockKind: String, JSONWord {
    /// Text for the person.
    case text
    /// The model's reasoning.
    case thinking
    /// A call of a tool.
    case toolUse = "tool_use"
    /// Something that only its provider understands.
    case opaque
}

/// A piece of a block, for watching: the block's end holds the whole.
public struct TokenDelta: EventFields {
    /// The event's type.
    public static let type: StaticString = "token_delta"

    /// The block.
    public let blockID: BlockID
    /// The text that came.
    public let delta: String

    /// A value with these members.
    public init(blockID: BlockID, delta: String) {
        self.blockID = blockID
        self.delta = delta
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("block_id", blockID)
        fields("delta", delta)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        blockID = try fields("block_id")
        delta = try fields("delta")
    }
}

/// A block ended; here is the whole of it.
public struct ContentBlockEnd: EventFields {
    /// The event's type.
    public static let type: StaticString = "content_block_end"

    /// The block.
    public let blockID: BlockID
    /// What it is.
    public let kind: BlockKind
    /// The text, for `text`.
    public let text: String?
    /// The reasoning, for `thinking`.
    public let thinking: String?
    /// The input, for `tool_use`; a string when it was not JSON.
    public let toolInput: JSONValue?
    /// What the provider wants back byte for byte.
    public let providerData: JSONValue?
    /// True when it was cut off before its end.
    public let interrupted: Bool?

    /// A value with these members.
    public init(
        blockID: BlockID, kind: BlockKind, text: String? = nil, thinking: String? = nil,
        toolInput: JSONValue? = nil, providerData: JSONValue? = nil, interrupted: Bool? = nil
    ) {
        self.blockID = blockID
        self.kind = kind
        self.text = text
        self.thinking = thinking
        self.toolInput = toolInput
        self.providerData = providerData
        self.interrupted = interrupted
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("block_id", blockID)
        fields("kind", kind)
        fields("text", text)
        fields("thinking", thinking)
        fields("tool_input", toolInput)
        fields("provider_data", providerData)
        fields("interrupted", interrupted)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        blockID = try fields("block_id")
        kind = try fields("kind")
        text = try fields.optional("text")
        thinking = try fields.optional("thinking")
        toolInput = try fields.optional("tool_input")
        providerData = try fields.optional("provider_data")
        interrupted = try fields.optional("interrupted")
    }
}

/// A message of the model is whole.
public struct MessageCompleted: EventFields {
    /// The event's type.
    public static let type: StaticString = "message_completed"

    /// The provider's name of it.
    public let messageID: MessageID
    /// Always `assistant` today.
    public let role: String
    /// The model that answered.
    public let model: String
    /// Why it stopped.
    public let stopReason: StopReason
    /// Tokens.
    public let usage: Usage
    /// What it cost; null when the price is unknown.
    public let costUSD: Money?
    /// Milliseconds from the request to the end.
    public let durationMilliseconds: Int
    /// Milliseconds from the request to the first piece.
    public let timeToFirstTokenMilliseconds: Int?

    /// A value with these members.
    public init(
        messageID: MessageID, role: String, model: String, stopReason: StopReason, usage: Usage,
        costUSD: Money? = nil, durationMilliseconds: Int, timeToFirstTokenMilliseconds: Int? = nil
    ) {
        self.messageID = messageID
        self.role = role
        self.model = model
        self.stopReason = stopReason
        self.usage = usage
        self.costUSD = costUSD
        self.durationMilliseconds = durationMilliseconds
        self.timeToFirstTokenMilliseconds = timeToFirstTokenMilliseconds
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("message_id", messageID)
        fields("role", role)
        fields("model", model)
        fields("stop_reason", stopReason)
        fields("usage", usage)
        fields.orNull("cost_usd", costUSD)
        fields("duration_ms", durationMilliseconds)
        fields("time_to_first_token_ms", timeToFirstTokenMilliseconds)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        messageID = try fields("message_id")
        role = try fields("role")
        model = try fields("model")
        stopReason = try fields("stop_reason")
        usage = try fields("usage")
        costUSD = try fields.optional("cost_usd")
        durationMilliseconds = try fields("duration_ms")
        timeToFirstTokenMilliseconds = try fields.optional("time_to_first_token_ms")
    }
}
