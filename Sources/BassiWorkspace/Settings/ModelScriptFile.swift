import BassiEvents
import BassiModels
import Foundation
import Yams

/// Reads what a scripted model answers from a YAML file; the guide describes the form.
public enum ModelScriptFile {
    /// The script in a file.
    ///
    /// - Throws: ``SettingsError``.
    public static func read(_ path: String) throws(SettingsError) -> ModelScript {
        guard let file = try SettingsFile(path: path) else {
            throw SettingsError(file: path, line: nil, problem: "there is no such file")
        }
        return try script(file)
    }

    static func script(_ file: SettingsFile) throws(SettingsError) -> ModelScript {
        var answers: [ScriptedAnswer] = []
        for (_, value) in try file.root.members(known: ["answers"]) {
            for element in try value.elements("a list of answers") { answers.append(try answer(element)) }
        }
        guard !answers.isEmpty else { throw file.root.problem("a script needs 'answers', a list with at least one") }
        return ModelScript(answers)
    }

    private static func answer(_ node: SettingsNode) throws(SettingsError) -> ScriptedAnswer {
        var answer = ScriptedAnswer()
        let known = [
            "text", "thinking", "tools", "stop_reason", "usage", "delay_ms", "error", "cut_after", "reset_after",
            "stall_after",
        ]
        for (key, value) in try node.members(known: known) {
            switch key {
            case "text": answer.text = try value.string()
            case "thinking": answer.thinking = try value.string()
            case "tools":
                for element in try value.elements("a list of calls") { answer.tools.append(try call(element)) }
            case "stop_reason": answer.stopReason = try value.word(StopReason.self)
            case "usage": answer.usage = try usage(value)
            case "delay_ms": answer.delayMilliseconds = try value.count()
            case "error": answer.failure = try error(value)
            case "reset_after": answer.failure = .reset(afterPieces: try value.count())
            case "cut_after": answer.failure = .cut(afterPieces: try value.count())
            default: answer.failure = .stall(afterPieces: try value.count())
            }
        }
        return answer
    }

    private static func call(_ node: SettingsNode) throws(SettingsError) -> ScriptedCall {
        var (name, id, input): (String?, ToolID?, JSONValue) = (nil, nil, [:])
        for (key, value) in try node.members(known: ["name", "id", "input"]) {
            switch key {
            case "name": name = try value.string()
            case "id": id = ToolID(try value.string())
            default: input = JSONValue(yaml: value.node)
            }
        }
        guard let name else { throw node.problem("'\(node.key)' needs the 'name' of a tool") }
        return ScriptedCall(name, input, id: id)
    }

    private static func usage(_ node: SettingsNode) throws(SettingsError) -> Usage {
        var usage = Usage()
        let known = ["input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens", "reasoning_tokens"]
        for (key, value) in try node.members(known: known) {
            let count = try value.count()
            switch key {
            case "input_tokens": usage.inputTokens = count
            case "output_tokens": usage.outputTokens = count
            case "cache_read_tokens": usage.cacheReadTokens = count
            case "reasoning_tokens": usage.reasoningTokens = count
            default: usage.cacheWriteTokens = count
            }
        }
        return usage
    }

    private static func error(_ node: SettingsNode) throws(SettingsError) -> ScriptedFailure {
        var (status, type, message, retryAfter): (Int, String, String, String?) = (500, "server", "scripted", nil)
        var after: Int?
        for (key, value) in try node.members(known: ["status", "type", "message", "retry_after", "after"]) {
            switch key {
            case "status": status = try value.count()
            case "type": type = try value.string()
            case "message": message = try value.string()
            case "after": after = try value.count()
            default: retryAfter = try value.string()
            }
        }
        // Inside the answer there is no status.
        if let after { return .errorEvent(type: type, message: message, afterPieces: after) }
        return .status(status, type: type, message: message, retryAfter: retryAfter)
    }
}

extension JSONValue {
    /// The same value in JSON, keys in the order of the document.
    init(yaml node: Node) {
        switch node {
        case .mapping(let mapping):
            self = .object(
                JSONObject(
                    mapping.map { JSONObject.Member(key: $0.key.string ?? "", value: JSONValue(yaml: $0.value)) }))
        case .sequence(let sequence): self = .array(sequence.map { JSONValue(yaml: $0) })
        case .alias: self = .null
        case .scalar(let scalar):
            // A quoted scalar is a text, whatever it looks like.
            if scalar.style != .plain { self = .string(scalar.string) } else { self = Self.plain(node, scalar.string) }
        }
    }

    private static func plain(_ node: Node, _ text: String) -> JSONValue {
        if node.null != nil { return .null }
        if let bool = node.bool { return .bool(bool) }
        if let int = node.int { return .number(JSONNumber(int)) }
        if let number = node.float.flatMap({ JSONNumber($0) }) { return .number(number) }
        return .string(text)
    }
}
