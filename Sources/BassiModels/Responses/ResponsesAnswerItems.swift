import BassiEvents

/// One answer of a model as items of a request: those of the same provider and model as it sent them, others by what
/// they say.
///
/// The service ties an item to the reasoning before it. Reasoning goes back whole, and only when an item follows it;
/// where it stays out, what came after it goes without its id, as if another model had made it.
struct ResponsesAnswerItems {
    private(set) var items: [JSONValue] = []
    /// Where in `items` a message of the provider lies, whose parts are blocks here.
    private var messages: [String: Int] = [:]

    init(_ blocks: [ModelBlock], provider: String, model: String) {
        for block in blocks { add(block, block.data(of: provider, model)) }
        while items.last?["type"]?.string == "reasoning" { items.removeLast() }
    }

    private mutating func add(_ block: ModelBlock, _ own: JSONValue?) {
        switch block.content {
        case .text(let text): add(text, own)
        case .toolUse(let id, let name, let input): items.append(call(id, name, input, own))
        case .thinking: if let item = Self.reasoning(own) { items.append(item) }
        case .opaque: if let item = own?["item"] { items.append(item) }
        }
    }

    /// Reasoning that says nothing by itself would be a reference to what the service has not kept.
    private static func reasoning(_ own: JSONValue?) -> JSONValue? {
        guard let item = own?["item"] else { return nil }
        let isWhole = item["encrypted_content"]?.string?.isEmpty == false || item["content"]?.array?.isEmpty == false
        if isWhole { return item }
        return nil
    }

    private mutating func add(_ text: String, _ own: JSONValue?) {
        guard !text.isBlank else { return }
        guard let own, keepsID(own), let message = own["message"]?.object, let id = message["id"]?.string else {
            return items.append(["type": "message", "role": "assistant", "content": .string(text)])
        }
        let isRefusal = own["is_refusal"]?.bool == true
        let part: JSONValue =
            isRefusal
            ? ["type": "refusal", "refusal": .string(text)]
            : ["type": "output_text", "text": .string(text), "annotations": own["annotations"] ?? []]
        if let at = messages[id], var item = items[at].object {
            item["content"] = .array((item["content"]?.array ?? []) + [part])
            items[at] = .object(item)
            return
        }
        messages[id] = items.count
        let head: JSONObject = ["type": "message", "role": "assistant", "status": "completed", "content": [part]]
        items.append(.object(JSONObject(head.members + message.members)))
    }

    private func call(_ id: ToolID, _ name: String, _ input: JSONValue, _ own: JSONValue?) -> JSONValue {
        let object = input.object == nil ? ["invalid_input": input] : input
        let call: JSONObject = [
            "type": "function_call", "call_id": .string(ResponsesRequest.wireID(id)), "name": .string(name),
            "arguments": .string(object.text),
        ]
        guard let own, keepsID(own) else { return .object(call) }
        return .object(JSONObject(call.members + (own["call"]?.object?.members ?? [])))
    }

    /// Whether the reasoning that this came after is here, if there was any.
    private func keepsID(_ own: JSONValue) -> Bool {
        guard let reasoning = own["after"] else { return true }
        return items.contains { $0["type"]?.string == "reasoning" && $0["id"] == reasoning }
    }
}
