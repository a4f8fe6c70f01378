import BassiEvents
import Foundation

/// The body of a Messages request.
///
/// The prefix (tools, system, older messages) is byte for byte the same from turn to turn, and marked for the cache at
/// the end of the system prompt and of the conversation: the next turn reads up to there. It is marked again where the
/// last request ended, since the service looks for that only some 20 blocks back.
struct AnthropicRequest {
    let request: ModelRequest
    let provider: String
    let thinks: Bool

    var json: JSONValue {
        var body: JSONObject = [
            "model": .string(request.model), "max_tokens": .number(JSONNumber(request.outputTokensMax)), "stream": true,
        ]
        if let system = request.systemPrompt, !system.isBlank {
            body["system"] = [["type": "text", "text": .string(system), "cache_control": Self.cached]]
        }
        if !request.tools.isEmpty { body["tools"] = .array(tools(marked: body["system"] == nil)) }
        if thinks { body["thinking"] = ["type": "adaptive"] }
        if let name = request.forcedTool { body["tool_choice"] = ["type": "tool", "name": .string(name)] }
        if let schema = request.outputSchema {
            body["output_config"] = ["format": ["type": "json_schema", "schema": OutputFormat.plain(schema)]]
        }
        body["messages"] = .array(messages)
        return .object(body)
    }

    private static let cached: JSONValue = ["type": "ephemeral"]

    private func tools(marked: Bool) -> [JSONValue] {
        request.tools.enumerated().map { index, tool in
            var json: JSONObject = [
                "name": .string(tool.name), "description": .string(tool.description), "input_schema": tool.inputSchema,
            ]
            if marked, index == request.tools.count - 1 { json["cache_control"] = Self.cached }
            return .object(json)
        }
    }

    // MARK: - Messages

    /// Neighbours of one role become one message, so that the results of one turn stand together and before any text.
    private var messages: [JSONValue] {
        var turns: [(role: String, content: [JSONValue])] = []
        for message in request.messages {
            let (role, content) = blocks(of: message)
            if content.isEmpty { continue }
            if turns.last?.role == role {
                turns[turns.count - 1].content += content
            } else {
                turns.append((role, content))
            }
        }
        for turn in turns.indices { turns[turn].content = Self.resultsFirst(turns[turn].content) }
        let ends = turns.indices.filter { turns[$0].role == "user" || $0 == turns.count - 1 }.suffix(2)
        for end in ends { turns[end].content = Self.marked(turns[end].content) }
        return turns.map { ["role": .string($0.role), "content": .array($0.content)] }
    }

    /// What a person said while tools ran may stand before their results; the service wants it behind them.
    private static func resultsFirst(_ content: [JSONValue]) -> [JSONValue] {
        let isResult = { (block: JSONValue) in block["type"]?.string == "tool_result" }
        return content.filter(isResult) + content.filter { !isResult($0) }
    }

    /// Thinking blocks cannot carry a mark.
    private static func marked(_ content: [JSONValue]) -> [JSONValue] {
        guard var block = content.last?.object, let type = block["type"]?.string,
            ["text", "image", "document", "tool_result", "tool_use"].contains(type)
        else { return content }
        block["cache_control"] = cached
        return content.dropLast() + [.object(block)]
    }

    private func blocks(of message: ModelMessage) -> (role: String, content: [JSONValue]) {
        switch message {
        case .user(let blocks): ("user", blocks.compactMap(Self.json))
        case .assistant(let blocks): ("assistant", blocks.compactMap(json))
        case .toolResults(let results): ("user", results.map(Self.json))
        }
    }

    private static func json(_ result: ToolResultMessage) -> JSONValue {
        var content = result.content.compactMap { json($0) }
        if content.isEmpty { content = [["type": "text", "text": "(no output)"]] }
        var block: JSONObject = ["type": "tool_result", "tool_use_id": .string(wireID(result.toolID))]
        block["content"] = .array(content)
        if result.isError { block["is_error"] = true }
        return .object(block)
    }

    /// Empty and blank texts are refused by the service.
    private static func json(_ block: ContentBlock) -> JSONValue? {
        switch block {
        case .text(let text): text.isBlank ? nil : ["type": "text", "text": .string(text)]
        case .image(let image): source(image).map { ["type": "image", "source": $0] }
        case .document(let document): source(document).map { ["type": "document", "source": $0] }
        case .other: nil
        }
    }

    /// A document of text goes as text: the service takes only PDF in base64.
    private static func source(_ attachment: ContentBlock.Attachment) -> JSONValue? {
        guard let data = attachment.data else { return nil }
        if attachment.mediaType.hasPrefix("text/"), let bytes = Data(base64Encoded: data) {
            let text = String(decoding: bytes, as: UTF8.self)
            return text.isBlank ? nil : ["type": "text", "media_type": "text/plain", "data": .string(text)]
        }
        return ["type": "base64", "media_type": .string(attachment.mediaType), "data": .string(data)]
    }

    /// Thinking goes back unchanged, and only to the model that signed it: another would refuse the signature.
    private func json(_ block: ModelBlock) -> JSONValue? {
        let own = block.data(of: provider, request.model)
        switch block.content {
        case .text(let text):
            var json: JSONObject = ["type": "text", "text": .string(text)]
            json["citations"] = own?["citations"]
            return text.isBlank ? nil : .object(json)
        case .toolUse(let id, let name, let input):
            let object = input.object == nil ? ["invalid_input": input] : input
            return [
                "type": "tool_use", "id": .string(Self.wireID(id)), "name": .string(name), "input": object,
            ]
        case .thinking(let text):
            guard let signature = own?["signature"] else { return nil }
            return ["type": "thinking", "thinking": .string(text), "signature": signature]
        case .opaque: return own
        }
    }

    /// The service takes letters, digits, `_` and `-`; other providers' ids have dots and colons.
    private static func wireID(_ id: ToolID) -> String {
        let wire = id.rawValue.map { character in
            character.isASCII && (character.isLetter || character.isNumber || "_-".contains(character))
                ? character : "_"
        }
        return wire.isEmpty ? "_" : String(wire)
    }
}
