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
