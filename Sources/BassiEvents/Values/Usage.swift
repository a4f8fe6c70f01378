/// Tokens of a model call, or of several added up. The kinds do not overlap: all that went in is
/// `inputTokens + cacheReadTokens + cacheWriteTokens`; reasoning is part of the output.
public struct Usage: JSONRecord, Hashable {
    /// Tokens read at the full price.
    public var inputTokens: Int
    /// Tokens written by the model, reasoning included.
    public var outputTokens: Int
    /// Tokens read from the provider's prompt cache.
    public var cacheReadTokens: Int
    /// Tokens written into the provider's prompt cache.
    public var cacheWriteTokens: Int
    /// Tokens of the output that were reasoning.
    public var reasoningTokens: Int

    /// Tokens by kind.
    public init(
        inputTokens: Int = 0, outputTokens: Int = 0, cacheReadTokens: Int = 0,
        cacheWriteTokens: Int = 0,
        reasoningTokens: Int = 0
    ) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.cacheReadTokens = cacheReadTokens
        self.cacheWriteTokens = cacheWriteTokens
        self.reasoningTokens = reasoningTokens
    }

    /// All tokens, in and out.
    public var totalTokens: Int { inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens }

    /// All tokens that went in, cached or not.
    public var promptTokens: Int { inputTokens + cacheReadTokens + cacheWriteTokens }

    /// Kind by kind.
    public static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            inputTokens: left.inputTokens + right.inputTokens,
            outputTokens: left.outputTokens + right.outputTokens,
            cacheReadTokens: left.cacheReadTokens + right.cacheReadTokens,
            cacheWriteTokens: left.cacheWriteTokens + right.cacheWriteTokens,
            reasoningTokens: left.reasoningTokens + right.reasoningTokens)
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("input_tokens", inputTokens)
        fields("output_tokens", outputTokens)
        fields("cache_read_tokens", cacheReadTokens)
        fields("cache_write_tokens", cacheWriteTokens)
        fields("reasoning_tokens", reasoningTokens)
    }

    /// Reads the members; an absent kind is none.
    public init(from fields: FieldReader) throws {
        inputTokens = try fields.optional("input_tokens") ?? 0
        outputTokens = try fields.optional("output_tokens") ?? 0
        cacheReadTokens = try fields.optional("cache_read_tokens") ?? 0
        cacheWriteTokens = try fields.optional("cache_write_tokens") ?? 0
        reasoningTokens = try fields.optional("reasoning_tokens") ?? 0
    }
}

/// Why a model stopped, in one vocabulary for all providers.
public enum StopReason: String, JSONWord {
    /// It had finished.
    case endTurn = "end_turn"
    /// It wants tools to be run.
    case toolUse = "tool_use"
    /// The output limit cut it off.
    case maxTokens = "max_tokens"
    /// A stop sequence came.
    case stopSequence = "stop_sequence"
    /// It refused.
    case refusal
    /// The provider paused a long turn; the same request goes on.
    case pauseTurn = "pause_turn"
    /// The context window was full.
    case contextExceeded = "context_exceeded"
}
