import BassiEvents

/// Checks the messages of a request: their content, and that each tool call has its one result.
struct ChatMessageCheck {
    let dialect: ChatDialect

    func check(_ messages: CheckedValue) throws(RequestRefusal) {
        var calls = ChatCalls()
        for message in try messages.nonEmptyArray() {
            _ = try message.object()
            let roles = ["system", "assistant", "user", "tool", "developer"]
            let role = try message.required("role").word(of: roles)
            switch role {
            case "tool":
                try checkText(try message.required("content"))
                try calls.answer(message)
            case "assistant":
                try calls.end(at: message)
                try checkAssistant(message, &calls)
            default:
                try calls.end(at: message)
                try checkContent(try message.required("content"), role: role)
            }
        }
        try calls.end(at: messages)
    }

    private func checkAssistant(_ message: CheckedValue, _ calls: inout ChatCalls) throws(RequestRefusal) {
        let all = try message.optional("tool_calls")?.nonEmptyArray() ?? []
        if let content = message.optional("content") {
            try checkContent(content, role: "assistant")
        } else if all.isEmpty, message.optional("refusal") == nil {
            throw CheckedValue(manner: .chat, path: message.path(of: "content"), value: .null).refusal(
                "Invalid value for 'content': expected a string, got null.")
        }
        for call in all { try calls.open(call) }
        if dialect.demandsReasoningContent, !all.isEmpty, message.value["reasoning_content"]?.string == nil {
            throw message.refusal(
                "The reasoning_content in the thinking mode must be passed back to the API.")
        }
    }

    private func checkContent(_ content: CheckedValue, role: String) throws(RequestRefusal) {
        guard role == "user" || role == "assistant" else { return try checkText(content) }
        if content.value.string != nil { return }
        let kinds = role == "user" ? ["text", "image_url", "input_audio", "file"] : ["text", "refusal"]
        for part in try contentParts(content) {
            let type = try part.required("type").word(of: kinds)
            switch type {
            case "text", "refusal": _ = try part.required(type).string()
            case "image_url":
                let image = try part.required("image_url")
                _ = try image.object()
                let url = try image.required("url")
                let text = try url.string()
                guard text.hasPrefix("http") || text.hasPrefix("data:image/") else {
                    throw url.refusal("Invalid '\(url.path)'. Expected a valid URL.", code: "invalid_value")
                }
            default: _ = try part.required(type).object()
            }
        }
    }

    /// A string or parts of text.
    private func checkText(_ content: CheckedValue) throws(RequestRefusal) {
        if content.value.string != nil { return }
        for part in try contentParts(content) {
            _ = try part.required("type").word(of: ["text"])
            _ = try part.required("text").string()
        }
    }

    private func contentParts(_ content: CheckedValue) throws(RequestRefusal) -> [CheckedValue] {
        if content.value.isNull {
            throw content.refusal("Invalid value for 'content': expected a string, got null.")
        }
        let parts = try content.nonEmptyArray()
        for part in parts { _ = try part.object() }
        return parts
    }
}

/// The tool calls that still wait for their results.
private struct ChatCalls {
    private var waiting: [String] = []
    private var answered: [String] = []

    mutating func open(_ call: CheckedValue) throws(RequestRefusal) {
        _ = try call.object()
        _ = try call.required("type").word(of: ["function"])
        let field = try call.required("id")
        let id = try field.string()
        guard !id.isEmpty, !waiting.contains(id) else {
            throw field.refusal("Invalid '\(field.path)': the ids of tool calls must be unique and not empty.")
        }
        let function = try call.required("function")
        _ = try function.object()
        try function.required("name").functionName()
        let arguments = try function.required("arguments")
        let text = try arguments.string()
        guard (try? JSONParser.parse(text))?.object != nil else {
            throw arguments.refusal(
                "Invalid '\(arguments.path)': expected a string with a JSON object.", code: "invalid_value")
        }
        waiting.append(id)
    }

    mutating func answer(_ message: CheckedValue) throws(RequestRefusal) {
        let id = try message.required("tool_call_id").string()
        guard let index = waiting.firstIndex(of: id) else {
            if answered.contains(id) {
                throw message.refusal("Duplicate value for 'tool_call_id' of '\(id)': it has its response already.")
            }
            throw message.refusal(
                "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
                    + "'tool_calls'.")
        }
        answered.append(waiting.remove(at: index))
    }

    /// Another role follows, or nothing: all calls must have their results.
    mutating func end(at message: CheckedValue) throws(RequestRefusal) {
        guard waiting.isEmpty else {
            throw message.refusal(
                "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
                    + "'tool_call_id'. The following tool_call_ids did not have response messages: "
                    + waiting.joined(separator: ", "))
        }
        answered = []
    }
}
