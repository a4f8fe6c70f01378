import BassiEvents

/// The body of a Chat Completions request.
struct ChatCompletionsRequest {
    let request: ModelRequest
    let provider: String
    let outputLimitField: String
    let callRule: ChatCallRule

    var json: JSONValue {
        var body: JSONObject = ["model": .string(request.model), "messages": .array(messages), "stream": true]
        body["stream_options"] = ["include_usage": true]
        body[outputLimitField] = .number(JSONNumber(request.outputTokensMax))
        // Several servers refuse an empty list.
        if !request.tools.isEmpty { body["tools"] = .array(request.tools.map(Self.json)) }
        if let name = request.forcedTool {
            body["tool_choice"] = ["type": "function", "function": ["name": .string(name)]]
        }
        if let schema = request.outputSchema { body["response_format"] = format(of: OutputFormat.plain(schema)) }
        return .object(body)
    }

    /// The servers around llama.cpp take the schema beside the older word; not all of them know the newer form.
    private func format(of schema: JSONValue) -> JSONValue {
        if provider == "llamacpp" { return ["type": "json_object", "schema": schema] }
        return [
            "type": "json_schema",
            "json_schema": [
                "name": .string(OutputFormat.name), "schema": schema, "strict": .bool(OutputFormat.isStrict(schema)),
            ],
        ]
    }

    private static func json(_ tool: ToolDescription) -> JSONValue {
        [
            "type": "function",
            "function": [
                "name": .string(tool.name), "description": .string(tool.description), "parameters": tool.inputSchema,
            ],
        ]
    }

    private var messages: [JSONValue] {
        var messages: [JSONValue] = []
        if let system = request.systemPrompt, !system.isBlank {
            messages.append(["role": "system", "content": .string(system)])
        }
        var turn = Turn()
        for message in request.messages {
            switch message {
            case .user(let blocks): turn.said += blocks
            case .toolResults(let results): turn.results += results
            case .assistant(let blocks):
                guard let message = assistant(blocks) else { continue }
                messages += json(turn) + [message]
                turn = Turn()
            }
        }
        return messages + json(turn)
    }

    /// What stands between two messages of the model. Nothing may come between its calls and their results, whatever a
    /// person said while the tools ran.
    private struct Turn {
        var results: [ToolResultMessage] = []
        var said: [ContentBlock] = []
    }

    private func json(_ turn: Turn) -> [JSONValue] {
        let (tools, rest) = tools(turn.results)
        return tools + (user(rest + turn.said).map { [$0] } ?? [])
    }

    /// Plain text as a string, which every server takes; parts only where there is more than text.
    private func user(_ blocks: [ContentBlock]) -> JSONValue? {
        if blocks.allSatisfy({ $0.text != nil }) {
            let text = blocks.compactMap(\.text).filter { !$0.isBlank }.joined(separator: "\n")
            return text.isEmpty ? nil : ["role": "user", "content": .string(text)]
        }
        let parts = blocks.compactMap(Self.part)
        return parts.isEmpty ? nil : ["role": "user", "content": .array(parts)]
    }

    private static func part(_ block: ContentBlock) -> JSONValue? {
        switch block {
        case .text(let text): return text.isBlank ? nil : ["type": "text", "text": .string(text)]
        case .image(let image):
            guard let data = image.data else { return nil }
            return ["type": "image_url", "image_url": ["url": .string("data:\(image.mediaType);base64,\(data)")]]
        case .document(let document):
            guard let data = document.data else { return nil }
            let url = "data:\(document.mediaType);base64,\(data)"
            return [
                "type": "file", "file": ["filename": .string(document.name ?? "document"), "file_data": .string(url)],
            ]
        case .other: return nil
        }
    }

    private func assistant(_ blocks: [ModelBlock]) -> JSONValue? {
        var texts: [String] = []
        var calls: [JSONValue] = []
        var message: JSONObject = ["role": "assistant", "content": .null]
        for block in blocks {
            switch block.content {
            case .text(let text): texts.append(text)
            case .toolUse(let id, let name, let input):
                calls.append(call(id, name, input, own(block), isFirst: calls.isEmpty))
            case .thinking(let text):
                // The reasoning goes back in the field in which it came; a provider that gave none gets none.
                guard let field = own(block)?["field"]?.string else { continue }
                message[field] = .string((message[field]?.string ?? "") + text)
            case .opaque:
                guard let details = own(block)?["reasoning_details"] else { continue }
                message["reasoning_details"] = details
            }
        }
        let text = texts.joined(separator: "\n")
        if !text.isEmpty { message["content"] = .string(text) }
        if !calls.isEmpty {
            message["tool_calls"] = .array(calls)
            if case .reasoning(let field) = callRule, message[field] == nil { message[field] = "" }
        }
        return text.isBlank && calls.isEmpty ? nil : .object(message)
    }

    private func own(_ block: ModelBlock) -> JSONValue? { block.data(of: provider, request.model) }

    private func call(
        _ id: ToolID, _ name: String, _ input: JSONValue, _ own: JSONValue?, isFirst: Bool
    ) -> JSONValue {
        let object = input.object == nil ? ["invalid_input": input] : input
        var call: JSONObject = [
            "id": .string(callRule.wireID(id)), "type": "function",
            "function": ["name": .string(name), "arguments": .string(object.text)],
        ]
        call["extra_content"] = own?["extra_content"] ?? (isFirst ? callRule.placeholder : nil)
        return .object(call)
    }

    /// A tool's message holds text only, on most servers: pictures follow in a message of the user, after the last
    /// result, since nothing may stand between the results.
    private func tools(_ results: [ToolResultMessage]) -> (messages: [JSONValue], rest: [ContentBlock]) {
        var messages: [JSONValue] = []
        var rest: [ContentBlock] = []
        for result in results {
            let texts = result.content.compactMap(\.text)
            let others = result.content.filter { $0.text == nil }
            if !others.isEmpty { rest.append(.text("From \(result.toolName):")) }
            rest += others
            var text = texts.joined(separator: "\n")
            if text.isEmpty { text = others.isEmpty ? "(no output)" : "(see the next message)" }
            messages.append([
                "role": "tool", "tool_call_id": .string(callRule.wireID(result.toolID)), "content": .string(text),
            ])
        }
        return (messages, rest)
    }
}
