import BassiEvents

/// A line of a recording that does not say what its type says.
struct MalformedLine: Error {
    /// What is wrong, as the end of a sentence.
    let problem: String
}

/// Reads what ``RecordedForm`` writes.
extension RecordedForm {
    static func part(_ line: JSONValue) throws(MalformedLine) -> ModelPart {
        switch line["part"]?.string {
        case "message_started":
            .messageStarted(id: MessageID(try text("message_id", line)), usage: try usage(line))
        case "block_started": .blockStarted(index: try int("index", line), try start(line))
        case "delta": .delta(index: try int("index", line), try text("text", line))
        case "block_ended": .blockEnded(index: try int("index", line), try block(try member("block", line)))
        case "completed":
            .completed(try word("stop_reason", line, StopReason.self), try usage(line))
        default: throw MalformedLine(problem: "its 'part' is none that this program knows")
        }
    }

    private static func start(_ line: JSONValue) throws(MalformedLine) -> BlockStart {
        switch line["kind"]?.string {
        case "text": .text
        case "thinking": .thinking
        case "tool_use": .toolUse(ToolID(try text("tool_id", line)), name: try text("tool_name", line))
        case "opaque": .opaque
        default: throw MalformedLine(problem: "its 'kind' is none that this program knows")
        }
    }

    private static func block(_ json: JSONValue) throws(MalformedLine) -> ModelBlock {
        let content: ModelBlock.Content
        switch json["type"]?.string {
        case "text": content = .text(try text("text", json))
        case "thinking": content = .thinking(try text("thinking", json))
        case "tool_use":
            content = .toolUse(
                ToolID(try text("tool_id", json)), name: try text("tool_name", json),
                input: try member("tool_input", json))
        case "opaque": content = .opaque
        default: throw MalformedLine(problem: "the 'type' of its block is none that this program knows")
        }
        return ModelBlock(content, providerData: json["provider_data"].flatMap { ProviderData(json: $0) })
    }

    static func error(_ json: JSONValue) throws(MalformedLine) -> ModelError {
        ModelError(
            try word("kind", json, ModelError.Kind.self), try text("message", json),
            status: json["status"]?.int64.map { Int($0) },
            retryAfter: json["retry_after_ms"]?.int64.map { .milliseconds($0) },
            shouldRetry: json["should_retry"]?.bool)
    }

    private static func usage(_ json: JSONValue) throws(MalformedLine) -> Usage {
        guard let usage = Usage(json: try member("usage", json)) else {
            throw MalformedLine(problem: "its 'usage' counts no tokens")
        }
        return usage
    }

    static func member(_ key: String, _ json: JSONValue) throws(MalformedLine) -> JSONValue {
        guard let value = json[key] else { throw MalformedLine(problem: "it has no '\(key)'") }
        return value
    }

    static func text(_ key: String, _ json: JSONValue) throws(MalformedLine) -> String {
        guard let text = json[key]?.string else { throw MalformedLine(problem: "its '\(key)' is no text") }
        return text
    }

    static func int(_ key: String, _ json: JSONValue) throws(MalformedLine) -> Int {
        guard let number = json[key]?.int64, let int = Int(exactly: number) else {
            throw MalformedLine(problem: "its '\(key)' is no whole number")
        }
        return int
    }

    private static func word<Word: RawRepresentable<String>>(
        _ key: String, _ json: JSONValue, _ type: Word.Type
    ) throws(MalformedLine) -> Word {
        guard let word = Word(rawValue: try text(key, json)) else {
            throw MalformedLine(problem: "its '\(key)' is none that this program knows")
        }
        return word
    }
}
