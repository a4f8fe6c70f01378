import BassiEvents

/// Reads an answer of the Messages API. Unknown events, deltas and fields are passed over, as the versioning rules ask.
struct AnthropicDecoder: AnswerDecoder {
    private enum Building {
        case text(String, citations: [JSONValue])
        case thinking(String, signature: String)
        case toolUse(ToolID, name: String, json: String, whole: JSONValue)
        case opaque(JSONValue, input: String)
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

    private mutating func begin(_ block: JSONValue, at index: Int) -> [ModelPart] {
        switch block["type"]?.string {
        case "text":
            let text = block["text"]?.string ?? ""
            blocks.append((index, .text(text, citations: block["citations"]?.array ?? [])))
            return [.blockStarted(index: index, .text)] + (text.isEmpty ? [] : [.delta(index: index, text)])
        case "thinking":
            let text = block["thinking"]?.string ?? ""
            blocks.append((index, .thinking(text, signature: block["signature"]?.string ?? "")))
            return [.blockStarted(index: index, .thinking)] + (text.isEmpty ? [] : [.delta(index: index, text)])
        case "tool_use":
            let (given, name) = (block["id"]?.string ?? "", block["name"]?.string ?? "")
            let id = given.isEmpty ? ToolID.made() : ToolID(given)
            hasToolUse = true
            blocks.append((index, .toolUse(id, name: name, json: "", whole: block["input"] ?? [:])))
            return [.blockStarted(index: index, .toolUse(id, name: name))]
        default:
            blocks.append((index, .opaque(block, input: "")))
            return [.blockStarted(index: index, .opaque)]
        }
    }

    private mutating func extend(_ json: JSONValue) throws -> [ModelPart] {
        guard let place = json["index"]?.int64, let at = blocks.firstIndex(where: { $0.index == Int(place) }) else {
            throw ModelError(.malformed, "\(provider) went on with a block that it never began")
        }
        let (index, delta) = (blocks[at].index, json["delta"])
        switch (blocks[at].block, delta?["type"]?.string) {
        case (.text(let text, let citations), "text_delta"):
            let more = delta?["text"]?.string ?? ""
            blocks[at].block = .text(text + more, citations: citations)
            return more.isEmpty ? [] : [.delta(index: index, more)]
        case (.text(let text, let citations), "citations_delta"):
            let more = [delta?["citation"]].compactMap(\.self)
            blocks[at].block = .text(text, citations: citations + more)
            return []
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
        case (.opaque(let block, let input), "input_json_delta"):
            blocks[at].block = .opaque(block, input: input + (delta?["partial_json"]?.string ?? ""))
            return []
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
        case .text(let text, let citations):
            let data = citations.isEmpty ? nil : own(["citations": .array(citations)])
            return [.blockEnded(index: index, ModelBlock(.text(text), providerData: data))]
        case .thinking(let text, let signature):
            let data = signature.isEmpty ? nil : own(["signature": .string(signature)])
            return [.blockEnded(index: index, ModelBlock(.thinking(text), providerData: data))]
        case .toolUse(let id, let name, let json, let whole):
            let input = json.isBlank ? .object(whole.object ?? [:]) : Self.parsed(json)
            return [.blockEnded(index: index, ModelBlock(.toolUse(id, name: name, input: input)))]
        case .opaque(let block, let input):
            var object = block.object ?? [:]
            if !input.isBlank { object["input"] = Self.parsed(input) }
            return [.blockEnded(index: index, ModelBlock(.opaque, providerData: own(.object(object))))]
        }
    }

    /// An input that is no JSON stays the text that came.
    private static func parsed(_ input: String) -> JSONValue { (try? JSONParser.parse(input)) ?? .string(input) }

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
