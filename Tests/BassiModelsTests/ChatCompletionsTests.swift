import BassiEvents
import Testing

@testable import BassiModels

/// Recorded answers of Chat Completions in its dialects in, parts out; requests, byte for byte.
@Suite struct ChatCompletionsTests {
    private static let dialect = ChatCompletionsDialect()

    private func ask(_ body: [UInt8], chunkBytes: Int = .max) async throws -> [ModelPart] {
        Recorded.joined(try await Recorded.ask(Self.dialect, RecordedTransport(body: body, chunkBytes: chunkBytes)))
    }

    /// The calls of an answer: id, name, input.
    private func calls(_ chunks: [String]) async throws -> [String] {
        try await ask(Recorded.chat(chunks)).compactMap { part in
            guard case .blockEnded(_, let block) = part, case .toolUse(let id, let name, let input) = block.content
            else { return nil }
            return "\(id) \(name) \(input.text)"
        }
    }

    private static let answer = [
        Recorded.delta(#"{"role":"assistant","content":"","reasoning_content":"hm"}"#),
        #"{"choices":[]}"#,
        Recorded.delta(#"{"content":"Grü"}"#), Recorded.delta(#"{"content":"ße"}"#),
        Recorded.delta(
            #"{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":"read","arguments":""}}]}"#),
        Recorded.delta(
            #"{"tool_calls":[{"index":1,"id":"b","type":"function","function":{"name":"list","arguments":"{"}}]}"#),
        Recorded.delta(#"{"tool_calls":[{"index":0,"function":{"arguments":"{\"path\":"}}]}"#),
        Recorded.delta(
            #"{"tool_calls":[{"index":1,"function":{"arguments":"}"}},{"index":0,"function":{"arguments":"\"x\"}"}}]}"#),
        Recorded.delta("{}", finish: "tool_calls"),
        #"{"choices":[],"usage":{"prompt_tokens":20,"completion_tokens":7,"prompt_tokens_details":{"cached_tokens":4},"completion_tokens_details":{"reasoning_tokens":3}}}"#,
    ]

    private static let parts: [ModelPart] = [
        .messageStarted(id: "c1", usage: Usage()), .blockStarted(index: 0, .thinking), .delta(index: 0, "hm"),
        .blockEnded(
            index: 0,
            ModelBlock(
                .thinking("hm"),
                providerData: ProviderData(provider: "here", model: "m", data: ["field": "reasoning_content"]))),
        .blockStarted(index: 1, .text), .delta(index: 1, "Grüße"), .blockEnded(index: 1, ModelBlock(.text("Grüße"))),
        .blockStarted(index: 2, .toolUse("a", name: "read")), .delta(index: 2, #"{"path":"x"}"#),
        .blockEnded(index: 2, ModelBlock(.toolUse("a", name: "read", input: ["path": "x"]))),
        .blockStarted(index: 3, .toolUse("b", name: "list")), .delta(index: 3, "{}"),
        .blockEnded(index: 3, ModelBlock(.toolUse("b", name: "list", input: [:]))),
        .completed(.toolUse, Usage(inputTokens: 16, outputTokens: 7, cacheReadTokens: 4, reasoningTokens: 3)),
    ]

    @Test func `reasoning, text and interleaved calls come out as blocks, however the bytes are cut`() async throws {
        let body = Array(": keep-alive\n\n".utf8) + Recorded.chat(Self.answer)
        for chunkBytes in [Int.max, 1, 2, 3, 5, 7, 11, 13, 17, 1000] {
            #expect(try await ask(body, chunkBytes: chunkBytes) == Self.parts, "\(chunkBytes)")
        }
        // Some servers send no [DONE], some send it without the blank.
        #expect(try await ask(Recorded.chat(Self.answer, done: false)) == Self.parts)
        #expect(try await ask(Recorded.chat(Self.answer, done: false) + Array("data:[DONE]\n\n".utf8)) == Self.parts)
    }

    @Test func `an answer that ends before its finish reason is cut`() async throws {
        let body = Recorded.chat(Array(Self.answer.prefix(8)), done: false)
        for count in stride(from: 0, through: body.count, by: 3) {
            await #expect(throws: ModelError.self) {
                try await Recorded.ask(Self.dialect, RecordedTransport(body: Array(body.prefix(count))))
            }
        }
    }

    @Test func `calls are put together in every dialect`() async throws {
        func call(_ json: String) -> String { Recorded.delta(#"{"tool_calls":[\#(json)]}"#) }
        let end = Recorded.delta("{}", finish: "stop")
        // All indices 0, whole calls, distinguished by id and name (Ollama, Gemini).
        #expect(
            try await calls([
                call(#"{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}}"#),
                call(#"{"index":0,"id":"b","function":{"name":"y","arguments":"{\"n\":1}"}}"#), end,
            ]) == ["a x {}", #"b y {"n":1}"#])
        // The first index is 1, the id changes with each fragment.
        #expect(
            try await calls([
                call(#"{"index":1,"id":"a","function":{"name":"x","arguments":"{\"n\""}}"#),
                call(#"{"index":1,"id":"zz","function":{"arguments":":2}"}}"#), end,
            ]) == [#"a x {"n":2}"#])
        // No index; the arguments are an object.
        #expect(
            try await calls([call(#"{"id":"a","function":{"name":"x","arguments":{"n":3}}}"#), end])
                == [#"a x {"n":3}"#])
        // The whole text once more at the end.
        #expect(
            try await calls([
                call(#"{"index":0,"id":"a","function":{"name":"x","arguments":"{\"n\":4}"}}"#),
                call(#"{"index":0,"function":{"arguments":"{\"n\":4}"}}"#), end,
            ]) == [#"a x {"n":4}"#])
        // No arguments at all, and some that are no JSON.
        #expect(try await calls([call(#"{"index":0,"id":"a","function":{"name":"x"}}"#), end]) == ["a x {}"])
        #expect(
            try await calls([call(#"{"index":0,"id":"a","function":{"name":"x","arguments":"{oops"}}"#), end])
                == [#"a x "{oops""#])
        // No id: one is made.
        let made = try await calls([call(#"{"index":0,"function":{"name":"x","arguments":"{}"}}"#), end])
        #expect(made.count == 1 && made[0].hasPrefix("call_") && made[0].hasSuffix(" x {}"))
    }

    @Test func `whether there are tools to run is decided by the calls that came`() async throws {
        let call = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}}]}"#
        for (finish, reason) in [("stop", StopReason.toolUse), ("tool_calls", .toolUse), ("length", .maxTokens)] {
            let parts = try await ask(Recorded.chat([Recorded.delta(call, finish: finish)]))
            #expect(parts.last == .completed(reason, Usage()))
        }
        let filtered = try await ask(Recorded.chat([Recorded.delta(#"{"content":"x"}"#, finish: "content_filter")]))
        #expect(filtered.last == .completed(.refusal, Usage()))
    }

    @Test func `usage is found wherever a server puts it, and the last counts`() async throws {
        let usage = #"{"prompt_tokens":9,"completion_tokens":1,"prompt_cache_hit_tokens":4}"#
        for chunk in [
            #"{"choices":[],"usage":\#(usage)}"#, #"{"choices":[],"x_groq":{"usage":\#(usage)}}"#,
            #"{"choices":[{"index":0,"delta":{},"usage":\#(usage)}]}"#,
        ] {
            let parts = try await ask(
                Recorded.chat([Recorded.delta(#"{"content":"x"}"#, finish: "stop"), chunk]))
            #expect(parts.last == .completed(.endTurn, Usage(inputTokens: 5, outputTokens: 1, cacheReadTokens: 4)))
        }
    }

    @Test func `the list of thoughts and texts of Mistral is read`() async throws {
        let content =
            #"{"content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}]},{"type":"text","text":"Hi"}]}"#
        let parts = try await ask(Recorded.chat([Recorded.delta(content, finish: "stop")]))
        #expect(parts.contains(.blockEnded(index: 0, ModelBlock(.thinking("hm")))))
        #expect(parts.contains(.blockEnded(index: 1, ModelBlock(.text("Hi")))))
    }

    @Test(arguments: [
        (429, #"{"error":{"message":"m","code":"insufficient_quota"}}"#, ModelError.Kind.quotaSpent),
        (429, #"{"error":{"message":"m","code":"rate_limit_exceeded"}}"#, .rateLimited),
        (400, #"{"error":{"message":"m","code":"context_length_exceeded"}}"#, .contextExceeded),
        (401, #"{"error":{"message":"m","type":"invalid_request_error","code":"invalid_api_key"}}"#, .authentication),
        (404, #"{"error":{"message":"m","code":"model_not_found"}}"#, .notFound),
        (503, #"[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]"#, .overloaded),
        (502, "<html>bad gateway</html>", .server), (400, #"{"error":"m"}"#, .invalidRequest),
    ]) func `each error has its kind`(_ status: Int, _ body: String, _ kind: ModelError.Kind) async throws {
        var transport = RecordedTransport(body: Array(body.utf8))
        transport.status = status
        transport.headers = [HTTPField("x-should-retry", "false")]
        do {
            _ = try await Recorded.ask(Self.dialect, transport)
            Issue.record("no error")
        } catch let error as ModelError { #expect(error.kind == kind && !error.isRetryable && error.status == status) }
    }

    @Test func `an error in the stream is thrown`() async throws {
        let body = Recorded.chat([
            Recorded.delta(#"{"content":"x"}"#),
            #"{"error":{"code":502,"message":"upstream"},"choices":[{"delta":{},"finish_reason":"error"}]}"#,
        ])
        await #expect(throws: ModelError(.server, "here: upstream")) {
            try await Recorded.ask(Self.dialect, RecordedTransport(body: body))
        }
    }

    @Test func `results follow their calls directly, and pictures come after the last of them`() {
        let picture = ContentBlock.image(.init(mediaType: "image/png", data: "AA=="))
        let reasoning = ModelBlock(
            .thinking("hm"),
            providerData: ProviderData(provider: "here", model: "m", data: ["field": "reasoning_content"]))
        let request = ModelRequest(
            model: "m", systemPrompt: "s",
            messages: [
                .user([.text("go")]),
                .assistant([
                    reasoning, ModelBlock(.toolUse("a", name: "x", input: ["n": 1])),
                    ModelBlock(.toolUse("b", name: "y", input: .string("{oops"))),
                ]),
                .toolResults([
                    ToolResultMessage(toolID: "a", toolName: "x", content: [picture], isError: false),
                    ToolResultMessage(toolID: "b", toolName: "y", content: [], isError: true),
                ]),
            ])
        let body = Self.dialect.body(of: request, for: "here")
        #expect(
            body["messages"]?.text
                == #"[{"role":"system","content":"s"},{"role":"user","content":"go"},{"role":"assistant","content":null,"reasoning_content":"hm","tool_calls":[{"id":"a","type":"function","function":{"name":"x","arguments":"{\"n\":1}"}},{"id":"b","type":"function","function":{"name":"y","arguments":"{\"invalid_input\":\"{oops\"}"}}]},{"role":"tool","tool_call_id":"a","content":"(see the next message)"},{"role":"tool","tool_call_id":"b","content":"(no output)"},{"role":"user","content":[{"type":"text","text":"From x:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}}]}]"#
        )
        #expect(body["tools"] == nil)
    }
}
