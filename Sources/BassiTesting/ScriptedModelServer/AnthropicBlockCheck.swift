import BassiEvents

/// Checks one block of a message by itself: its fields, and whether it may be in a message of this role.
struct AnthropicBlockCheck {
    let block: CheckedValue
    let role: String
    let isStrict: Bool

    private static let fields: [String: Set<String>] = [
        "text": ["text", "cache_control", "citations"],
        "image": ["source", "cache_control", "transformations"],
        "document": ["source", "title", "context", "citations", "cache_control"],
        "search_result": ["source", "title", "content", "citations", "cache_control"],
        "thinking": ["thinking", "signature"],
        "redacted_thinking": ["data"],
        "tool_use": ["id", "name", "input", "caller", "toolset_name", "cache_control"],
        "tool_result": ["tool_use_id", "content", "is_error", "cache_control"],
        "tool_reference": ["tool_name", "cache_control"],
        "browser_state": ["url", "title", "tabs", "content", "cache_control"],
    ]

    /// Blocks of the service's own tools come back as they were sent; their fields are not looked at.
    private static let replayed: Set<String> = [
        "server_tool_use", "web_search_tool_result", "web_fetch_tool_result", "code_execution_tool_result",
        "bash_code_execution_tool_result", "text_editor_code_execution_tool_result", "tool_search_tool_result",
        "container_upload",
    ]

    private static let ofAssistant: Set<String> = ["thinking", "redacted_thinking", "tool_use"]

    func check() throws(RequestRefusal) {
        _ = try block.object()
        let type = try block.required("type").string()
        if Self.replayed.contains(type) { return }
        guard let fields = Self.fields[type] else {
            let known = Self.fields.keys.sorted() + Self.replayed.sorted()
            throw block.refusal(
                "Input tag '\(type)' found using 'type' does not match any of the expected tags: "
                    + known.map { "'\($0)'" }.joined(separator: ", "))
        }
        try checkRole(type)
        let inner = CheckedValue(manner: .anthropic, path: "\(block.path).\(type)", value: block.value)
        try inner.only(fields.union(["type"]))
        switch type {
        case "text": try checkText(inner)
        case "image", "document": try checkSource(try inner.required("source"), of: type)
        case "thinking": try checkThinking(inner)
        case "redacted_thinking": _ = try inner.required("data").string()
        case "tool_use": try checkCall(inner)
        case "tool_result": try checkResult(inner)
        case "search_result": try checkSearchResult(inner)
        default: break
        }
    }

    private func checkRole(_ type: String) throws(RequestRefusal) {
        if Self.ofAssistant.contains(type), role != "assistant" {
            throw block.refusal("`\(type)` blocks can only be in `assistant` messages")
        }
        if type == "tool_result", role != "user" {
            throw block.refusal("`tool_result` blocks can only be in `user` messages")
        }
        if type == "document", role == "assistant", isStrict {
            throw block.refusal("`document` blocks can only be in `user` messages")
        }
    }

    private func checkText(_ block: CheckedValue) throws(RequestRefusal) {
        let text = try block.required("text").string()
        guard !text.isEmpty else { throw RequestRefusal("messages: text content blocks must be non-empty") }
        guard !text.allSatisfy(\.isWhitespace) else {
            throw RequestRefusal("messages: text content blocks must contain non-whitespace text")
        }
        if let citations = block.optional("citations") {
            let isEmpty = try citations.array().isEmpty
            if !isEmpty, role == "user", isStrict {
                throw citations.refusal("citations are not permitted in `user` messages")
            }
        }
    }

    private func checkSource(_ source: CheckedValue, of type: String) throws(RequestRefusal) {
        let isImage = type == "image"
        let kinds = isImage ? ["base64", "url", "file"] : ["base64", "text", "content", "url", "file"]
        switch try source.required("type").word(of: kinds) {
        case "base64":
            let images = ["image/jpeg", "image/png", "image/gif", "image/webp"]
            _ = try source.required("media_type").word(of: isImage ? images : ["application/pdf"])
            let data = try source.required("data")
            guard try data.string().isEmpty == false else { throw data.refusal("\(type) cannot be empty") }
        case "text":
            _ = try source.required("media_type").word(of: ["text/plain"])
            _ = try source.required("data").string()
        case "url": _ = try source.required("url").string()
        case "file": _ = try source.required("file_id").string()
        default: _ = try source.required("content")
        }
    }

    private func checkThinking(_ block: CheckedValue) throws(RequestRefusal) {
        let thinking = try block.required("thinking").string()
        let signature = try block.required("signature").string()
        guard signature == ThinkingSignature.of(thinking) else {
            throw self.block.refusal("Invalid `signature` in `thinking` block")
        }
    }

    private func checkCall(_ block: CheckedValue) throws(RequestRefusal) {
        let id = try block.required("id")
        guard try id.string().isPlainName else { throw id.refusal("String should match pattern '^[a-zA-Z0-9_-]+$'") }
        let name = try block.required("name")
        let text = try name.string()
        guard (1...200).contains(text.count) else {
            throw name.refusal("String should have at least 1 and at most 200 characters")
        }
        _ = try block.required("input").object()
    }

    private func checkResult(_ block: CheckedValue) throws(RequestRefusal) {
        let id = try block.required("tool_use_id")
        guard try id.string().isPlainName else { throw id.refusal("String should match pattern '^[a-zA-Z0-9_-]+$'") }
        if let isError = block.optional("is_error") { _ = try isError.bool() }
    }

    private func checkSearchResult(_ block: CheckedValue) throws(RequestRefusal) {
        _ = try block.required("source").string()
        _ = try block.required("title").string()
        for text in try block.required("content").array() {
            try AnthropicBlockCheck(block: text, role: role, isStrict: isStrict).check()
        }
    }
}
