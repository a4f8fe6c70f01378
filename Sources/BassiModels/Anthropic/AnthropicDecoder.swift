import BassiEvents

/// Reads an answer of the Messages API. Unknown events, deltas and fields are passed over, as the versioning rules ask.
struct AnthropicDecoder: AnswerDecoder {
    private enum Building {
        case text(String)
        case thinking(String, signature: String)
        case toolUse(ToolID, name: String, json: String, whole: JSONValue)
        case opaque(JSONValue)
    }

    let provider: String
    let model: String
    private(set) var isComplete = false
    private var blocks: [(index: Int, block: Building)] = []
    private var usage = Usage()
    private var stopReason: StopReason?
    private var hasToolUse = false

    init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    mutating func decode(_ event: ServerSentEvent) throws -> [ModelPart] {
        guard let json = try? JSONParser.parse(event.data), let type = json["type"]?.string else {
            throw ModelError(.malformed, "\(provider) sent an event that is not JSON")
        }
        switch type {
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
            let said = AnthropicDialect.failure(status: nil, error: json["error"])
            throw ModelError(said.kind, "\(provider): \(said.message)")
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
            let said = AnthropicDialect.failure(status: nil, error: json["error"])
            throw ModelError(json["error"] == nil ? .malformed : said.kind, "\(provider): \(said.message)")
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

    private mutating func begin(_ block: JSONValue, at index: Int) -> [ModelPart] {
        switch block["type"]?.string {
        case "text":
            let text = block["text"]?.string ?? ""
            blocks.append((index, .text(text)))
            return [.blockStarted(index: index, .text)] + (text.isEmpty ? [] : [.delta(index: index, text)])
        case "thinking":
            let text = block["thinking"]?.string ?? ""
            blocks.append((index, .thinking(text, signature: block["signature"]?.string ?? "")))
            return [.blockStarted(index: index, .thinking)] + (text.isEmpty ? [] : [.delta(index: index, text)])
        case "tool_use":
            let (id, name) = (ToolID(block["id"]?.string ?? ""), block["name"]?.string ?? "")
            hasToolUse = true
            blocks.append((index, .toolUse(id, name: name, json: "", whole: block["input"] ?? [:])))
            return [.blockStarted(index: index, .toolUse(id, name: name))]
        default:
            blocks.append((index, .opaque(block)))
            return [.blockStarted(index: index, .opaque)]
        }
    }

    private mutating func extend(_ json: JSONValue) throws -> [ModelPart] {
        guard let place = json["index"]?.int64, let at = blocks.firstIndex(where: { $0.index == Int(place) }) else {
            throw ModelError(.malformed, "\(provider) went on with a block that it never began")
        }
        let (index, delta) = (blocks[at].index, json["delta"])
        switch (blocks[at].block, delta?["type"]?.string) {
        case (.text(let text), "text_delta"):
            let more = delta?["text"]?.string ?? ""
            blocks[at].block = .text(text + more)
            return more.isEmpty ? [] : [.delta(index: index, more)]
        case (.thinking(let text, let signature), "thinking_delta"):
            let more = delta?["thinking"]?.string ?? ""
            blocks[at].block = .thinking(text + more, signature: signature)
            return more.isEmpty ? [] : [.delta(index: index, more)]
        case (.thinking(let text, let signature), "signature_delta"):
            blocks[at].block = .thinking(text, signature: signature + (delta?["signature"]?.string ?? ""))
            return []
        case (.toolUse(let id, let name, let input, let whole), "input_json_delta"):
            let more = delta?["partial_json"]?.string ?? ""
            blocks[at].block = .toolUse(id, name: name, json: input + more, whole: whole)
            return more.isEmpty ? [] : [.delta(index: index, more)]
        default: return []
        }
    }

    private mutating func stop(_ json: JSONValue) throws -> [ModelPart] {
        guard let index = json["index"]?.int64, blocks.contains(where: { $0.index == Int(index) }) else {
            throw ModelError(.malformed, "\(provider) ended a block that it never began")
        }
        return end(at: Int(index))
    }

    private mutating func end(at index: Int) -> [ModelPart] {
        guard let at = blocks.firstIndex(where: { $0.index == index }) else { return [] }
        switch blocks.remove(at: at).block {
        case .text(let text): return [.blockEnded(index: index, ModelBlock(.text(text)))]
        case .thinking(let text, let signature):
            let data = signature.isEmpty ? nil : own(["signature": .string(signature)])
            return [.blockEnded(index: index, ModelBlock(.thinking(text), providerData: data))]
        case .toolUse(let id, let name, let json, let whole):
            let input = json.isEmpty ? whole : (try? JSONParser.parse(json)) ?? .string(json)
            return [.blockEnded(index: index, ModelBlock(.toolUse(id, name: name, input: input)))]
        case .opaque(let block): return [.blockEnded(index: index, ModelBlock(.opaque, providerData: own(block)))]
        }
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
        func count(_ key: String) -> Int? { json?[key]?.int64.map { Int(clamping: $0) } }
        usage.inputTokens = count("input_tokens") ?? usage.inputTokens
        usage.outputTokens = count("output_tokens") ?? usage.outputTokens
        usage.cacheReadTokens = count("cache_read_input_tokens") ?? usage.cacheReadTokens
        usage.cacheWriteTokens = count("cache_creation_input_tokens") ?? usage.cacheWriteTokens
        let reasoning = json?["output_tokens_details"]?["thinking_tokens"]?.int64
        usage.reasoningTokens = reasoning.map { Int(clamping: $0) } ?? usage.reasoningTokens
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
