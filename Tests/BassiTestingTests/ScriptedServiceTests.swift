import BassiEvents
import BassiModels
import Testing

@testable import BassiTesting

/// Both services without their socket.
@Suite struct ScriptedServiceTests {
    static let rich = ScriptedAnswer(
        text: "Let me see.", thinking: "Read it.",
        tools: [ScriptedCall("read", ["path": "é/long/name.txt"]), ScriptedCall("list", [:])],
        usage: Usage(inputTokens: 10, outputTokens: 50, cacheReadTokens: 7, cacheWriteTokens: 3, reasoningTokens: 4))

    @Test func `Anthropic's events come in the service's order`() throws {
        var service = ScriptedService(ModelScript([Self.rich]))
        let events = try service.reply(to: .anthropic()).events
        let names = events.map(\.event)
        let call = ["content_block_start"] + Array(repeating: "content_block_delta", count: 4) + ["content_block_stop"]
        #expect(
            names == ["message_start", "ping"]
                + ["content_block_start"] + Array(repeating: "content_block_delta", count: 3) + ["content_block_stop"]
                + ["content_block_start"] + Array(repeating: "content_block_delta", count: 3) + ["content_block_stop"]
                + call + ["content_block_start", "content_block_delta", "content_block_stop"]
                + ["message_delta", "message_stop"])
        let data = try events.map { try JSONParser.parse($0.data) }
        #expect(zip(data, names).allSatisfy { $0["type"]?.string == $1 })
        #expect(data[0]["message"]?["usage"]?["cache_read_input_tokens"] == 7)
        #expect(data[0]["message"]?["usage"]?["output_tokens"] == 1)
        #expect(data[5]["delta"]?["signature"]?.string == ThinkingSignature.of("Read it."))
        #expect(data[12]["content_block"] == ["type": "tool_use", "id": "toolu_0001", "name": "read", "input": [:]])
        let fragments = data[13...16].compactMap { $0["delta"]?["partial_json"]?.string }
        #expect(fragments.first == "" && fragments.joined() == #"{"path":"é/long/name.txt"}"#)
        let end = try #require(data.dropLast().last)
        #expect(end["delta"] == ["stop_reason": "tool_use", "stop_sequence": nil])
        #expect(end["usage"]?["output_tokens"] == 50)
    }

    @Test func `Chat Completions' chunks come in the service's order`() throws {
        var service = ScriptedService(ModelScript([Self.rich]))
        let events = try service.reply(to: .chat()).events
        #expect(events.allSatisfy { $0.event == "message" } && events.last?.data == "[DONE]")
        let data = try events.dropLast().map { try JSONParser.parse($0.data) }
        let deltas = data.compactMap { $0["choices"]?.array?.first?["delta"] }
        #expect(deltas[0] == ["role": "assistant", "content": ""])
        #expect(deltas.compactMap { $0["content"]?.string }.joined() == "Let me see.")
        let calls = deltas.compactMap { $0["tool_calls"]?.array?.first }
        #expect(calls[0]["id"] == "call_0001" && calls[0]["function"] == ["name": "read", "arguments": ""])
        let first = calls.filter { $0["index"] == 0 }.compactMap { $0["function"]?["arguments"]?.string }
        #expect(first.joined() == #"{"path":"é/long/name.txt"}"# && first.count > 3)
        #expect(data[data.count - 2]["choices"]?.array?.first?["finish_reason"] == "tool_calls")
        let usage = try #require(data.last?["usage"])
        #expect(usage["prompt_tokens"] == 20 && usage["total_tokens"] == 70 && data.last?["choices"] == [])
        #expect(data.dropLast().allSatisfy { $0["usage"] == JSONValue.null })
        #expect(!deltas.contains { $0["reasoning_content"] != nil })
    }

    @Test func `usage and DONE come only when they are to`() throws {
        var options = ScriptedServerOptions()
        options.chat.sendsDone = false
        var service = ScriptedService(ModelScript([Self.rich]), options)
        let events = try service.reply(to: .chat(#""stream":true"#)).events
        #expect(!events.contains { $0.data.contains("usage") || $0.data == "[DONE]" })
    }

    @Test func `a dialect shows in the calls`() throws {
        var options = ScriptedServerOptions(chat: .ollama)
        options.chat.sendsObjectArguments = true
        options.chat.sendsUsageWithFinish = true
        var service = ScriptedService(ModelScript([Self.rich]), options)
        let events = try service.reply(to: .chat(#""stream":true"#)).events
        let data = try events.dropLast().map { try JSONParser.parse($0.data) }
        let deltas = data.compactMap { $0["choices"]?.array?.first?["delta"] }
        #expect(deltas.compactMap { $0["reasoning"]?.string }.joined() == "Read it.")
        let calls = deltas.compactMap { $0["tool_calls"]?.array?.first }
        #expect(calls.count == 2 && calls.allSatisfy { $0["index"] == 0 && $0["id"] == nil })
        #expect(calls[0]["function"]?["arguments"] == ["path": "é/long/name.txt"])
        #expect(data.last?["choices"]?.array?.first?["finish_reason"] == "stop")
        #expect(data.last?["usage"]?["completion_tokens"] == 50)
    }

    @Test func `without stream the whole message comes`() throws {
        var service = ScriptedService(ModelScript([Self.rich, Self.rich]))
        let message = try JSONParser.parse(service.reply(to: .anthropic("")).bytes)
        #expect(message["content"]?.array?.map { $0["type"] } == ["thinking", "text", "tool_use", "tool_use"])
        #expect(message["stop_reason"] == "tool_use" && message["usage"]?["output_tokens"] == 50)
        let completion = try JSONParser.parse(service.reply(to: .chat("")).bytes)
        let choice = try #require(completion["choices"]?.array?.first)
        #expect(choice["finish_reason"] == "tool_calls" && choice["message"]?["content"] == "Let me see.")
        // The ids go on over both wires.
        #expect(choice["message"]?["tool_calls"]?.array?.last?["id"] == "call_0004")
    }

    @Test func `both wires share the script, and refused requests take nothing from it`() throws {
        var service = ScriptedService(ModelScript([ScriptedAnswer(text: "one"), ScriptedAnswer(text: "two")]))
        #expect(service.reply(to: .anthropic(#""stream":1"#)).status == 400)
        #expect(try service.reply(to: .anthropic()).events.contains { $0.data.contains("one") })
        #expect(try service.reply(to: .chat()).events.contains { $0.data.contains("two") })
        #expect(service.reply(to: .chat()).status == 400)
        #expect(service.requests.map(\.refusal?.message).last == "the script has no more answers")
        #expect(service.requests.map { $0.refusal == nil } == [false, true, true, false])
    }

    @Test func `an HTTP error has the shape of its wire`() throws {
        let answer = ScriptedAnswer(failure: .status(429, type: "rate_limit_error", message: "Slow.", retryAfter: "2"))
        var service = ScriptedService(ModelScript([answer, answer]))
        let first = service.reply(to: .anthropic())
        let second = service.reply(to: .chat())
        #expect(
            [first, second].allSatisfy { $0.status == 429 && $0.headers.contains(HeaderField("retry-after", "2")) })
        let error: JSONValue = ["type": "rate_limit_error", "message": "Slow."]
        #expect(
            try JSONParser.parse(first.bytes) == ["type": "error", "error": error, "request_id": "req_0001"])
        #expect(try JSONParser.parse(second.bytes)["error"]?["message"] == "Slow.")
    }

    @Test(arguments: [0, 1, 3, 4, 99]) func `a failure comes after its pieces`(_ count: Int) throws {
        let failure = ScriptedFailure.errorEvent(type: "overloaded_error", message: "Full.", afterPieces: count)
        var answer = Self.rich
        answer.failure = failure
        var service = ScriptedService(ModelScript([answer, answer]))
        let events = try service.reply(to: .anthropic()).events
        #expect(events.last?.event == "error" && !events.contains { $0.event == "message_stop" })
        let pieces = events.filter { $0.data.contains("text_delta") || $0.data.contains("input_json_delta") }
        #expect(pieces.count == min(count, 8))
        if count == 0 { #expect(events.map(\.event) == ["message_start", "ping", "error"]) }
        let chunks = try service.reply(to: .chat()).events
        #expect(chunks.last?.data.hasPrefix(#"{"error":{"message":"Full.""#) == true)
    }

    @Test func `pauses stand before pieces of text, and chunks are cut between them only`() {
        let answer = ScriptedAnswer(text: "one two", delayMilliseconds: 5, failure: .stall(afterPieces: 2))
        func reply(_ chunking: ScriptedServerOptions.Chunking) -> ServerReply {
            var service = ScriptedService(ModelScript([answer]), ScriptedServerOptions(chunking: chunking))
            return service.reply(to: .anthropic())
        }
        let whole = reply(.whole)
        #expect(whole.steps.count == 5 && whole.steps[1] == .pause(milliseconds: 5) && whole.ending == .stall)
        let events = reply(.perEvent)
        let bytes = reply(.everyBytes(1))
        #expect(events.bytes == whole.bytes && bytes.bytes == whole.bytes)
        #expect(bytes.steps.count == whole.bytes.count + 2)
    }

    @Test(
        arguments: [
            (["x-api-key": "k"], "anthropic-version: header is required", 400),
            (["anthropic-version": "2023-06-01"], "x-api-key header is required", 401),
            (["anthropic-version": "2023-06-01", "x-api-key": "k", "authorization": "Bearer k"], "not both", 401),
            (["anthropic-version": "2023-06-01", "x-api-key": "other"], "invalid x-api-key", 401),
            (["anthropic-version": "2023-06-01", "authorization": "k"], "invalid bearer token", 401),
            (["anthropic-version": "2024-01-01", "x-api-key": "k"], "is not a valid version", 400),
            (["anthropic-version": "2023-06-01", "x-api-key": "k", "content-type": "text/plain"], "content-type", 400),
        ] as [([String: String], String, Int)])
    func `a wrong header is refused`(_ headers: [String: String], _ says: String, _ status: Int) throws {
        var service = ScriptedService(ModelScript([Self.rich]), ScriptedServerOptions(key: "k"))
        let all = ["content-type": "application/json"].merging(headers) { $1 }
        let fields = all.map { HeaderField($0.key, $0.value) }
        let request = RecordedRequest.anthropic()
        let reply = service.reply(
            to: RecordedRequest(
                method: "POST", path: "/v1/messages", headers: fields, bodyBytes: request.bodyBytes))
        #expect(reply.status == status)
        #expect(service.requests[0].refusal?.message.contains(says) == true)
    }

    @Test func `a wrong key, path or method of Chat Completions is refused`() {
        var service = ScriptedService(ModelScript([Self.rich]), ScriptedServerOptions(key: "k"))
        let right = RecordedRequest.chat()
        func status(_ method: String, _ path: String, _ headers: [HeaderField]) -> Int {
            let request = RecordedRequest(method: method, path: path, headers: headers, bodyBytes: right.bodyBytes)
            return service.reply(to: request).status
        }
        let path = "/v1/chat/completions"
        #expect(status("POST", path, []) == 401)
        #expect(status("POST", path, [HeaderField("authorization", "Bearer other")]) == 401)
        #expect(status("POST", path, [HeaderField("authorization", "Bearer k")]) == 400)
        #expect(status("POST", "/chat/completions", right.headers) == 404)
        #expect(status("GET", path, right.headers) == 405)
        #expect(status("POST", path + "?beta=true", right.headers) == 200)
    }

    @Test func `a body over the limit is too large`() {
        let bytes = RecordedRequest.anthropic().bodyBytes.count
        for (limit, status) in [(bytes, 200), (bytes - 1, 413)] {
            var service = ScriptedService(ModelScript([Self.rich]), ScriptedServerOptions(bodyBytesMax: limit))
            #expect(service.reply(to: .anthropic()).status == status)
        }
    }
}

extension RecordedRequest {
    /// A right request for Anthropic Messages, with these members beside its message.
    static func anthropic(_ members: String = #""stream":true"#) -> RecordedRequest {
        let fields = [
            HeaderField("content-type", "application/json"), HeaderField("anthropic-version", "2023-06-01"),
            HeaderField("X-Api-Key", "k"),
        ]
        return right("/v1/messages", fields, #""max_tokens":100"#, members)
    }

    /// A right request for Chat Completions, with these members beside its message.
    static func chat(
        _ members: String = #""stream":true,"stream_options":{"include_usage":true}"#
    ) -> RecordedRequest {
        let fields = [HeaderField("content-type", "application/json"), HeaderField("Authorization", "Bearer k")]
        return right("/v1/chat/completions", fields, #""seed":1"#, members)
    }

    private static func right(
        _ path: String, _ headers: [HeaderField], _ own: String, _ members: String
    ) -> RecordedRequest {
        let rest = members.isEmpty ? "" : "," + members
        let body = #"{"model":"m","messages":[{"role":"user","content":"Hi"}],\#(own)\#(rest)}"#
        return RecordedRequest(method: "POST", path: path, headers: headers, bodyBytes: Array(body.utf8))
    }
}

extension ServerReply {
    var events: [ServerSentEvent] { get throws { try bytes.serverSentEvents() } }
}

extension [UInt8] {
    func serverSentEvents() throws -> [ServerSentEvent] {
        var parser = ServerSentEventParser()
        return try parser.push(self).compactMap { if case .event(let event) = $0 { event } else { nil } }
    }
}
