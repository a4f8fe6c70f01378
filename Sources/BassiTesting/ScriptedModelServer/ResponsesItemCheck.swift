import BassiEvents

/// Checks the items of a request by themselves; what they have to do with each other is with ``ResponsesItemOrder``.
struct ResponsesItemCheck {
    let stores: Bool

    /// Items of the service's own tools come back as they were sent; their fields are not looked at.
    private static let replayed = [
        "compaction", "custom_tool_call", "custom_tool_call_output", "web_search_call", "file_search_call",
        "computer_call", "computer_call_output", "code_interpreter_call", "image_generation_call", "local_shell_call",
        "local_shell_call_output", "shell_call", "shell_call_output", "apply_patch_call", "apply_patch_call_output",
        "mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "mcp_call", "tool_search_call",
        "tool_search_output",
    ]

    private static let types =
        ["message", "function_call", "function_call_output", "reasoning", "item_reference"] + replayed

    func check(_ input: CheckedValue) throws(RequestRefusal) {
        if input.value.string != nil { return }
        var order = ResponsesItemOrder()
        for item in try input.nonEmptyArray() {
            _ = try item.object()
            let isShort = item.value["type"] == nil && item.value["role"] != nil
            let type = isShort ? "message" : try item.required("type").word(of: Self.types)
            switch type {
            case "message": try checkMessage(item)
            case "function_call": try checkCall(item)
            case "function_call_output": try checkOutput(item)
            case "reasoning": try checkReasoning(item)
            case "item_reference": throw notKept(item, try item.required("id").string())
            default: break
            }
            try order.take(item, type)
        }
        try order.end(at: input)
    }

    private func notKept(_ item: CheckedValue, _ id: String) -> RequestRefusal {
        RequestRefusal(
            status: 404,
            "Item with id '\(id)' not found. Items are not persisted when `store` is set to false. Try again with "
                + "`store` set to true, or remove this item from your input.", param: item.path)
    }

    private func checkID(_ item: CheckedValue, begins prefix: String, isRequired: Bool = false) throws(RequestRefusal) {
        guard let field = isRequired ? try item.required("id") : item.optional("id") else { return }
        let id = try field.string()
        guard id.hasPrefix(prefix), id.isPlainName, id.utf8.count <= 64 else {
            throw field.refusal(
                "Invalid '\(field.path)': '\(id)'. Expected an ID that begins with '\(prefix)'.", code: "invalid_value")
        }
    }

    private func checkStatus(_ item: CheckedValue) throws(RequestRefusal) {
        _ = try item.optional("status")?.word(of: ["in_progress", "completed", "incomplete"])
    }

    // MARK: - Messages

    private func checkMessage(_ item: CheckedValue) throws(RequestRefusal) {
        try item.only(["type", "role", "content", "id", "status", "phase"])
        let role = try item.required("role").word(of: ["assistant", "system", "developer", "user"])
        try checkID(item, begins: "msg")
        try checkStatus(item)
        let content = try item.required("content")
        if content.value.string != nil { return }
        guard role == "assistant" else { return try checkParts(content) }
        for part in try content.array() {
            _ = try part.object()
            let type = try part.required("type").word(of: ["output_text", "refusal"])
            let isText = type == "output_text"
            try part.only(isText ? ["type", "text", "annotations", "logprobs"] : ["type", "refusal"])
            _ = try part.required(isText ? "text" : "refusal").string()
        }
    }

    private func checkParts(_ content: CheckedValue) throws(RequestRefusal) {
        for part in try content.array() {
            _ = try part.object()
            let type = try part.required("type").word(of: ["input_text", "input_image", "input_file"])
            switch type {
            case "input_text":
                try part.only(["type", "text"])
                _ = try part.required("text").string()
            case "input_image":
                try part.only(["type", "image_url", "file_id", "detail"])
                _ = try part.optional("detail")?.word(of: ["low", "high", "auto", "original"])
                guard part.optional("file_id") == nil else { continue }
                let url = try part.required("image_url")
                let text = try url.string()
                guard text.hasPrefix("http") || text.hasPrefix("data:image/") else {
                    throw url.refusal("Invalid '\(url.path)'. Expected a valid URL.", code: "invalid_value")
                }
            default:
                try part.only(["type", "file_data", "file_id", "file_url", "filename", "detail"])
                guard let data = part.optional("file_data") else { continue }
                guard try data.string().hasPrefix("data:") else {
                    throw data.refusal("Invalid '\(data.path)'. Expected a base64-encoded data URL.")
                }
            }
        }
    }

    // MARK: - Calls and reasoning

    private func checkCall(_ item: CheckedValue) throws(RequestRefusal) {
        try item.only(["type", "id", "call_id", "name", "arguments", "status", "namespace", "caller"])
        try checkID(item, begins: "fc")
        try checkStatus(item)
        try checkCallID(item)
        try item.required("name").functionName()
        let arguments = try item.required("arguments")
        let text = try arguments.string()
        guard (try? JSONParser.parse(text))?.object != nil else {
            throw arguments.refusal(
                "Invalid '\(arguments.path)': expected a string with a JSON object.", code: "invalid_value")
        }
    }

    private func checkCallID(_ item: CheckedValue) throws(RequestRefusal) {
        let field = try item.required("call_id")
        let id = try field.string()
        guard (1...64).contains(id.utf8.count) else {
            throw field.refusal(
                "Invalid '\(field.path)': string too long. Expected a string with maximum length 64, but got a string "
                    + "with length \(id.utf8.count) instead.", code: "string_above_max_length")
        }
        guard id.isPlainName else {
            throw field.refusal(
                "Invalid '\(field.path)': '\(id)'. Expected an ID that contains letters, numbers, underscores, or "
                    + "dashes, but this value contained additional characters.", code: "invalid_value")
        }
    }

    private func checkOutput(_ item: CheckedValue) throws(RequestRefusal) {
        try item.only(["type", "id", "call_id", "output", "status", "caller"])
        try checkStatus(item)
        try checkCallID(item)
        let output = try item.required("output")
        if output.value.string == nil { try checkParts(output) }
    }

    private func checkReasoning(_ item: CheckedValue) throws(RequestRefusal) {
        try item.only(["type", "id", "summary", "content", "encrypted_content", "status"])
        try checkID(item, begins: "rs", isRequired: true)
        let id = try item.required("id").string()
        var summary: [String] = []
        for part in try item.required("summary").array() {
            _ = try part.required("type").word(of: ["summary_text"])
            summary.append(try part.required("text").string())
        }
        for part in try item.optional("content")?.array() ?? [] {
            _ = try part.required("type").word(of: ["reasoning_text"])
            _ = try part.required("text").string()
        }
        guard let sealed = item.optional("encrypted_content") else { throw notKept(item, id) }
        guard ReasoningSeal.isIntact(try sealed.string(), of: id, summary: summary) else {
            throw RequestRefusal(
                "The encrypted content for item \(id) could not be verified. Reason: Encrypted content could not be "
                    + "decrypted or parsed.", param: sealed.path, code: "invalid_encrypted_content")
        }
    }
}
