import BassiEvents
import BassiModels

/// Writes a scripted answer as OpenAI's Responses does, streamed or whole.
struct ResponsesAnswer {
    let answer: ScriptedAnswer
    /// The number of the answer, which is in all its ids: `0001`.
    let number: String
    /// The ids of the answer's tool calls, in order.
    let toolIDs: [String]
    /// The body of the request, which has been checked.
    let request: JSONValue

    /// The reply to the request.
    func reply(headers: [HeaderField]) -> ServerReply {
        if request["stream"]?.bool == true {
            return stream.reply(to: answer, headers: headers) { type, message, sent in
                Self.numbered([failure(type: type, message: message)], from: sent)[0].bytes
            }
        }
        return AnswerStream.wholeReply(
            response(status: endStatus, output: wholeItems, usage: usage).encoded, to: answer, headers: headers
        ) { type, message in
            guard Self.failureCodes.contains(type) else {
                return ChatAnswer.errorReply(status: 500, type: type, message: message, code: type, headers: headers)
            }
            return .json(failed(code: type, message: message).encoded, headers: headers)
        }
    }

    private var items: [ResponsesOutputItem] {
        ResponsesOutputItem.items(of: answer, number: number, toolIDs: toolIDs, request: request)
    }

    private var wholeItems: [JSONValue] { items.map(\.whole) }

    // MARK: - The response

    private var endStatus: String {
        switch answer.effectiveStopReason {
        case .maxTokens, .contextExceeded: "incomplete"
        case .refusal: answer.text == nil ? "incomplete" : "completed"
        case .endTurn, .toolUse, .stopSequence, .pauseTurn: "completed"
        }
    }

    /// The request is said again in its answer.
    private func response(status: String, output: [JSONValue], usage: JSONValue = nil) -> JSONValue {
        let isIncomplete = status == "incomplete"
        let reason: JSONValue =
            answer.effectiveStopReason == .refusal
            ? ["reason": "content_filter"] : ["reason": "max_output_tokens"]
        func said(_ key: String, or standard: JSONValue = nil) -> JSONValue { request[key] ?? standard }
        let effort = request["reasoning"]?["effort"] ?? nil
        return [
            "id": .string("resp_\(number)"), "object": "response", "created_at": 1_790_000_000,
            "status": .string(status),
            "background": false, "completed_at": status == "completed" ? 1_790_000_001 : nil, "error": nil,
            "incomplete_details": isIncomplete ? reason : nil, "instructions": said("instructions"),
            "max_output_tokens": said("max_output_tokens"), "max_tool_calls": said("max_tool_calls"),
            "model": said("model"), "output": .array(output),
            "parallel_tool_calls": said("parallel_tool_calls", or: true), "previous_response_id": nil,
            "prompt_cache_key": said("prompt_cache_key"),
            "reasoning": ["effort": effort, "summary": request["reasoning"]?["summary"] ?? nil],
            "service_tier": "default", "store": said("store", or: true), "temperature": said("temperature", or: 1),
            "text": said("text", or: ["format": ["type": "text"]]), "tool_choice": said("tool_choice", or: "auto"),
            "tools": said("tools", or: []), "top_logprobs": 0, "top_p": said("top_p", or: 1),
            "truncation": said("truncation", or: "disabled"), "usage": usage, "user": nil,
            "metadata": said("metadata", or: [:]),
        ]
    }

    /// All that went in, cached or not, is the input here; Anthropic counts it apart.
    private var usage: JSONValue {
        let usage = answer.usage
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        let input = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
        return [
            "input_tokens": number(input),
            "input_tokens_details": [
                "cached_tokens": number(usage.cacheReadTokens), "cache_write_tokens": number(usage.cacheWriteTokens),
            ],
            "output_tokens": number(usage.outputTokens),
            "output_tokens_details": ["reasoning_tokens": number(usage.reasoningTokens)],
            "total_tokens": number(input + usage.outputTokens),
        ]
    }

    // MARK: - Failures

    /// What a response can fail with, by itself; other errors come as an event of their own.
    static let failureCodes: Set<String> = [
        "server_error", "rate_limit_exceeded", "invalid_prompt", "data_residency_mismatch", "bio_policy",
        "misalignment_policy_violation", "vector_store_timeout", "context_length_exceeded", "insufficient_quota",
    ]

    private func failed(code: String, message: String) -> JSONValue {
        var response = response(status: "failed", output: []).object ?? [:]
        response["error"] = ["code": .string(code), "message": .string(message)]
        return .object(response)
    }

    private func failure(type: String, message: String) -> ResponsesEvent {
        if Self.failureCodes.contains(type) {
            return ResponsesEvent("response.failed", ["response": failed(code: type, message: message)])
        }
        return ResponsesEvent("error", ["code": .string(type), "message": .string(message), "param": nil])
    }
}

/// An event before its number is known.
struct ResponsesEvent {
    let type: String
    let members: JSONObject
    let kind: AnswerStream.Event.Kind

    init(_ type: String, _ members: JSONObject, _ kind: AnswerStream.Event.Kind = .frame) {
        (self.type, self.members, self.kind) = (type, members, kind)
    }
}

extension ResponsesAnswer {
    /// The events, in the order in which the service sends them.
    private var stream: AnswerStream {
        let begun = response(status: "in_progress", output: [])
        let head = ["created", "in_progress"].map { ResponsesEvent("response.\($0)", ["response": begun]) }
        let body = items.enumerated().flatMap { $1.events(at: $0) }
        let whole = response(status: endStatus, output: wholeItems, usage: usage)
        let tail = [ResponsesEvent("response.\(endStatus)", ["response": whole])]
        var stream = AnswerStream()
        stream.head = Self.numbered(head, from: 0)
        stream.body = Self.numbered(body, from: head.count)
        stream.tail = Self.numbered(tail, from: head.count + body.count)
        return stream
    }

    private static func numbered(_ events: [ResponsesEvent], from first: Int) -> [AnswerStream.Event] {
        events.enumerated().map { offset, event in
            let head: JSONObject = [
                "type": .string(event.type), "sequence_number": .number(JSONNumber(first + offset)),
            ]
            let json = JSONValue.object(JSONObject(head.members + event.members.members))
            return AnswerStream.Event(
                bytes: Array("event: \(event.type)\ndata: \(json.text)\n\n".utf8), kind: event.kind)
        }
    }
}
