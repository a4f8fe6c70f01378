import BassiEvents
import BassiModels

/// Writes a scripted answer as Chat Completions does, streamed or whole, in a dialect.
struct ChatAnswer {
    let answer: ScriptedAnswer
    let dialect: ChatDialect
    /// The id of the completion, `chatcmpl-0001`.
    let id: String
    /// The ids of the answer's tool calls, in order.
    let toolIDs: [String]
    /// The body of the request, which has been checked.
    let request: JSONValue

    /// The reply to the request.
    func reply(headers: [HeaderField]) -> ServerReply {
        if request["stream"]?.bool == true {
            return stream.reply(to: answer, headers: headers) { type, message, _ in
                Self.line(Self.error(type: type, message: message, param: nil, code: type).text)
            }
        }
        return AnswerStream.wholeReply(completion.encoded, to: answer, headers: headers) { type, message in
            Self.errorReply(status: 500, type: type, message: message, code: type, headers: headers)
        }
    }

    private var finishReason: JSONValue {
        switch answer.effectiveStopReason {
        case .toolUse: dialect.finishesWithStop ? "stop" : "tool_calls"
        case .maxTokens, .contextExceeded: "length"
        case .refusal: "content_filter"
        case .endTurn, .stopSequence, .pauseTurn: "stop"
        }
    }

    /// All that went in, cached or not, is the prompt here; Anthropic counts it apart.
    private var usage: JSONValue {
        let usage = answer.usage
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        let prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
        return [
            "prompt_tokens": number(prompt), "completion_tokens": number(usage.outputTokens),
            "total_tokens": number(prompt + usage.outputTokens),
            "prompt_tokens_details": [
                "cached_tokens": number(usage.cacheReadTokens), "cache_write_tokens": number(usage.cacheWriteTokens),
            ],
            "completion_tokens_details": ["reasoning_tokens": number(usage.reasoningTokens)],
        ]
    }

    private func envelope(_ object: String, choices: JSONValue) -> JSONObject {
        JSONObject([
            .init(key: "id", value: .string(id)), .init(key: "object", value: .string(object)),
            .init(key: "created", value: 1_790_000_000), .init(key: "model", value: request["model"] ?? ""),
            .init(key: "choices", value: choices),
        ])
    }
}

extension ChatAnswer {
    /// The whole completion.
    private var completion: JSONValue {
        var message = JSONObject([
            .init(key: "role", value: "assistant"),
            .init(key: "content", value: answer.text.map { .string($0) } ?? .null),
            .init(key: "refusal", value: nil),
        ])
        if let field = dialect.reasoningField, let thinking = answer.thinking { message[field] = .string(thinking) }
        if !answer.tools.isEmpty {
            message["tool_calls"] = .array(zip(answer.tools, toolIDs).map { .object(wholeCall($0, id: $1)) })
        }
        let choice: JSONValue = ["index": 0, "message": .object(message), "finish_reason": finishReason]
        var completion = envelope("chat.completion", choices: [choice])
        completion["usage"] = usage
        return .object(completion)
    }

    private func wholeCall(_ call: ScriptedCall, id: String) -> JSONObject {
        var members = JSONObject()
        if !dialect.omitsToolIDs { members["id"] = .string(id) }
        members["type"] = "function"
        let arguments = dialect.sendsObjectArguments ? call.input : .string(call.argumentText)
        members["function"] = ["name": .string(call.name), "arguments": arguments]
        return members
    }
}

extension ChatAnswer {
    /// The chunks, in the order in which the service sends them.
    private var stream: AnswerStream {
        var stream = AnswerStream()
        let opening: JSONValue = answer.text == nil ? nil : ""
        stream.head = [chunk(["role": "assistant", "content": opening])]
        if let field = dialect.reasoningField, let thinking = answer.thinking {
            stream.body += ModelScript.pieces(of: thinking).map {
                chunk(.object(JSONObject([.init(key: field, value: .string($0))])))
            }
        }
        stream.body += ModelScript.pieces(of: answer.text ?? "").map {
            chunk(["content": .string($0)], .textPiece)
        }
        for (index, (call, id)) in zip(answer.tools, toolIDs).enumerated() {
            stream.body += callChunks(call, id: id, index: dialect.zeroesIndices ? 0 : index)
        }
        stream.tail = [chunk([:], finish: finishReason)]
        if asksForUsage, !dialect.sendsUsageWithFinish {
            var last = envelope("chat.completion.chunk", choices: [])
            last["usage"] = usage
            stream.tail.append(.init(bytes: Self.line(JSONValue.object(last).text)))
        }
        if dialect.sendsDone { stream.tail.append(.init(bytes: Self.line("[DONE]"))) }
        return stream
    }

    private var asksForUsage: Bool { request["stream_options"]?["include_usage"]?.bool == true }

    private func callChunks(_ call: ScriptedCall, id: String, index: Int) -> [AnswerStream.Event] {
        func chunk(_ members: [JSONObject.Member]) -> AnswerStream.Event {
            let index = JSONObject.Member(key: "index", value: .number(JSONNumber(index)))
            return self.chunk(["tool_calls": [.object(JSONObject([index] + members))]], .toolFragment)
        }
        var first = wholeCall(call, id: id)
        if dialect.sendsWholeCalls || dialect.sendsObjectArguments { return [chunk(first.members)] }
        first["function"] = ["name": .string(call.name), "arguments": ""]
        return [chunk(first.members)]
            + call.argumentFragments.map { [chunk([.init(key: "function", value: ["arguments": .string($0)])])] }
            .joined()
    }

    /// One chunk with its delta. When usage was asked for, all chunks but the last say `null`.
    private func chunk(
        _ delta: JSONValue, _ kind: AnswerStream.Event.Kind = .frame, finish: JSONValue = nil
    ) -> AnswerStream.Event {
        let choice: JSONValue = ["index": 0, "delta": delta, "logprobs": nil, "finish_reason": finish]
        var chunk = envelope("chat.completion.chunk", choices: [choice])
        if asksForUsage { chunk["usage"] = JSONValue.null }
        if dialect.sendsUsageWithFinish, !finish.isNull { chunk["usage"] = usage }
        return AnswerStream.Event(bytes: Self.line(JSONValue.object(chunk).text), kind: kind)
    }

    private static func line(_ data: String) -> [UInt8] { Array("data: \(data)\n\n".utf8) }
}

extension ChatAnswer {
    /// The body of an error.
    static func error(type: String, message: String, param: String?, code: String?) -> JSONValue {
        [
            "error": [
                "message": .string(message), "type": .string(type), "param": param.map { .string($0) } ?? .null,
                "code": code.map { .string($0) } ?? .null,
            ]
        ]
    }

    /// An error instead of an answer.
    static func errorReply(
        status: Int, type: String, message: String, param: String? = nil, code: String? = nil, headers: [HeaderField]
    ) -> ServerReply {
        let body = error(type: type, message: message, param: param, code: code)
        return .json(status: status, body.encoded, headers: headers)
    }
}
