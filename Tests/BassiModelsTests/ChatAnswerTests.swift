import BassiEvents
import Testing

@testable import BassiModels

/// Texts, thoughts, counts and ends of Chat Completions in its dialects.
@Suite struct ChatAnswerTests {
    private func ask(_ body: [UInt8]) async throws -> [ModelPart] {
        try await Recorded.ask(ChatCompletionsDialect(), RecordedTransport(body: body))
    }

    private func error(_ body: [UInt8]) async -> ModelError? {
        await #expect(throws: ModelError.self) { try await ask(body) }
    }

    private static let hello = Recorded.delta(#"{"content":"Hi"}"#)
    private static let stopped = Recorded.delta("{}", finish: "stop")

    @Test(arguments: ["reasoning_content", "reasoning"])
    func `reasoning is a block before the text and remembers its field`(_ field: String) async throws {
        let parts = try await ask(
            Recorded.chat([
                Recorded.delta(#"{"role":"assistant","content":null,"\#(field)":"h"}"#),
                Recorded.delta(#"{"content":"","\#(field)":"m"}"#), Self.hello, Self.stopped,
            ]))
        let data = ProviderData(provider: "here", model: "m", data: ["field": .string(field)])
        #expect(
            parts == [
                .messageStarted(id: "c1", usage: Usage()), .blockStarted(index: 0, .thinking),
                .delta(index: 0, "h"), .delta(index: 0, "m"),
                .blockEnded(index: 0, ModelBlock(.thinking("hm"), providerData: data)),
                .blockStarted(index: 1, .text), .delta(index: 1, "Hi"), .blockEnded(index: 1, ModelBlock(.text("Hi"))),
                .completed(.endTurn, Usage()),
            ])
    }

    @Test func `a server that sends reasoning in both fields is not heard twice`() async throws {
        let parts = try await ask(
            Recorded.chat([Recorded.delta(#"{"reasoning_content":"hm","reasoning":"hm"}"#, finish: "stop")]))
        #expect(parts.filter { if case .delta = $0 { true } else { false } } == [.delta(index: 0, "hm")])
    }

    @Test func `signed reasoning in pieces is put together and goes back unmodified`() async throws {
        let pieces = [
            #"{"type":"reasoning.text","index":0,"text":"h","id":"r1","format":"f","signature":null}"#,
            #"{"type":"reasoning.text","index":0,"text":"m"},{"type":"reasoning.encrypted","index":1,"data":"x"}"#,
            #"{"type":"reasoning.text","index":0,"signature":"s"},{"type":"reasoning.summary","summary":"a"}"#,
        ]
        let chunks = pieces.map { Recorded.delta(#"{"reasoning_details":[\#($0)]}"#) }
        let parts = try await ask(Recorded.chat(chunks + [Self.hello, Self.stopped]))
        let whole =
            #"[{"type":"reasoning.text","index":0,"text":"hm","id":"r1","format":"f","signature":"s"},"#
            + #"{"type":"reasoning.encrypted","index":1,"data":"x"},{"type":"reasoning.summary","summary":"a"}]"#
        let blocks = parts.compactMap { part -> ModelBlock? in
            if case .blockEnded(_, let block) = part { block } else { nil }
        }
        #expect(blocks.map(\.content) == [.text("Hi"), .opaque])
        #expect(blocks[1].providerData?.data["reasoning_details"]?.text == whole)
        for (model, expected) in [
            ("m", #"[{"role":"assistant","content":"Hi","reasoning_details":\#(whole)}]"#),
            ("other", #"[{"role":"assistant","content":"Hi"}]"#),
        ] {
            let request = ModelRequest(model: model, messages: [.assistant(blocks)])
            #expect(ChatCompletionsDialect().body(of: request, for: "here")["messages"]?.text == expected)
        }
    }

    @Test func `a refusal is text`() async throws {
        let parts = try await ask(Recorded.chat([Recorded.delta(#"{"refusal":"No."}"#, finish: "stop")]))
        #expect(parts.contains(.blockEnded(index: 0, ModelBlock(.text("No.")))))
    }

    @Test func `chunks without choices and fields that are new are passed over`() async throws {
        let parts = try await ask(
            Array(": OPENROUTER PROCESSING\n\n".utf8)
                + Recorded.chat([
                    "{}", "null", "[]", #"{"choices":null,"usage":null}"#,
                    #"{"choices":[],"prompt_filter_results":[]}"#,
                    #"{"id":"c1","obfuscation":"x","timings":{},"choices":[{"delta":{"content":"Hi","new":1}}]}"#,
                    Self.stopped,
                ]))
        #expect(
            parts == [
                .messageStarted(id: "c1", usage: Usage()), .blockStarted(index: 0, .text), .delta(index: 0, "Hi"),
                .blockEnded(index: 0, ModelBlock(.text("Hi"))), .completed(.endTurn, Usage()),
            ])
    }

    @Test(arguments: [
        ("stop", StopReason.endTurn), ("end_turn", .endTurn), ("function_call", .endTurn), ("tool_calls", .endTurn),
        ("length", .maxTokens), ("model_length", .maxTokens), ("repetition_truncation", .maxTokens),
        ("content_filter", .refusal), ("new_reason", .endTurn),
    ]) func `each finish reason has its word`(_ word: String, _ reason: StopReason) async throws {
        let parts = try await ask(Recorded.chat([Recorded.delta(#"{"content":"x"}"#, finish: word)]))
        #expect(parts.last == .completed(reason, Usage()))
    }

    @Test func `an answer is whole at its finish reason or its last line, and else cut`() async throws {
        let done = Array("data:[DONE]\n\n".utf8)
        let whole: [[UInt8]] = [
            Recorded.chat([Self.hello, Self.stopped], done: false), Recorded.chat([Self.hello], done: false) + done,
            Recorded.chat([Recorded.delta(#"{"content":"Hi"}"#, finish: "")]),
        ]
        for body in whole { #expect(try await ask(body).last == .completed(.endTurn, Usage())) }
        for body in [Recorded.chat([Self.hello], done: false), [], Recorded.chat([]), done] {
            #expect(await error(body)?.kind == .cut)
        }
    }

    @Test func `an end in the middle of the last line does not spoil a whole answer`() async throws {
        let body = Recorded.chat([Self.hello, Self.stopped], done: false)
        #expect(try await ask(body + Array("data: [DON".utf8)).last == .completed(.endTurn, Usage()))
        #expect(await error(Recorded.chat([Self.hello], done: false) + Array(#"data: {"choi"#.utf8))?.kind == .cut)
    }

    @Test(arguments: [
        (#"{"error":{"message":"m","code":429}}"#, ModelError(.rateLimited, "here: m")),
        (#"{"error":{"message":"m","code":"429"}}"#, ModelError(.rateLimited, "here: m")),
        (#"{"error":{"message":"m","type":"server_error","code":null}}"#, ModelError(.server, "here: m")),
        (#"{"error":{"message":"m","type":"invalid_request_error"}}"#, ModelError(.invalidRequest, "here: m")),
        (#"{"error":{"code":"insufficient_quota","message":"m"}}"#, ModelError(.quotaSpent, "here: m")),
        (#"{"error":"m"}"#, ModelError(.server, "here: m")),
        (#"{"error":{"code":"weird"}}"#, ModelError(.server, "here: weird")),
        (#"[{"error":{"code":503,"message":"m","status":"UNAVAILABLE"}}]"#, ModelError(.overloaded, "here: m")),
        (#"{"choices":[],"x_groq":{"error":"m"}}"#, ModelError(.server, "here: m")),
    ]) func `an error inside the stream is thrown with its kind`(_ chunk: String, _ expected: ModelError) async {
        await #expect(throws: expected) { try await ask(Recorded.chat([Self.hello, chunk, Self.stopped])) }
    }

    @Test(arguments: [("error", ModelError.Kind.server), ("insufficient_system_resource", .overloaded)])
    func `a finish reason that is a failure of the server is thrown`(_ word: String, _ kind: ModelError.Kind) async {
        #expect(await error(Recorded.chat([Recorded.delta(#"{"content":"x"}"#, finish: word)]))?.kind == kind)
    }

    @Test(arguments: [
        (#"{"prompt_tokens":9,"completion_tokens":2}"#, Usage(inputTokens: 9, outputTokens: 2)),
        (
            #"{"prompt_tokens":9,"completion_tokens":2,"prompt_tokens_details":{"cached_tokens":4,"cache_write_tokens":3}}"#,
            Usage(inputTokens: 2, outputTokens: 2, cacheReadTokens: 4, cacheWriteTokens: 3)
        ),
        (#"{"prompt_tokens":9,"prompt_cache_hit_tokens":4}"#, Usage(inputTokens: 5, cacheReadTokens: 4)),
        (#"{"prompt_tokens":9,"cached_tokens":9}"#, Usage(cacheReadTokens: 9)),
        (#"{"prompt_tokens":1,"cached_tokens":9}"#, Usage(cacheReadTokens: 9)),
        (#"{"prompt_tokens":9223372036854775807}"#, Usage(inputTokens: 1_000_000_000)),
        (#"{"prompt_tokens":-1,"completion_tokens":-5}"#, Usage()), (#"{}"#, Usage()),
    ]) func `counts do not overlap`(_ usage: String, _ expected: Usage) async throws {
        let parts = try await ask(
            Recorded.chat([Self.hello, Self.stopped, #"{"choices":[],"usage":\#(usage)}"#, #"{"usage":null}"#]))
        #expect(parts.last == .completed(.endTurn, expected))
    }

    @Test func `text after a call is a block of its own`() async throws {
        let call = #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}}]}"#
        let parts = try await ask(
            Recorded.chat([Self.hello, Recorded.delta(call), Recorded.delta(#"{"content":"!"}"#), Self.stopped]))
        let ended = parts.compactMap { part -> ModelBlock? in
            if case .blockEnded(_, let block) = part { block } else { nil }
        }
        #expect(ended.map(\.content) == [.text("Hi"), .text("!"), .toolUse("a", name: "x", input: [:])])
        #expect(parts.last == .completed(.toolUse, Usage()))
    }
}
