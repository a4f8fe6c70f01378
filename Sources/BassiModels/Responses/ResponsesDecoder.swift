import BassiEvents

/// Reads an answer of Responses, from the service itself and from those that copied it by half: they leave out places,
/// numbers, `done` events, or the whole answer at the end. Unknown events are passed over.
struct ResponsesDecoder: AnswerDecoder {
    let provider: String
    let model: String
    private(set) var isComplete = false
    private var hasStarted = false
    private var nextIndex = 0
    private var items: [ResponsesItem] = []
    /// How many items have given the ends of their blocks: in the order of the items, however their events interleave.
    private var endsGiven = 0

    init(provider: String, model: String) {
        self.provider = provider
        self.model = model
    }

    mutating func decode(_ event: ServerSentEvent) throws -> [ModelPart] {
        if event.data.trimmed == "[DONE]" { return [] }
        guard let json = try? JSONParser.parse(event.data) else {
            throw ModelError(.malformed, "\(provider) sent an event that is not JSON")
        }
        let type = json["type"]?.string ?? event.event
        switch type {
        case "response.created", "response.queued", "response.in_progress": return start(json["response"])
        case "response.completed", "response.incomplete", "response.failed", "response.cancelled":
            return try end(with: json["response"] ?? [:], saying: String(type.dropFirst("response.".count)))
        case "error":
            throw ResponsesDialect.failure(status: nil, error: json["error"] ?? json).error(of: provider)
        default:
            // Some send an error as they would in the body of a status.
            if json["type"] == nil, let error = json["error"], !error.isNull {
                throw ResponsesDialect.failure(status: nil, error: error).error(of: provider)
            }
            return read(json, type)
        }
    }

    /// Without an event that ends it an answer is not whole, whatever came before.
    mutating func finish() throws -> [ModelPart] {
        guard !isComplete else { return [] }
        throw ModelError(.cut, "\(provider)'s answer broke off before its end")
    }

    mutating func decode(whole json: JSONValue) throws -> [ModelPart] {
        guard json["output"]?.array != nil || json["status"]?.string != nil else {
            guard let error = json["error"], !error.isNull else {
                throw ModelError(.malformed, "\(provider) answered without a response")
            }
            throw ResponsesDialect.failure(status: nil, error: error).error(of: provider)
        }
        return try end(with: json, saying: json["status"]?.string ?? "completed")
    }

    // MARK: - Items

    private mutating func start(_ response: JSONValue?) -> [ModelPart] {
        guard !hasStarted else { return [] }
        hasStarted = true
        let id = MessageID(response?["id"]?.string ?? "")
        return [.messageStarted(id: id, usage: Self.usage(response?["usage"]))]
    }

    private mutating func read(_ json: JSONValue, _ type: String) -> [ModelPart] {
        guard let kind = Self.itemType(of: type, json) else { return [] }
        let started = start(nil)
        let (at, begun) = place(
            of: json["item"] ?? [:], kind, id: json["item_id"]?.string, json["output_index"],
            isNew: type == "response.output_item.added")
        return started + begun + extend(at, with: json, type) + ends()
    }

    /// The type of the item that an event is about; nil for an event that nothing is made of.
    private static func itemType(of type: String, _ json: JSONValue) -> String? {
        switch type {
        case "response.output_item.added", "response.output_item.done": json["item"]?["type"]?.string
        case "response.output_text.delta", "response.output_text.done", "response.refusal.delta",
            "response.refusal.done":
            "message"
        case "response.function_call_arguments.delta", "response.function_call_arguments.done": "function_call"
        case "response.reasoning_summary_text.delta", "response.reasoning_text.delta": "reasoning"
        default: nil
        }
    }

    private mutating func extend(_ at: Int, with json: JSONValue, _ type: String) -> [ModelPart] {
        let more = json["delta"]?.string ?? ""
        let part = json["content_index"]?.int64.map { Int(clamping: $0) } ?? 0
        func section(_ key: String) -> String { "\(key) \(json[key]?.int64 ?? 0)" }
        switch type {
        case "response.output_text.delta": return items[at].say(more, at: part, nextIndex: &nextIndex)
        case "response.output_text.done":
            let rest = items[at].missing(of: json["text"]?.string ?? "", at: part)
            return items[at].say(rest, at: part, nextIndex: &nextIndex)
        case "response.refusal.delta": return items[at].say(more, at: part, isRefusal: true, nextIndex: &nextIndex)
        case "response.refusal.done":
            let rest = items[at].missing(of: json["refusal"]?.string ?? "", at: part, isRefusal: true)
            return items[at].say(rest, at: part, isRefusal: true, nextIndex: &nextIndex)
        case "response.function_call_arguments.delta": return items[at].argue(more)
        case "response.function_call_arguments.done":
            return items[at].argue(items[at].missing(of: json["arguments"]?.string ?? "", at: 0))
        case "response.reasoning_summary_text.delta": return items[at].think(more, section: section("summary_index"))
        case "response.reasoning_text.delta": return items[at].think(more, section: section("content_index"))
        case "response.output_item.done": return endItem(at, json["item"])
        default: return []
        }
    }

    /// The item that is meant, by its id or else by its place; a new one when there is none.
    ///
    /// Gateways give ids that differ from event to event, and others give every item the place 0.
    private mutating func place(
        of item: JSONValue, _ type: String, id: String?, _ wireIndex: JSONValue?, isNew: Bool
    ) -> (Int, [ModelPart]) {
        let index = wireIndex?.int64.map { Int(clamping: $0) }
        let id = id ?? item["id"]?.string
        let kind = ResponsesItem.Kind(type)
        let isUnplaced = id?.isEmpty != false && index == nil
        let callID = item["call_id"]?.string
        if let known = items.lastIndex(where: { $0.kind == kind && $0.isMeant(id: id, callID: callID) }) {
            return (known, [])
        }
        let open = items.lastIndex { other in
            other.kind == kind && other.ends == nil && (isUnplaced || (index != nil && other.wireIndex == index))
        }
        if !isNew, let open { return (open, []) }
        var item = item.object ?? [:]
        if item["id"] == nil, let id { item["id"] = .string(id) }
        items.append(ResponsesItem(.object(item), type: type, wireIndex: index, nextIndex: &nextIndex))
        return (items.count - 1, items[items.count - 1].begin())
    }

    /// The item that the answer at its end means: it is not there twice, whatever became of its id and its place.
    private func place(inWhole item: JSONValue, _ type: String, _ index: Int, taken: Set<Int>) -> Int? {
        let (id, callID) = (item["id"]?.string, item["call_id"]?.string)
        let kind = ResponsesItem.Kind(type)
        let free = items.indices.filter { !taken.contains($0) && items[$0].kind == kind }
        return free.first { items[$0].isMeant(id: id, callID: callID) } ?? free.first { items[$0].wireIndex == index }
            ?? free.first
    }

    private mutating func endItem(_ at: Int, _ whole: JSONValue?) -> [ModelPart] {
        let reasoning = items[..<at].last { $0.kind == .reasoning && !$0.id.isEmpty }?.id
        let (provider, model) = (provider, model)
        return items[at].end(whole, after: reasoning, nextIndex: &nextIndex) {
            ProviderData(provider: provider, model: model, data: $0)
        }
    }

    /// The ends that no earlier item holds up.
    private mutating func ends() -> [ModelPart] {
        var parts: [ModelPart] = []
        while endsGiven < items.count, let ends = items[endsGiven].ends {
            parts += ends
            endsGiven += 1
        }
        return parts
    }

    // MARK: - The end

    private mutating func end(with response: JSONValue, saying word: String) throws -> [ModelPart] {
        let status = response["status"]?.string ?? word
        if status == "failed" || word == "failed" {
            throw ResponsesDialect.failure(status: nil, error: response["error"]).error(of: provider)
        }
        guard ["completed", "incomplete"].contains(status) else {
            throw ModelError(.server, "\(provider) ended its answer as '\(status)'")
        }
        var parts = start(response)
        var taken: Set<Int> = []
        for (index, item) in (response["output"]?.array ?? []).enumerated() {
            guard let type = item["type"]?.string else { continue }
            let at = place(inWhole: item, type, index, taken: taken) ?? items.count
            if at == items.count {
                items.append(ResponsesItem(item, type: type, wireIndex: index, nextIndex: &nextIndex))
                parts += items[at].begin()
            }
            taken.insert(at)
            parts += endItem(at, item)
        }
        for at in items.indices { parts += endItem(at, nil) }
        isComplete = true
        parts += ends()
        let reason = stopReason(isIncomplete: status == "incomplete", response["incomplete_details"]?["reason"]?.string)
        return parts + [.completed(reason, Self.usage(response["usage"]))]
    }

    /// Nothing says whether there are tools to run but the calls themselves.
    private func stopReason(isIncomplete: Bool, _ word: String?) -> StopReason {
        if isIncomplete { return word == "content_filter" ? .refusal : .maxTokens }
        if items.contains(where: { $0.kind == .call && $0.ends?.isEmpty == false }) { return .toolUse }
        return items.contains(where: \.hasRefusal) ? .refusal : .endTurn
    }

    /// `input_tokens` contains what came from the cache and what went into it; ours do not overlap.
    private static func usage(_ json: JSONValue?) -> Usage {
        let details = json?["input_tokens_details"]
        let read = details?["cached_tokens"]?.tokenCount ?? 0
        let written = details?["cache_write_tokens"]?.tokenCount ?? 0
        return Usage(
            inputTokens: max(0, (json?["input_tokens"]?.tokenCount ?? 0) - read - written),
            outputTokens: json?["output_tokens"]?.tokenCount ?? 0, cacheReadTokens: read, cacheWriteTokens: written,
            reasoningTokens: json?["output_tokens_details"]?["reasoning_tokens"]?.tokenCount ?? 0)
    }
}
