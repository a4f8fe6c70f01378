/// Another model answers from now on.
public struct ModelSwitched: EventFields {
  /// The event's type.
  public static let type: StaticString = "model_switched"

  /// `provider/model` before.
  public let from: String
  /// `provider/model` now.
  public let to: String
  /// `user`, `fallback`, …
  public let reason: String

  /// A value with these members.
  public init(from: String, to: String, reason: String) {
    self.from = from
    self.to = to
    self.reason = reason
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("from", from)
    fields("to", to)
    fields("reason", reason)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    from = try fields("from")
    to = try fields("to")
    reason = try fields("reason")
  }
}

/// A model was asked. Never the key, never the body.
public struct RequestSent: EventFields {
  /// The event's type.
  public static let type: StaticString = "request_sent"

  /// 1, and one more for each retry of the same turn.
  public let attempt: Int
  /// Who was asked.
  public let provider: String
  /// Which model, without the provider.
  public let model: String
  /// Messages of the conversation that were sent.
  public let messageCount: Int
  /// Tools that were offered.
  public let toolCount: Int
  /// How large the request is thought to be.
  public let estimatedInputTokens: Int
  /// What it may cost at most; null when the price is unknown.
  public let reservedUSD: Money?

  /// A value with these members.
  public init(
    attempt: Int, provider: String, model: String, messageCount: Int, toolCount: Int,
    estimatedInputTokens: Int,
    reservedUSD: Money? = nil
  ) {
    self.attempt = attempt
    self.provider = provider
    self.model = model
    self.messageCount = messageCount
    self.toolCount = toolCount
    self.estimatedInputTokens = estimatedInputTokens
    self.reservedUSD = reservedUSD
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("attempt", attempt)
    fields("provider", provider)
    fields("model", model)
    fields("message_count", messageCount)
    fields("tool_count", toolCount)
    fields("estimated_input_tokens", estimatedInputTokens)
    fields.orNull("reserved_usd", reservedUSD)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    attempt = try fields("attempt")
    provider = try fields("provider")
    model = try fields("model")
    messageCount = try fields("message_count")
    toolCount = try fields("tool_count")
    estimatedInputTokens = try fields("estimated_input_tokens")
    reservedUSD = try fields.optional("reserved_usd")
  }
}

/// The model's stream ended, one way or another.
public struct RequestEnded: EventFields {
  /// The event's type.
  public static let type: StaticString = "request_ended"

  /// The attempt that ended.
  public let attempt: Int
  /// How.
  public let outcome: RequestOutcome
  /// Tokens, as far as they are known.
  public let usage: Usage?
  /// What it cost, as far as it is known.
  public let costUSD: Money?

  /// A value with these members.
  public init(attempt: Int, outcome: RequestOutcome, usage: Usage? = nil, costUSD: Money? = nil) {
    self.attempt = attempt
    self.outcome = outcome
    self.usage = usage
    self.costUSD = costUSD
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("attempt", attempt)
    fields("outcome", outcome)
    fields("usage", usage)
    fields("cost_usd", costUSD)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    attempt = try fields("attempt")
    outcome = try fields("outcome")
    usage = try fields.optional("usage")
    costUSD = try fields.optional("cost_usd")
  }
}

/// How a model call ended.
public enum RequestOutcome: String, JSONWord {
  /// With its last event.
  case completed
  /// In the middle.
  case cut
  /// The provider did not take it.
  case refused
  /// It never got an answer.
  case failed
  /// It was called off.
  case cancelled
}

/// The same turn is tried again after a pause.
public struct RetryScheduled: EventFields {
  /// The event's type.
  public static let type: StaticString = "retry_scheduled"

  /// The attempt that comes.
  public let attempt: Int
  /// Milliseconds until then.
  public let delayMilliseconds: Int
  /// What went wrong.
  public let errorType: String
  /// The HTTP status, where there was one.
  public let status: Int?

  /// A value with these members.
  public init(attempt: Int, delayMilliseconds: Int, errorType: String, status: Int? = nil) {
    self.attempt = attempt
    self.delayMilliseconds = delayMilliseconds
    self.errorType = errorType
    self.status = status
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("attempt", attempt)
    fields("delay_ms", delayMilliseconds)
    fields("error_type", errorType)
    fields("status", status)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    attempt = try fields("attempt")
    delayMilliseconds = try fields("delay_ms")
    errorType = try fields("error_type")
    status = try fields.optional("status")
  }
}

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

/// Something went wrong that a person should know.
public struct ErrorOccurred: EventFields {
  /// The event's type.
  public static let type: StaticString = "error"

  /// A documented code.
  public let errorType: String
  /// One sentence with the next step.
  public let errorMessage: String
  /// Whether trying again can help.
  public let retryable: Bool
  /// The attempt that failed.
  public let attempt: Int?
  /// More, as an object.
  public let context: JSONValue?

  /// A value with these members.
  public init(
    errorType: String, errorMessage: String, retryable: Bool, attempt: Int? = nil,
    context: JSONValue? = nil
  ) {
    self.errorType = errorType
    self.errorMessage = errorMessage
    self.retryable = retryable
    self.attempt = attempt
    self.context = context
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("error_type", errorType)
    fields("error_message", errorMessage)
    fields("retryable", retryable)
    fields("attempt", attempt)
    fields("context", context)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    errorType = try fields("error_type")
    errorMessage = try fields("error_message")
    retryable = try fields("retryable")
    attempt = try fields.optional("attempt")
    context = try fields.optional("context")
  }
}
