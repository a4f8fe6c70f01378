import BassiEvents

/// Reads an answer of Chat Completions in any of its dialects.
///
/// The wire has no blocks: they are made here, in the order in which text, reasoning and calls first come.
struct ChatCompletionsDecoder: AnswerDecoder {
    private enum Prose: Equatable {
        case text
        case thinking(field: String)
    }

    let provider: String
    let model: String
    private(set) var isComplete = false
    private var hasStarted = false
    private var nextIndex = 0
    private var prose: (kind: Prose, index: Int, text: String)?
    private var calls = CallAssembler()
    private var details = ReasoningDetails()
    private var finishReason: String?
    private var usage = Usage()

    init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    mutating func decode(_ event: ServerSentEvent) throws -> [ModelPart] {
        if event.data.trimmed == "[DONE]" { return try finish(saidToBeWhole: true) }
        guard let json = try? JSONParser.parse(event.data) else {
            throw ModelError(.malformed, "\(provider) sent an event that is not JSON")
        }
        return try read(chunk: json, messageKey: "delta")
    }

    mutating func finish() throws -> [ModelPart] { try finish(saidToBeWhole: false) }

    /// `[DONE]` or the finish reason may be missing, but not both.
    private mutating func finish(saidToBeWhole: Bool) throws -> [ModelPart] {
        guard !isComplete else { return [] }
        guard let reason = finishReason ?? (saidToBeWhole && hasStarted ? "" : nil) else {
            throw ModelError(.cut, "\(provider)'s answer broke off before its end")
        }
        if let kind = Self.failures[reason] {
            throw ModelError(kind, "\(provider) failed in the middle of its answer (\(reason))")
        }
        isComplete = true
        let parts = endProse() + calls.end() + endDetails()
        return parts + [.completed(stopReason(reason), usage)]
    }

    mutating func decode(whole json: JSONValue) throws -> [ModelPart] {
        let parts = try read(chunk: json, messageKey: "message")
        guard hasStarted else { throw ModelError(.malformed, "\(provider) answered without a message") }
        return try parts + finish(saidToBeWhole: true)
    }

    // MARK: - Chunks

    private mutating func read(chunk: JSONValue, messageKey: String) throws -> [ModelPart] {
        // Gemini's compatible service wraps an error in an array.
        let json = chunk.array?.first ?? chunk
        for case let error? in [json["error"], json["x_groq"]?["error"]] where !error.isNull {
            throw ChatCompletionsDialect.failure(status: nil, error: error).error(of: provider)
        }
        let choice = json["choices"]?.array?.first
        for source in [json["usage"], json["x_groq"]?["usage"], choice?["usage"]] { read(usage: source) }
        guard let choice else { return [] }
        var parts: [ModelPart] = []
        if !hasStarted {
            hasStarted = true
            parts.append(.messageStarted(id: MessageID(json["id"]?.string ?? ""), usage: usage))
        }
        if let message = choice[messageKey] { parts += read(message: message) }
        if let reason = choice["finish_reason"]?.string, !reason.isEmpty { finishReason = reason }
        return parts
    }

    private mutating func read(message: JSONValue) -> [ModelPart] {
        var parts: [ModelPart] = []
        for field in ["reasoning_content", "reasoning"] {
            guard let text = message[field]?.string, !text.isEmpty else { continue }
            parts += add(text, to: .thinking(field: field))
            break
        }
        details.add(message["reasoning_details"]?.array ?? [])
        switch message["content"] {
        case .string(let text): parts += add(text, to: .text)
        case .array(let pieces): parts += pieces.flatMap { add(piece: $0) }
        default: break
        }
        if let refusal = message["refusal"]?.string { parts += add(refusal, to: .text) }
        for (position, call) in (message["tool_calls"]?.array ?? []).enumerated() {
            parts += endProse()
            parts += calls.add(call, at: position, nextIndex: &nextIndex, own: own)
        }
        return parts
    }

    /// Mistral's form: a list of thoughts and texts.
    private mutating func add(piece: JSONValue) -> [ModelPart] {
        guard piece["type"]?.string == "thinking" else { return add(piece["text"]?.string ?? "", to: .text) }
        let texts = piece["thinking"]?.array?.compactMap { $0["text"]?.string } ?? []
        return add(texts.joined(), to: .thinking(field: ""))
    }

    private mutating func add(_ text: String, to kind: Prose) -> [ModelPart] {
        guard !text.isEmpty else { return [] }
        var parts: [ModelPart] = []
        if prose?.kind == kind {
            // In place: there are tens of thousands of them.
            prose?.text += text
        } else {
            parts += endProse()
            prose = (kind, nextIndex, text)
            parts.append(.blockStarted(index: nextIndex, kind == .text ? .text : .thinking))
            nextIndex += 1
        }
        return parts + [.delta(index: prose?.index ?? 0, text)]
    }

    private mutating func endProse() -> [ModelPart] {
        guard let open = prose else { return [] }
        prose = nil
        switch open.kind {
        case .text: return [.blockEnded(index: open.index, ModelBlock(.text(open.text)))]
        case .thinking(let field):
            let data = field.isEmpty ? nil : own(["field": .string(field)])
            return [.blockEnded(index: open.index, ModelBlock(.thinking(open.text), providerData: data))]
        }
    }

    private mutating func endDetails() -> [ModelPart] {
        guard !details.items.isEmpty else { return [] }
        let data = own(["reasoning_details": .array(details.items.map { .object($0) })])
        return [
            .blockStarted(index: nextIndex, .opaque),
            .blockEnded(index: nextIndex, ModelBlock(.opaque, providerData: data)),
        ]
    }

    private func own(_ data: JSONValue) -> ProviderData { ProviderData(provider: provider, model: model, data: data) }

    // MARK: - The end

    /// Finish reasons that say that the server gave up.
    private static let failures: [String: ModelError.Kind] = [
        "error": .server, "insufficient_system_resource": .overloaded,
    ]

    /// Whether there are tools to run is decided by the calls that came: several servers say `stop` beside them.
    private func stopReason(_ word: String) -> StopReason {
        switch word {
        case "length", "model_length", "repetition_truncation": .maxTokens
        case "content_filter": .refusal
        default: calls.isEmpty ? .endTurn : .toolUse
        }
    }

    /// `prompt_tokens` contains what came from the cache; ours do not overlap. The last count holds.
    private mutating func read(usage json: JSONValue?) {
        guard let json, let prompt = json["prompt_tokens"]?.tokenCount else { return }
        let details = json["prompt_tokens_details"]
        let cached = details?["cached_tokens"] ?? json["prompt_cache_hit_tokens"] ?? json["cached_tokens"]
        usage.cacheReadTokens = cached?.tokenCount ?? 0
        usage.cacheWriteTokens = details?["cache_write_tokens"]?.tokenCount ?? 0
        usage.inputTokens = max(0, prompt - usage.cacheReadTokens - usage.cacheWriteTokens)
        usage.outputTokens = json["completion_tokens"]?.tokenCount ?? 0
        usage.reasoningTokens = json["completion_tokens_details"]?["reasoning_tokens"]?.tokenCount ?? 0
    }
}
