import BassiEvents
import Testing

@testable import BassiModels

/// Single blocks of the Messages API, each in the forms in which services and gateways send it.
@Suite struct AnthropicBlocksTests {
    private static let dialect = AnthropicDialect(adaptiveThinking: { _ in false })
    private static let start = #"{"type":"message_start","message":{"id":"msg_1","usage":{"input_tokens":3}}}"#
    private static let end = [
        #"{"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"output_tokens":2}}"#,
        #"{"type":"message_stop"}"#,
    ]

    /// The parts between the beginning and the end of an answer with these events.
    private func parts(_ events: [String]) async throws -> [ModelPart] {
        let body = Recorded.anthropic([Self.start] + events + Self.end)
        let parts = Recorded.joined(try await Recorded.ask(Self.dialect, RecordedTransport(body: body)))
        #expect(parts.first == .messageStarted(id: "msg_1", usage: Usage(inputTokens: 3)))
        #expect(parts.last == .completed(.endTurn, Usage(inputTokens: 3, outputTokens: 2)))
        return Array(parts.dropFirst().dropLast())
    }

    private func begin(_ block: String, at index: Int = 0) -> String {
        #"{"type":"content_block_start","index":\#(index),"content_block":\#(block)}"#
    }

    private func delta(_ delta: String, at index: Int = 0) -> String {
        #"{"type":"content_block_delta","index":\#(index),"delta":\#(delta)}"#
    }

    private func stop(_ index: Int = 0) -> String { #"{"type":"content_block_stop","index":\#(index)}"# }

    private func own(_ data: JSONValue) -> ProviderData { ProviderData(provider: "here", model: "m", data: data) }

    @Test func `a text that comes with its beginning is not lost`() async throws {
        let parts = try await parts([
            begin(#"{"type":"text","text":"He","citations":null}"#), delta(#"{"type":"text_delta","text":"llo"}"#),
            delta(#"{"type":"text_delta","text":""}"#), stop(),
        ])
        #expect(
            parts == [
                .blockStarted(index: 0, .text), .delta(index: 0, "Hello"),
                .blockEnded(index: 0, ModelBlock(.text("Hello"))),
            ])
    }

    @Test func `thinking that is kept back has its signature and no text`() async throws {
        let parts = try await parts([
            begin(#"{"type":"thinking","thinking":"","signature":""}"#),
            delta(#"{"type":"signature_delta","signature":"c2ln"}"#), stop(),
        ])
        let block = ModelBlock(.thinking(""), providerData: own(["signature": "c2ln"]))
        #expect(parts == [.blockStarted(index: 0, .thinking), .blockEnded(index: 0, block)])
    }

    @Test func `a signature in pieces is put together, and thinking without one has none`() async throws {
        let parts = try await parts([
            begin(#"{"type":"thinking","thinking":"hm","signature":"a"}"#),
            delta(#"{"type":"signature_delta","signature":"b"}"#),
            delta(#"{"type":"signature_delta","signature":"c"}"#), stop(),
            begin(#"{"type":"thinking","thinking":"unsigned"}"#, at: 1), stop(1),
        ])
        #expect(
            parts == [
                .blockStarted(index: 0, .thinking), .delta(index: 0, "hm"),
                .blockEnded(index: 0, ModelBlock(.thinking("hm"), providerData: own(["signature": "abc"]))),
                .blockStarted(index: 1, .thinking), .delta(index: 1, "unsigned"),
                .blockEnded(index: 1, ModelBlock(.thinking("unsigned"))),
            ])
    }

    @Test(arguments: ["{}", "null", #""""#]) func `a tool without input gets an empty object`(
        _ input: String
    ) async throws {
        let parts = try await parts([
            begin(#"{"type":"tool_use","id":"t","name":"look","input":\#(input)}"#),
            delta(#"{"type":"input_json_delta","partial_json":""}"#), stop(),
        ])
        #expect(
            parts == [
                .blockStarted(index: 0, .toolUse("t", name: "look")),
                .blockEnded(index: 0, ModelBlock(.toolUse("t", name: "look", input: [:]))),
            ])
    }

    @Test func `an input may be cut inside an escape and a number, or come whole with its beginning`() async throws {
        let parts = try await parts([
            begin(#"{"type":"tool_use","id":"t","name":"look","input":{}}"#),
            delta(#"{"type":"input_json_delta","partial_json":"{\"s\":\"\\u00"}"#),
            delta(#"{"type":"input_json_delta","partial_json":"fc\",\"n\":1"}"#),
            delta(#"{"type":"input_json_delta","partial_json":"2.50}"}"#), stop(),
            begin(#"{"type":"tool_use","id":"u","name":"look","input":{"a":1}}"#, at: 1), stop(1),
        ])
        #expect(parts[1] == .delta(index: 0, #"{"s":"\u00fc","n":12.50}"#))
        let input = try JSONParser.parse(#"{"s":"ü","n":12.50}"#)
        #expect(parts[2] == .blockEnded(index: 0, ModelBlock(.toolUse("t", name: "look", input: input))))
        #expect(parts.last == .blockEnded(index: 1, ModelBlock(.toolUse("u", name: "look", input: ["a": 1]))))
    }

    @Test func `parallel tools may interleave`() async throws {
        let parts = try await parts([
            begin(#"{"type":"tool_use","id":"t","name":"x","input":{}}"#),
            begin(#"{"type":"tool_use","id":"u","name":"y","input":{}}"#, at: 1),
            delta(#"{"type":"input_json_delta","partial_json":"{\"a\":"}"#),
            delta(#"{"type":"input_json_delta","partial_json":"{}"}"#, at: 1),
            delta(#"{"type":"input_json_delta","partial_json":"1}"}"#), stop(1), stop(),
        ])
        #expect(
            parts == [
                .blockStarted(index: 0, .toolUse("t", name: "x")), .blockStarted(index: 1, .toolUse("u", name: "y")),
                .delta(index: 0, #"{"a":"#), .delta(index: 1, "{}"), .delta(index: 0, "1}"),
                .blockEnded(index: 1, ModelBlock(.toolUse("u", name: "y", input: [:]))),
                .blockEnded(index: 0, ModelBlock(.toolUse("t", name: "x", input: ["a": 1]))),
            ])
    }

    @Test func `a tool of the server keeps the input that streams, and its result is kept whole`() async throws {
        let result = #"{"type":"web_search_tool_result","tool_use_id":"srv","content":[{"url":"u","new":1.0}]}"#
        let parts = try await parts([
            begin(#"{"type":"server_tool_use","id":"srv","name":"web_search","input":{}}"#),
            delta(#"{"type":"input_json_delta","partial_json":"{\"query\":"}"#),
            delta(#"{"type":"input_json_delta","partial_json":"\"x\"}"}"#), stop(),
            begin(result, at: 1), stop(1),
        ])
        let call: JSONValue = ["type": "server_tool_use", "id": "srv", "name": "web_search", "input": ["query": "x"]]
        #expect(
            parts == [
                .blockStarted(index: 0, .opaque),
                .blockEnded(index: 0, ModelBlock(.opaque, providerData: own(call))),
                .blockStarted(index: 1, .opaque),
                .blockEnded(index: 1, ModelBlock(.opaque, providerData: own(try JSONParser.parse(result)))),
            ])
    }

    @Test func `what is new is passed over`() async throws {
        let parts = try await parts([
            #"{"type":"ping"}"#, #"{"type":"brand_new","index":7}"#, #"{}"#,
            begin(#"{"type":"text","text":"a","colour":"red"}"#),
            delta(#"{"type":"glitter_delta","glitter":"x"}"#), stop(),
        ])
        #expect(
            parts == [
                .blockStarted(index: 0, .text), .delta(index: 0, "a"), .blockEnded(index: 0, ModelBlock(.text("a"))),
            ])
    }

    @Test func `a call without an id gets one that no other has`() async throws {
        let call = #"{"type":"tool_use","name":"x","input":{}}"#
        let ids = try await parts([begin(call), stop(), begin(call, at: 1), stop(1)]).compactMap { part -> ToolID? in
            guard case .blockEnded(_, let block) = part, case .toolUse(let id, _, _) = block.content else { return nil }
            return id
        }
        #expect(Set(ids).count == 2 && ids.allSatisfy { $0.rawValue.hasPrefix("call_") })
    }

    @Test func `half a call at the output limit ends as the text that came`() async throws {
        let body = Recorded.anthropic([
            Self.start, begin(#"{"type":"tool_use","id":"t","name":"x","input":{}}"#),
            delta(#"{"type":"input_json_delta","partial_json":"{\"a\":"}"#),
            #"{"type":"message_delta","delta":{"stop_reason":"max_tokens"}}"#, Self.end[1],
        ])
        let parts = try await Recorded.ask(Self.dialect, RecordedTransport(body: body))
        #expect(
            Array(parts.suffix(2)) == [
                .blockEnded(index: 0, ModelBlock(.toolUse("t", name: "x", input: .string(#"{"a":"#)))),
                .completed(.maxTokens, Usage(inputTokens: 3)),
            ])
    }

    @Test(arguments: [
        "not JSON", #"{"type":"content_block_delta","index":3,"delta":{"type":"text_delta","text":"x"}}"#,
        #"{"type":"content_block_stop","index":3}"#, #"{"type":"content_block_start","content_block":{}}"#,
    ]) func `what breaks the rules is malformed`(_ event: String) async throws {
        let body = Recorded.anthropic([Self.start]) + Array("data: \(event)\n\n".utf8)
        let error = await #expect(throws: ModelError.self) {
            try await Recorded.ask(Self.dialect, RecordedTransport(body: body))
        }
        #expect(error?.kind == .malformed)
    }

    @Test func `counts are totals that replace each other, and none is beyond reason`() async throws {
        let body = Recorded.anthropic([
            #"{"type":"message_start","message":{"id":"m","usage":{"input_tokens":5,"output_tokens":1}}}"#,
            #"{"type":"message_delta","delta":{},"usage":{"output_tokens":10,"cache_read_input_tokens":null}}"#,
            #"{"type":"message_delta","delta":{},"usage":{"input_tokens":-4,"output_tokens":9223372036854775807}}"#,
            Self.end[1],
        ])
        let parts = try await Recorded.ask(Self.dialect, RecordedTransport(body: body))
        #expect(parts.last == .completed(.endTurn, Usage(inputTokens: 0, outputTokens: 1_000_000_000)))
    }

    @Test func `an error without words is still a sentence`() async throws {
        let body = Recorded.anthropic([Self.start, #"{"type":"error","error":{"type":"new_error"}}"#])
        await #expect(throws: ModelError(.server, "here: new_error")) {
            try await Recorded.ask(Self.dialect, RecordedTransport(body: body))
        }
    }
}
