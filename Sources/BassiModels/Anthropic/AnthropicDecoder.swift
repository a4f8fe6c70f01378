import BassiEvents

/// Reads an answer of the Messages API. Unknown events, deltas and fields are passed over, as the versioning rules ask.
struct AnthropicDecoder: AnswerDecoder {
    let provider: String
    let model: String
    private(set) var isComplete = false
    private var blocks: [AnthropicBlock] = []
    private var usage = Usage()
    private var stopReason: StopReason?
    private var hasToolUse = false

    init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    mutating func decode(_ event: ServerSentEvent) throws -> [ModelPart] {
        guard let json = try? JSONParser.parse(event.data) else {
            throw ModelError(.malformed, "\(provider) sent an event that is not JSON")
        }
        switch json["type"]?.string ?? event.event {
        case "message_start":
            read(usage: json["message"]?["usage"])
            return [.messageStarted(id: MessageID(json["message"]?["id"]?.string ?? ""), usage: usage)]
        case "content_block_start": return try start(json)
        case "content_block_delta": return try extend(json)
        case "content_block_stop": return try stop(json)
        case "message_delta":
            read(usage: json["usage"])
            if let reason = json["delta"]?["stop_reason"]?.string { stopReason = Self.stopReason(reason) }
            return []
        case "message_stop": return complete()
        case "error":
            throw AnthropicDialect.failure(status: nil, error: json["error"]).error(of: provider)
        default: return []
        }
    }

    /// Without its `message_stop` an answer is not whole, whatever came before.
    mutating func finish() throws -> [ModelPart] {
        guard !isComplete else { return [] }
        throw ModelError(.cut, "\(provider)'s answer broke off before its end")
    }

    mutating func decode(whole json: JSONValue) throws -> [ModelPart] {
        guard json["type"]?.string == "message", let content = json["content"]?.array else {
            guard let error = json["error"] else {
                throw ModelError(.malformed, "\(provider) answered without a message")
            }
            throw AnthropicDialect.failure(status: nil, error: error).error(of: provider)
        }
        read(usage: json["usage"])
        stopReason = json["stop_reason"]?.string.map(Self.stopReason)
        var parts = [ModelPart.messageStarted(id: MessageID(json["id"]?.string ?? ""), usage: usage)]
        for (index, block) in content.enumerated() {
            parts += begin(block, at: index)
            parts += end(at: index)
        }
        return parts + complete()
    }

    // MARK: - Blocks

    private mutating func start(_ json: JSONValue) throws -> [ModelPart] {
        guard let index = json["index"]?.int64, let block = json["content_block"] else {
            throw ModelError(.malformed, "\(provider) began a block without its place")
        }
        return begin(block, at: Int(index))
    }

    private mutating func begin(_ start: JSONValue, at index: Int) -> [ModelPart] {
        let block = AnthropicBlock(start, at: index)
        hasToolUse = hasToolUse || block.isToolUse
        blocks.append(block)
        return block.begun
    }

    private mutating func extend(_ json: JSONValue) throws -> [ModelPart] {
        guard let place = json["index"]?.int64, let at = blocks.firstIndex(where: { $0.index == Int(place) }) else {
            throw ModelError(.malformed, "\(provider) went on with a block that it never began")
        }
        return json["delta"].map { blocks[at].extend(by: $0) } ?? []
    }

    private mutating func stop(_ json: JSONValue) throws -> [ModelPart] {
        guard let index = json["index"]?.int64, blocks.contains(where: { $0.index == Int(index) }) else {
            throw ModelError(.malformed, "\(provider) ended a block that it never began")
        }
        return end(at: Int(index))
    }

    private mutating func end(at index: Int) -> [ModelPart] {
        guard let at = blocks.firstIndex(where: { $0.index == index }) else { return [] }
        return [.blockEnded(index: index, blocks.remove(at: at).ended(own: own))]
    }

    private func own(_ data: JSONValue) -> ProviderData { ProviderData(provider: provider, model: model, data: data) }

    // MARK: - The end

    private mutating func complete() -> [ModelPart] {
        guard !isComplete else { return [] }
        isComplete = true
        let ended = blocks.map(\.index).flatMap { end(at: $0) }
        return ended + [.completed(stopReason ?? (hasToolUse ? .toolUse : .endTurn), usage)]
    }

    /// The counts are running totals: a later one replaces an earlier one and is never added.
    private mutating func read(usage json: JSONValue?) {
        func count(_ key: String) -> Int? { json?[key]?.tokenCount }
        usage.inputTokens = count("input_tokens") ?? usage.inputTokens
        usage.outputTokens = count("output_tokens") ?? usage.outputTokens
        usage.cacheReadTokens = count("cache_read_input_tokens") ?? usage.cacheReadTokens
        usage.cacheWriteTokens = count("cache_creation_input_tokens") ?? usage.cacheWriteTokens
        let reasoning = json?["output_tokens_details"]?["thinking_tokens"]?.tokenCount
        usage.reasoningTokens = reasoning ?? usage.reasoningTokens
    }

    private static func stopReason(_ word: String) -> StopReason {
        switch word {
        case "tool_use": .toolUse
        case "max_tokens": .maxTokens
        case "stop_sequence": .stopSequence
        case "pause_turn", "compaction": .pauseTurn
        case "refusal": .refusal
        case "model_context_window_exceeded": .contextExceeded
        default: .endTurn
        }
    }
}
