import BassiEvents

/// How requests and answers stand in a recording (docs/recordings.md).
struct RecordedForm: Sendable {
    /// Takes secrets out of what was said. The words of the form, names and identifiers are not said.
    let redact: @Sendable (String) -> String

    // MARK: - Requests

    func json(_ request: ModelRequest) -> JSONValue {
        .members([
            ("system_prompt", request.systemPrompt.map(text)), ("messages", .array(request.messages.map(json))),
            ("tools", .array(request.tools.map(json))),
            ("output_tokens_max", .number(JSONNumber(request.outputTokensMax))),
            ("output_schema", request.outputSchema.map(value)), ("forced_tool", request.forcedTool.map { .string($0) }),
        ])
    }

    private func json(_ tool: ToolDescription) -> JSONValue {
        [
            "name": .string(tool.name), "description": text(tool.description),
            "input_schema": value(tool.inputSchema),
        ]
    }

    private func json(_ message: ModelMessage) -> JSONValue {
        switch message {
        case .user(let blocks): ["role": "user", "content": .array(blocks.map(json))]
        case .assistant(let blocks): ["role": "assistant", "content": .array(blocks.map(json))]
        case .toolResults(let results): ["role": "tool", "content": .array(results.map(json))]
        }
    }

    private func json(_ result: ToolResultMessage) -> JSONValue {
        [
            "tool_id": .string(result.toolID.rawValue), "tool_name": .string(result.toolName),
            "is_error": .bool(result.isError), "content": .array(result.content.map(json)),
        ]
    }

    /// The bytes of pictures and documents have lost their secrets when they were stored.
    private func json(_ block: ContentBlock) -> JSONValue {
        switch block {
        case .text(let said): ["type": "text", "text": text(said)]
        case .image(let attachment): json(attachment, "image")
        case .document(let attachment): json(attachment, "document")
        case .other(let object): value(.object(object))
        }
    }

    private func json(_ attachment: ContentBlock.Attachment, _ type: String) -> JSONValue {
        .members([
            ("type", .string(type)), ("media_type", .string(attachment.mediaType)),
            ("data", attachment.data.map { .string($0) }), ("blob", attachment.blob.map { .string($0) }),
            ("name", attachment.name.map(text)),
        ])
    }

    private func json(_ block: ModelBlock) -> JSONValue {
        let data = block.providerData.map { own -> JSONValue in
            ["provider": .string(own.provider), "model": .string(own.model), "data": value(own.data)]
        }
        switch block.content {
        case .text(let said): return .members([("type", "text"), ("text", text(said)), ("provider_data", data)])
        case .thinking(let said):
            return .members([("type", "thinking"), ("thinking", text(said)), ("provider_data", data)])
        case .toolUse(let id, let name, let input):
            return .members([
                ("type", "tool_use"), ("tool_id", .string(id.rawValue)), ("tool_name", .string(name)),
                ("tool_input", value(input)), ("provider_data", data),
            ])
        case .opaque: return .members([("type", "opaque"), ("provider_data", data)])
        }
    }

    private func text(_ said: String) -> JSONValue { .string(redact(said)) }

    private func value(_ json: JSONValue) -> JSONValue { json.mappingStrings(redact) }

    // MARK: - Answers

    /// The members of a part. The text of a delta is taken as it is: secrets are taken out of the stream that it is a
    /// piece of.
    func members(of part: ModelPart) -> [(String, JSONValue?)] {
        switch part {
        case .messageStarted(let id, let usage):
            [("part", "message_started"), ("message_id", .string(id.rawValue)), ("usage", usage.jsonValue)]
        case .blockStarted(let index, let start):
            [("part", "block_started"), ("index", .number(JSONNumber(index)))] + members(of: start)
        case .delta(let index, let said):
            [("part", "delta"), ("index", .number(JSONNumber(index))), ("text", .string(said))]
        case .blockEnded(let index, let block):
            [("part", "block_ended"), ("index", .number(JSONNumber(index))), ("block", json(block))]
        case .completed(let reason, let usage):
            [("part", "completed"), ("stop_reason", .string(reason.rawValue)), ("usage", usage.jsonValue)]
        }
    }

    private func members(of start: BlockStart) -> [(String, JSONValue?)] {
        switch start {
        case .text: [("kind", "text")]
        case .thinking: [("kind", "thinking")]
        case .toolUse(let id, let name):
            [("kind", "tool_use"), ("tool_id", .string(id.rawValue)), ("tool_name", .string(name))]
        case .opaque: [("kind", "opaque")]
        }
    }

    func json(_ error: ModelError) -> JSONValue {
        .members([
            ("kind", .string(error.kind.rawValue)), ("message", text(error.message)),
            ("status", error.status.map { .number(JSONNumber($0)) }),
            ("retry_after_ms", error.retryAfter.map { .number(JSONNumber($0.milliseconds)) }),
            ("should_retry", error.shouldRetry.map { .bool($0) }),
        ])
    }
}

extension JSONValue {
    /// An object of the members that there are.
    static func members(_ members: [(String, JSONValue?)]) -> JSONValue {
        .object(JSONObject(members.compactMap { key, value in value.map { JSONObject.Member(key: key, value: $0) } }))
    }

    /// The same with each of its strings replaced; keys stay.
    func mappingStrings(_ map: (String) -> String) -> JSONValue {
        switch self {
        case .null, .bool, .number: self
        case .string(let text): .string(map(text))
        case .array(let elements): .array(elements.map { $0.mappingStrings(map) })
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { JSONObject.Member(key: $0.key, value: $0.value.mappingStrings(map)) }))
        }
    }
}
