import BassiEvents

/// Checks the messages of a request: their order, their blocks, and that each tool call has its one result.
struct AnthropicMessageCheck {
    let isStrict: Bool
    let continuesPausedTurn: Bool
    /// The marks of the prompt cache, in their order.
    private(set) var cacheMarks: [CheckedValue] = []
    private var toolIDs: Set<String> = []

    init(isStrict: Bool, continuesPausedTurn: Bool) {
        self.isStrict = isStrict
        self.continuesPausedTurn = continuesPausedTurn
    }

    mutating func checkSystem(_ system: CheckedValue?) throws(RequestRefusal) {
        guard let system, system.value.string == nil else { return }
        for block in try system.array() {
            _ = try block.required("type").word(of: ["text"])
            try check(block, role: "system")
        }
    }

    mutating func check(_ messages: CheckedValue) throws(RequestRefusal) {
        let all = try messages.array()
        guard !all.isEmpty else { throw messages.refusal("at least one message is required") }
        var open: [String] = []
        for (index, message) in all.enumerated() {
            try message.only(["role", "content"])
            let role = try message.required("role").word(of: ["user", "assistant", "system"])
            guard index > 0 || role == "user" else {
                throw messages.refusal("first message must use the \"user\" role")
            }
            try checkContent(of: message, role: role)
            let results = try checkResults(of: message, role: role, open: open)
            try close(open, by: results, at: message)
            open = role == "assistant" ? Self.calls(of: message) : []
        }
        // A call that still waits here is in the last message, so this refuses it too.
        guard all.last?.value["role"] != "assistant" || continuesPausedTurn else {
            throw RequestRefusal(
                "This model does not support assistant message prefill. "
                    + "The conversation must end with a user message.")
        }
    }

    private mutating func checkContent(of message: CheckedValue, role: String) throws(RequestRefusal) {
        let content = try message.required("content")
        if let text = content.value.string {
            guard !text.isEmpty else { throw message.refusal("\(role) messages must have non-empty content") }
            return
        }
        let blocks = try content.array()
        guard !blocks.isEmpty else { throw message.refusal("\(role) messages must have non-empty content") }
        for block in blocks { try check(block, role: role) }
    }

    /// Checks one block, with the blocks in it.
    private mutating func check(_ block: CheckedValue, role: String) throws(RequestRefusal) {
        try AnthropicBlockCheck(block: block, role: role, isStrict: isStrict).check()
        if let mark = block.optional("cache_control") { cacheMarks.append(mark) }
        switch block.value["type"]?.string {
        case "tool_use":
            let id = try block.required("id").string()
            guard toolIDs.insert(id).inserted else { throw RequestRefusal("messages: `tool_use` ids must be unique") }
        case "tool_result":
            guard let content = block.optional("content"), content.value.string == nil else { return }
            let kinds = ["text", "image", "document", "search_result", "tool_reference", "browser_state"]
            for inner in try content.array() {
                _ = try inner.required("type").word(of: kinds)
                try check(inner, role: "user")
            }
        default: break
        }
    }
}

extension AnthropicMessageCheck {
    private static func calls(of message: CheckedValue) -> [String] {
        (message.value["content"]?.array ?? []).filter { $0["type"] == "tool_use" }.compactMap { $0["id"]?.string }
    }

    /// The ids of the results, which must each answer one of the open calls, and stand before anything else.
    private func checkResults(
        of message: CheckedValue, role: String, open: [String]
    ) throws(RequestRefusal) -> [String] {
        guard let blocks = try? message.required("content").array() else { return [] }
        var results: [String] = []
        var sawOther = false
        for block in blocks {
            guard block.value["type"] == "tool_result" else {
                sawOther = true
                continue
            }
            let id = block.value["tool_use_id"]?.string ?? ""
            guard open.contains(id) else {
                throw block.refusal(
                    "unexpected `tool_use_id` found in `tool_result` blocks: \(id). Each `tool_result` block must have "
                        + "a corresponding `tool_use` block in the previous message.")
            }
            guard !results.contains(id) else {
                throw block.refusal(
                    "each tool_use must have a single result. Found multiple `tool_result` blocks with id: \(id)")
            }
            guard !sawOther else { throw Self.unanswered([id], at: message) }
            results.append(id)
        }
        return results
    }

    private func close(_ open: [String], by results: [String], at message: CheckedValue) throws(RequestRefusal) {
        let missing = open.filter { !results.contains($0) }
        guard !missing.isEmpty else { return }
        throw Self.unanswered(missing, at: message)
    }

    private static func unanswered(_ ids: [String], at message: CheckedValue) -> RequestRefusal {
        message.refusal(
            "`tool_use` ids were found without `tool_result` blocks immediately after: "
                + ids.joined(separator: ", ")
                + ". Each `tool_use` block must have a corresponding `tool_result` block in the next message.")
    }
}
