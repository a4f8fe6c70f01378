import BassiEvents
import Testing

@testable import BassiModels

/// Recorded answers of the Messages API in, parts out; requests, byte for byte.
@Suite struct AnthropicTests {
    private static let dialect = AnthropicDialect(adaptiveThinking: { _ in false })

    private static let answer = [
        #"{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":8,"cache_read_input_tokens":40,"cache_creation_input_tokens":2,"output_tokens":1}}}"#,
        #"{"type":"ping"}"#,
        #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"Need it."}}"#,
        #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}"#,
        #"{"type":"content_block_stop","index":0}"#,
        #"{"type":"content_block_start","index":1,"content_block":{"type":"redacted_thinking","data":"abc"}}"#,
        #"{"type":"content_block_stop","index":1}"#,
        #"{"type":"content_block_start","index":2,"content_block":{"type":"text","text":""}}"#,
        #"{"type":"content_block_delta","index":2,"delta":{"type":"text_delta","text":"Grüße \u2028"}}"#,
        #"{"type":"content_block_stop","index":2}"#,
        #"{"type":"some_new_event","x":1}"#,
        #"{"type":"content_block_start","index":3,"content_block":{"type":"tool_use","id":"t1","name":"read_file","input":{}}}"#,
        #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":""}}"#,
        #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":"{\"path\": \"a"}}"#,
        #"{"type":"content_block_delta","index":3,"delta":{"type":"input_json_delta","partial_json":".txt\"}"}}"#,
        #"{"type":"content_block_stop","index":3}"#,
        #"{"type":"content_block_start","index":4,"content_block":{"type":"tool_use","id":"t2","name":"list_files","input":{}}}"#,
        #"{"type":"content_block_stop","index":4}"#,
        #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":30}}"#,
        #"{"type":"message_delta","delta":{},"usage":{"output_tokens":57,"output_tokens_details":{"thinking_tokens":9}}}"#,
        #"{"type":"message_stop"}"#,
    ]

    private static func own(_ data: JSONValue) -> ProviderData {
        ProviderData(provider: "here", model: "m", data: data)
    }

    private static let parts: [ModelPart] = [
        .messageStarted(
            id: "msg_1", usage: Usage(inputTokens: 8, outputTokens: 1, cacheReadTokens: 40, cacheWriteTokens: 2)),
        .blockStarted(index: 0, .thinking), .delta(index: 0, "Need it."),
        .blockEnded(
            index: 0, ModelBlock(.thinking("Need it."), providerData: own(["signature": "c2ln"]))),
        .blockStarted(index: 1, .opaque),
        .blockEnded(
            index: 1, ModelBlock(.opaque, providerData: own(["type": "redacted_thinking", "data": "abc"]))),
        .blockStarted(index: 2, .text), .delta(index: 2, "Grüße \u{2028}"),
        .blockEnded(index: 2, ModelBlock(.text("Grüße \u{2028}"))),
        .blockStarted(index: 3, .toolUse("t1", name: "read_file")), .delta(index: 3, #"{"path": "a.txt"}"#),
        .blockEnded(index: 3, ModelBlock(.toolUse("t1", name: "read_file", input: ["path": "a.txt"]))),
        .blockStarted(index: 4, .toolUse("t2", name: "list_files")),
        .blockEnded(index: 4, ModelBlock(.toolUse("t2", name: "list_files", input: [:]))),
        .completed(
            .toolUse,
            Usage(inputTokens: 8, outputTokens: 57, cacheReadTokens: 40, cacheWriteTokens: 2, reasoningTokens: 9)),
    ]

    @Test func `every kind of block comes out, however the bytes are cut`() async throws {
        let body = Recorded.anthropic(Self.answer)
        for chunkBytes in [Int.max, 1, 2, 3, 5, 7, 11, 13, 17, 1000] {
            let parts = try await Recorded.ask(Self.dialect, RecordedTransport(body: body, chunkBytes: chunkBytes))
            #expect(Recorded.joined(parts) == Self.parts, "\(chunkBytes)")
        }
    }

    @Test func `an answer that ends anywhere before its end is cut, and never complete`() async throws {
        let body = Recorded.anthropic(Self.answer)
        for count in stride(from: 0, to: body.count - 30, by: 3) {
            await #expect(throws: ModelError.self, "after \(count) bytes") {
                try await Recorded.ask(Self.dialect, RecordedTransport(body: Array(body.prefix(count))))
            }
        }
    }

    @Test(arguments: [
        ("end_turn", StopReason.endTurn), ("max_tokens", .maxTokens), ("stop_sequence", .stopSequence),
        ("pause_turn", .pauseTurn), ("refusal", .refusal), ("model_context_window_exceeded", .contextExceeded),
        ("a_new_reason", .endTurn),
    ]) func `each stop reason has its word`(_ word: String, _ reason: StopReason) async throws {
        let body = Recorded.anthropic([
            Self.answer[0], #"{"type":"message_delta","delta":{"stop_reason":"\#(word)"},"usage":{}}"#, Self.answer[21],
        ])
        #expect(
            try await Recorded.ask(Self.dialect, RecordedTransport(body: body)).last.map { "\($0)" }?.contains(
                "\(reason)") == true)
    }

    @Test func `an error in the stream is thrown with its kind`() async throws {
        let body = Recorded.anthropic([
            Self.answer[0], #"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#,
        ])
        await #expect(throws: ModelError(.overloaded, "here: Overloaded")) {
            try await Recorded.ask(Self.dialect, RecordedTransport(body: body))
        }
    }

    @Test(arguments: [
        (400, "invalid_request_error", "prompt is too long: 300000 tokens", ModelError.Kind.contextExceeded, false),
        (400, "invalid_request_error", "messages.1: Invalid `signature` in `thinking` block", .signatureRefused, false),
        (400, "invalid_request_error", "max_tokens: too big", .invalidRequest, false),
        (401, "authentication_error", "invalid x-api-key", .authentication, false),
        (403, "permission_error", "no", .permission, false), (404, "not_found_error", "model: x", .notFound, false),
        (413, "request_too_large", "too large", .tooLarge, false),
        (429, "rate_limit_error", "slow", .rateLimited, true),
        (500, "api_error", "oops", .server, true), (529, "overloaded_error", "busy", .overloaded, true),
        (418, "teapot", "short and stout", .invalidRequest, false),
    ]) func `each error has its kind, and whether it is tried again`(
        _ status: Int, _ type: String, _ message: String, _ kind: ModelError.Kind, _ isRetryable: Bool
    ) async throws {
        var transport = RecordedTransport(
            body: Array(#"{"type":"error","error":{"type":"\#(type)","message":"\#(message)"}}"#.utf8))
        transport.status = status
        transport.headers = [HTTPField("Content-Type", "application/json"), HTTPField("Retry-After", "7")]
        do {
            _ = try await Recorded.ask(Self.dialect, transport)
            Issue.record("no error")
        } catch let error as ModelError {
            #expect(error.kind == kind && error.isRetryable == isRetryable && error.status == status)
            #expect(error.retryAfter == .seconds(7) && error.message == "here: \(message)")
            #expect(!"\(error)".contains("sk-secret"))
        }
    }

    @Test func `a redirect is followed nowhere, and not tried again`() async throws {
        var transport = RecordedTransport(body: [])
        transport.status = 302
        transport.headers = [HTTPField("location", "http://elsewhere/")]
        do {
            _ = try await Recorded.ask(Self.dialect, transport)
            Issue.record("no error")
        } catch let error as ModelError {
            #expect(error.kind == .invalidRequest && !error.isRetryable && error.message.contains("base URL"))
        }
        #expect(transport.sent.all.count == 1)
    }

    @Test func `a document in place of a stream is an answer too`() async throws {
        var transport = RecordedTransport(
            body: Array(
                #"{"id":"m1","type":"message","role":"assistant","content":[{"type":"text","text":"Hi"},{"type":"tool_use","id":"t","name":"x","input":{"a":1}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":2}}"#
                    .utf8))
        transport.headers = [HTTPField("content-type", "application/json; charset=utf-8")]
        let parts = try await Recorded.ask(Self.dialect, transport)
        #expect(parts.contains(.blockEnded(index: 1, ModelBlock(.toolUse("t", name: "x", input: ["a": 1])))))
        #expect(parts.last == .completed(.toolUse, Usage(inputTokens: 1, outputTokens: 2)))
    }

    // MARK: - Requests

    private func json(_ messages: [ModelMessage], tools: [ToolDescription] = [], system: String? = nil) -> JSONValue {
        Self.dialect.body(
            of: ModelRequest(model: "m", systemPrompt: system, messages: messages, tools: tools), for: "here")
    }

    @Test func `results stand before text in one message, and the prefix is marked for the cache`() throws {
        let tool = ToolDescription(name: "look", description: "d", inputSchema: ["type": "object"])
        let call = ModelBlock(.toolUse("t.1:x", name: "look", input: .string("{\"brok")))
        let body = json(
            [
                .user([.text("go"), .text("")]), .assistant([ModelBlock(.text("  ")), call]),
                .toolResults([ToolResultMessage(toolID: "t.1:x", toolName: "look", content: [], isError: true)]),
                .user([.text("and")]),
            ], tools: [tool], system: "be good")
        #expect(
            body["messages"]?.text
                == #"[{"role":"user","content":[{"type":"text","text":"go","cache_control":{"type":"ephemeral"}}]},{"role":"assistant","content":[{"type":"tool_use","id":"t_1_x","name":"look","input":{"invalid_input":"{\"brok"}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t_1_x","content":[{"type":"text","text":"(no output)"}],"is_error":true},{"type":"text","text":"and","cache_control":{"type":"ephemeral"}}]}]"#
        )
        #expect(
            body["system"]?.text == #"[{"type":"text","text":"be good","cache_control":{"type":"ephemeral"}}]"#)
        #expect(body["tools"]?.text == #"[{"name":"look","description":"d","input_schema":{"type":"object"}}]"#)
    }

    @Test func `thinking goes back unchanged, and only to the model that signed it`() {
        func block(_ provider: String, _ model: String) -> ModelBlock {
            let data = ProviderData(provider: provider, model: model, data: ["signature": "s"])
            return ModelBlock(.thinking("hm"), providerData: data)
        }
        let text = ModelBlock(.text("x"))
        let own = json([.user([.text("a")]), .assistant([block("here", "m"), text]), .user([.text("b")])])
        #expect(own.text.contains(#"{"type":"thinking","thinking":"hm","signature":"s"}"#))
        for foreign in [block("there", "m"), block("here", "other"), ModelBlock(.thinking("hm"))] {
            let body = json([.user([.text("a")]), .assistant([foreign, text]), .user([.text("b")])])
            #expect(!body.text.contains("hm"))
        }
    }

    @Test func `one key, a version and who asks are in the fields`() async throws {
        let transport = RecordedTransport(body: Recorded.anthropic([Self.answer[0], Self.answer[19], Self.answer[21]]))
        _ = try await Recorded.ask(Self.dialect, transport)
        let request = try #require(transport.sent.all.first)
        #expect(request.url == "http://here/v1/messages" && request.method == "POST")
        let names = request.headers.map(\.name)
        #expect(names == ["content-type", "accept", "user-agent", "anthropic-version", "x-api-key"])
    }
}
