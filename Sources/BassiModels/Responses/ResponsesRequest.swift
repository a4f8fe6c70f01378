import BassiEvents
import Foundation

/// The body of a Responses request: the whole conversation, since nothing of it is kept at the service.
struct ResponsesRequest {
    let request: ModelRequest
    let provider: String
    let reasons: Bool

    var json: JSONValue {
        var body: JSONObject = ["model": .string(request.model)]
        if let system = request.systemPrompt, !system.isBlank { body["instructions"] = .string(system) }
        body["input"] = .array(input)
        if !request.tools.isEmpty { body["tools"] = .array(request.tools.map(Self.json)) }
        if let name = request.forcedTool { body["tool_choice"] = ["type": "function", "name": .string(name)] }
        if let schema = request.outputSchema { body["text"] = ["format": Self.format(OutputFormat.plain(schema))] }
        if reasons {
            body["reasoning"] = ["summary": "auto"]
            // Models that do not reason refuse it; those that nobody knows give it by themselves.
            body["include"] = ["reasoning.encrypted_content"]
        }
        body["max_output_tokens"] = .number(JSONNumber(request.outputTokensMax))
        body["store"] = false
        body["stream"] = true
        return .object(body)
    }

    /// Without the word the service would take a schema as strict, and many tools' schemas are not.
    private static func json(_ tool: ToolDescription) -> JSONValue {
        [
            "type": "function", "name": .string(tool.name), "description": .string(tool.description),
            "parameters": tool.inputSchema, "strict": false,
        ]
    }

    private static func format(_ schema: JSONValue) -> JSONValue {
        [
            "type": "json_schema", "name": .string(OutputFormat.name), "schema": schema,
            "strict": .bool(OutputFormat.isStrict(schema)),
        ]
    }

    // MARK: - Items

    private var input: [JSONValue] {
        var items: [JSONValue] = []
        var (results, said): ([ToolResultMessage], [ContentBlock]) = ([], [])
        /// Nothing may come between the calls and their results, whatever a person said while the tools ran.
        func endTurn() {
            items += results.map(Self.output)
            if let message = Self.user(said) { items.append(message) }
            (results, said) = ([], [])
        }
        for message in request.messages {
            switch message {
            case .user(let blocks): said += blocks
            case .toolResults(let more): results += more
            case .assistant(let blocks):
                let answer = ResponsesAnswerItems(blocks, provider: provider, model: request.model).items
                if answer.isEmpty { continue }
                endTurn()
                items += answer
            }
        }
        endTurn()
        return items
    }

    /// Plain text as a string, which every server takes; parts only where there is more than text.
    private static func user(_ blocks: [ContentBlock]) -> JSONValue? {
        let parts = blocks.compactMap(part)
        if parts.isEmpty { return nil }
        let content = plain(parts).map { .string($0) } ?? JSONValue.array(parts)
        return ["type": "message", "role": "user", "content": content]
    }

    /// An output has no mark for a failure, so that its text says it.
    private static func output(_ result: ToolResultMessage) -> JSONValue {
        var parts = result.content.compactMap(part)
        if parts.isEmpty { parts = [text("(no output)")] }
        if result.isError {
            if let first = parts[0]["text"]?.string {
                parts[0] = text("Error: \(first)")
            } else {
                parts.insert(text("Error:"), at: 0)
            }
        }
        return [
            "type": "function_call_output", "call_id": .string(wireID(result.toolID)),
            "output": plain(parts).map { .string($0) } ?? .array(parts),
        ]
    }

    private static func plain(_ parts: [JSONValue]) -> String? {
        let texts = parts.compactMap { $0["text"]?.string }
        return texts.count == parts.count ? texts.joined(separator: "\n") : nil
    }

    private static func text(_ text: String) -> JSONValue { ["type": "input_text", "text": .string(text)] }

    /// A document of text goes as text: not every model reads such a file.
    private static func part(_ block: ContentBlock) -> JSONValue? {
        switch block {
        case .text(let said):
            if said.isBlank { return nil }
            return text(said)
        case .image(let image):
            guard let data = image.data else { return nil }
            return [
                "type": "input_image", "image_url": .string("data:\(image.mediaType);base64,\(data)"), "detail": "auto",
            ]
        case .document(let document):
            guard let data = document.data else { return nil }
            if document.mediaType.hasPrefix("text/"), let bytes = Data(base64Encoded: data) {
                let words = String(decoding: bytes, as: UTF8.self)
                if words.isBlank { return nil }
                return text((document.name.map { "\($0):\n" } ?? "") + words)
            }
            return [
                "type": "input_file", "filename": .string(document.name ?? "document"),
                "file_data": .string("data:\(document.mediaType);base64,\(data)"),
            ]
        case .other: return nil
        }
    }

    /// The id of a call as the service takes it, the same for the call and its output: at most 64 letters, digits, `_`
    /// and `-`. What other providers' ids have beyond that is replaced, and a hash keeps them apart.
    static func wireID(_ id: ToolID) -> String {
        let raw = id.rawValue
        let plain = String(raw.unicodeScalars.map { Self.idCharacters.contains($0) ? Character($0) : "_" })
        if plain == raw, (1...64).contains(raw.utf8.count) { return raw }
        let digits = String(raw.stableHash, radix: 16)
        return "\(plain.prefix(47))_" + String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static let idCharacters = Set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-".unicodeScalars)
}
