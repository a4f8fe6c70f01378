import BassiEvents
import BassiModels

/// Writes a scripted answer as Anthropic Messages does, streamed or whole.
struct AnthropicAnswer {
    let answer: ScriptedAnswer
    /// The id of the message, `msg_0001`.
    let id: String
    /// The ids of the answer's tool calls, in order.
    let toolIDs: [String]
    /// The body of the request, which has been checked.
    let request: JSONValue

    /// The reply to the request.
    func reply(headers: [HeaderField]) -> ServerReply {
        if request["stream"]?.bool == true {
            return stream.reply(to: answer, headers: headers) { type, message, _ in
                Self.event("error", Self.error(type: type, message: message, requestID: nil)).bytes
            }
        }
        return AnswerStream.wholeReply(message.encoded, to: answer, headers: headers) { type, message in
            Self.errorReply(status: Self.status(of: type), type: type, message: message, headers: headers)
        }
    }

    private var model: JSONValue { request["model"] ?? "" }

    /// The thinking as it is shown: nothing when the request asks to omit it.
    private var shownThinking: String? {
        guard let thinking = answer.thinking else { return nil }
        return request["thinking"]?["display"]?.string == "omitted" ? "" : thinking
    }
}

extension AnthropicAnswer {
    /// The whole message.
    private var message: JSONValue {
        var content: [JSONValue] = []
        if let thinking = shownThinking {
            let signature = JSONValue.string(ThinkingSignature.of(thinking))
            content.append(["type": "thinking", "thinking": .string(thinking), "signature": signature])
        }
        if let text = answer.text { content.append(["type": "text", "text": .string(text), "citations": nil]) }
        for (call, id) in zip(answer.tools, toolIDs) {
            content.append(["type": "tool_use", "id": .string(id), "name": .string(call.name), "input": call.input])
        }
        return skeleton(content: .array(content), ending: ending, usage: endUsage)
    }

    private func skeleton(content: JSONValue, ending: JSONObject, usage: JSONValue) -> JSONValue {
        let start: JSONValue = [
            "id": .string(id), "type": "message", "role": "assistant", "model": model, "content": content,
        ]
        let members = (start.object?.members ?? []) + ending.members
        return .object(JSONObject(members + [.init(key: "usage", value: usage)]))
    }

    /// Why the answer stops, as the members of a message or of `message_delta`.
    private var ending: JSONObject {
        let reason = answer.effectiveStopReason
        let word = reason == .contextExceeded ? "model_context_window_exceeded" : reason.rawValue
        let sequence = reason == .stopSequence ? request["stop_sequences"]?.array?.first ?? .null : .null
        var members = JSONObject([
            .init(key: "stop_reason", value: .string(word)), .init(key: "stop_sequence", value: sequence),
        ])
        if reason == .refusal {
            members["stop_details"] = ["type": "refusal", "category": nil, "explanation": nil]
        }
        return members
    }

    private func usage(outputTokens: Int) -> JSONObject {
        let usage = answer.usage
        let members: [(String, Int)] = [
            ("input_tokens", usage.inputTokens), ("cache_creation_input_tokens", usage.cacheWriteTokens),
            ("cache_read_input_tokens", usage.cacheReadTokens), ("output_tokens", outputTokens),
        ]
        return JSONObject(members.map { .init(key: $0.0, value: .number(JSONNumber($0.1))) })
    }

    private var startUsage: JSONValue {
        var usage = usage(outputTokens: min(1, answer.usage.outputTokens))
        let written = JSONValue.number(JSONNumber(answer.usage.cacheWriteTokens))
        usage["cache_creation"] = ["ephemeral_5m_input_tokens": written, "ephemeral_1h_input_tokens": 0]
        usage["service_tier"] = "standard"
        return .object(usage)
    }

    private var endUsage: JSONValue {
        var usage = usage(outputTokens: answer.usage.outputTokens)
        let thought = answer.usage.reasoningTokens
        if thought > 0 { usage["output_tokens_details"] = ["thinking_tokens": .number(JSONNumber(thought))] }
        return .object(usage)
    }
}

extension AnthropicAnswer {
    /// The events, in the order in which the service sends them.
    private var stream: AnswerStream {
        let noEnding = JSONObject([.init(key: "stop_reason", value: nil), .init(key: "stop_sequence", value: nil)])
        let start = skeleton(content: [], ending: noEnding, usage: startUsage)
        var stream = AnswerStream()
        stream.head = [Self.event("message_start", ["message": start]), Self.event("ping", [:])]
        var index = 0
        if let thinking = shownThinking {
            stream.body += thinkingEvents(thinking, at: index)
            index += 1
        }
        if let text = answer.text {
            stream.body += textEvents(text, at: index)
            index += 1
        }
        for (call, id) in zip(answer.tools, toolIDs) {
            stream.body += toolEvents(call, id: id, at: index)
            index += 1
        }
        let delta: JSONValue = ["delta": .object(ending), "usage": endUsage]
        stream.tail = [Self.event("message_delta", delta), Self.event("message_stop", [:])]
        return stream
    }

    private func thinkingEvents(_ thinking: String, at index: Int) -> [AnswerStream.Event] {
        var deltas = ModelScript.pieces(of: thinking).map {
            Self.delta(["type": "thinking_delta", "thinking": .string($0)], at: index)
        }
        let signature = JSONValue.string(ThinkingSignature.of(thinking))
        deltas.append(Self.delta(["type": "signature_delta", "signature": signature], at: index))
        return Self.block(["type": "thinking", "thinking": "", "signature": ""], at: index, deltas)
    }

    private func textEvents(_ text: String, at index: Int) -> [AnswerStream.Event] {
        let deltas = ModelScript.pieces(of: text).map {
            Self.delta(["type": "text_delta", "text": .string($0)], at: index, .textPiece)
        }
        return Self.block(["type": "text", "text": ""], at: index, deltas)
    }

    /// The first fragment is empty, as the service's is; a call without arguments has no other.
    private func toolEvents(_ call: ScriptedCall, id: String, at index: Int) -> [AnswerStream.Event] {
        let fragments = call.input == [:] ? [""] : [""] + call.argumentFragments
        let deltas = fragments.map {
            Self.delta(["type": "input_json_delta", "partial_json": .string($0)], at: index, .toolFragment)
        }
        let start: JSONValue = ["type": "tool_use", "id": .string(id), "name": .string(call.name), "input": [:]]
        return Self.block(start, at: index, deltas)
    }

    private static func block(
        _ start: JSONValue, at index: Int, _ deltas: [AnswerStream.Event]
    ) -> [AnswerStream.Event] {
        let number = JSONValue.number(JSONNumber(index))
        return [event("content_block_start", ["index": number, "content_block": start])] + deltas
            + [event("content_block_stop", ["index": number])]
    }

    private static func delta(
        _ delta: JSONValue, at index: Int, _ kind: AnswerStream.Event.Kind = .frame
    ) -> AnswerStream.Event {
        event("content_block_delta", ["index": .number(JSONNumber(index)), "delta": delta], kind)
    }

    /// One event; its data begins with the type, whose name is the event's.
    private static func event(
        _ name: String, _ data: JSONValue, _ kind: AnswerStream.Event.Kind = .frame
    ) -> AnswerStream.Event {
        let own = JSONObject.Member(key: "type", value: .string(name))
        let rest = (data.object?.members ?? []).filter { $0.key != "type" }
        let json = JSONValue.object(JSONObject([own] + rest))
        return AnswerStream.Event(bytes: Array("event: \(name)\ndata: \(json.text)\n\n".utf8), kind: kind)
    }
}

extension AnthropicAnswer {
    /// The body of an error.
    static func error(type: String, message: String, requestID: String?) -> JSONValue {
        var body = JSONObject([
            .init(key: "type", value: "error"),
            .init(key: "error", value: ["type": .string(type), "message": .string(message)]),
        ])
        if let requestID { body["request_id"] = .string(requestID) }
        return .object(body)
    }

    /// An error instead of an answer.
    static func errorReply(status: Int, type: String, message: String, headers: [HeaderField]) -> ServerReply {
        let id = headers.first { $0.name == "request-id" }?.value
        return .json(status: status, error(type: type, message: message, requestID: id).encoded, headers: headers)
    }

    /// The status that goes with an error's type.
    private static func status(of type: String) -> Int {
        switch type {
        case "overloaded_error": 529
        case "rate_limit_error": 429
        case "invalid_request_error": 400
        case "timeout_error": 504
        default: 500
        }
    }
}
