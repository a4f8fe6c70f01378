import BassiEvents
import Testing

@testable import BassiModels

/// Recorded answers of Responses in, parts out: the service's own, and those of servers that copied it by half.
@Suite struct ResponsesTests {
    private static let dialect = ResponsesDialect()

    private func ask(_ payloads: [String]) async throws -> [ModelPart] {
        Recorded.joined(try await Recorded.ask(Self.dialect, RecordedTransport(body: Recorded.anthropic(payloads))))
    }

    private func error(_ payloads: [String]) async throws -> ModelError {
        try #require(await #expect(throws: ModelError.self) { try await ask(payloads) })
    }

    private static func own(_ data: JSONValue) -> ProviderData {
        ProviderData(provider: "here", model: "m", data: data)
    }

    private static let created = #"{"type":"response.created","sequence_number":0,"response":{"id":"resp_1"}}"#

    private static func completed(_ output: String = "", status: String = "completed", more: String = "") -> String {
        #"{"type":"response.\#(status)","response":{"id":"resp_1","status":"\#(status)"\#(output)\#(more)}}"#
    }

    private static func item(_ event: String, _ index: Int, _ item: String) -> String {
        #"{"type":"response.output_item.\#(event)","output_index":\#(index),"item":\#(item)}"#
    }

    private static let usage =
        #","usage":{"input_tokens":50,"input_tokens_details":{"cached_tokens":30,"cache_write_tokens":15},"#
        + #""output_tokens":20,"output_tokens_details":{"reasoning_tokens":8}}"#

    private static let counted = Usage(
        inputTokens: 5, outputTokens: 20, cacheReadTokens: 30, cacheWriteTokens: 15, reasoningTokens: 8)

    private static let reasoning =
        #"{"type":"reasoning","id":"rs_1","summary":[{"type":"summary_text","text":"One."},"#
        + #"{"type":"summary_text","text":"Two."}],"encrypted_content":"gAAAA1","status":null}"#

    @Test func `reasoning, text and a call come as blocks, with what the service wants back`() async throws {
        let call = #""type":"function_call","id":"fc_1","call_id":"call_1","name":"read""#
        let parts = try await ask([
            Self.created, #"{"type":"response.in_progress","response":{"id":"resp_1"}}"#,
            Self.item("added", 0, #"{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gA"}"#),
            #"{"type":"response.reasoning_summary_part.added","output_index":0,"summary_index":0}"#,
            #"{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","summary_index":0,"delta":"One."}"#,
            #"{"type":"response.reasoning_summary_text.done","item_id":"rs_1","summary_index":0,"text":"One."}"#,
            #"{"type":"response.reasoning_summary_text.delta","item_id":"rs_1","summary_index":1,"delta":"Two."}"#,
            Self.item("done", 0, Self.reasoning),
            Self.item("added", 1, #"{"type":"message","id":"msg_1","role":"assistant","content":[]}"#),
            #"{"type":"response.output_text.delta","item_id":"msg_1","content_index":0,"delta":"I "}"#,
            #"{"type":"response.output_text.delta","item_id":"msg_1","content_index":0,"delta":"look."}"#,
            #"{"type":"response.output_text.done","item_id":"msg_1","content_index":0,"text":"I look."}"#,
            Self.item(
                "done", 1,
                #"{"type":"message","id":"msg_1","role":"assistant","phase":"commentary","status":"completed","#
                    + #""content":[{"type":"output_text","text":"I look.","annotations":[]}]}"#),
            Self.item("added", 2, "{\(call),\"arguments\":\"\"}"),
            #"{"type":"response.function_call_arguments.delta","item_id":"fc_1","delta":"{\"path\":"}"#,
            #"{"type":"response.function_call_arguments.delta","item_id":"fc_1","delta":"\"a\"}"}"#,
            #"{"type":"response.function_call_arguments.done","item_id":"fc_1","arguments":"{\"path\":\"a\"}"}"#,
            Self.item("done", 2, "{\(call),\"arguments\":\"{\\\"path\\\":\\\"a\\\"}\",\"status\":\"completed\"}"),
            Self.completed(more: Self.usage),
        ])
        let whole = try JSONParser.parse(Self.reasoning)
        #expect(
            parts == [
                .messageStarted(id: "resp_1", usage: Usage()),
                .blockStarted(index: 0, .thinking), .delta(index: 0, "One.\n\nTwo."),
                .blockEnded(
                    index: 0, ModelBlock(.thinking("One.\n\nTwo."), providerData: Self.own(["item": whole]))),
                .blockStarted(index: 1, .text), .delta(index: 1, "I look."),
                .blockEnded(
                    index: 1,
                    ModelBlock(
                        .text("I look."),
                        providerData: Self.own(["message": ["id": "msg_1", "phase": "commentary"], "after": "rs_1"]))),
                .blockStarted(index: 2, .toolUse("call_1", name: "read")), .delta(index: 2, #"{"path":"a"}"#),
                .blockEnded(
                    index: 2,
                    ModelBlock(
                        .toolUse("call_1", name: "read", input: ["path": "a"]),
                        providerData: Self.own(["call": ["id": "fc_1"], "after": "rs_1"]))),
                .completed(.toolUse, Self.counted),
            ])
    }

    @Test func `an answer in one document is the same answer`() async throws {
        let document =
            #"{"id":"resp_1","object":"response","status":"completed","error":null,"output":["#
            + Self.reasoning + #",{"type":"function_call","call_id":"c","name":"x","arguments":""}]\#(Self.usage)}"#
        let parts = try await Recorded.ask(Self.dialect, RecordedTransport(body: Array(document.utf8)))
        let blocks = parts.compactMap { if case .blockEnded(_, let block) = $0 { block.content } else { nil } }
        #expect(blocks == [.thinking("One.\n\nTwo."), .toolUse("c", name: "x", input: [:])])
        #expect(parts.last == .completed(.toolUse, Self.counted))
    }

    @Test func `items that interleave end in their order`() async throws {
        func call(_ name: String, _ arguments: String) -> String {
            #"{"type":"function_call","id":"fc_\#(name)","call_id":"\#(name)","name":"\#(name)","arguments":"\#(arguments)"}"#
        }
        let parts = try await ask([
            Self.created, Self.item("added", 0, call("a", "")), Self.item("added", 1, call("b", "")),
            #"{"type":"response.function_call_arguments.delta","output_index":1,"item_id":"fc_b","delta":"{}"}"#,
            Self.item("done", 1, call("b", "{}")),
            #"{"type":"response.function_call_arguments.delta","output_index":0,"item_id":"fc_a","delta":"{}"}"#,
            Self.item("done", 0, call("a", "{}")), Self.completed(),
        ])
        let ends = parts.compactMap { if case .blockEnded(let index, _) = $0 { index } else { nil } }
        #expect(ends == [0, 1])
    }

    @Test(arguments: [#""output_index":0,"#, ""]) func `calls that all have the place 0, or none, stay apart`(
        _ place: String
    ) async throws {
        func event(_ type: String, _ rest: String) -> String { #"{"type":"response.\#(type)",\#(place)\#(rest)}"# }
        func call(_ id: String, _ more: String = "") -> String {
            #""item":{"type":"function_call","id":"fc_\#(id)","call_id":"\#(id)","name":"x"\#(more)}"#
        }
        let parts = try await ask([
            Self.created, event("output_item.added", call("a")), event("output_item.added", call("b")),
            event("function_call_arguments.delta", #""item_id":"fc_b","delta":"{\"n\":2}""#),
            event("function_call_arguments.delta", #""item_id":"fc_a","delta":"{\"n\":1}""#),
            event("output_item.done", call("b", #","arguments":"{\"n\":2}""#)),
            event("output_item.done", call("a", #","arguments":"{\"n\":1}""#)), Self.completed(),
        ])
        let blocks = parts.compactMap { if case .blockEnded(_, let block) = $0 { block.content } else { nil } }
        #expect(blocks == [.toolUse("a", name: "x", input: ["n": 1]), .toolUse("b", name: "x", input: ["n": 2])])
    }

    @Test func `what clones leave out is made up from the deltas`() async throws {
        let delta = #"{"type":"response.output_text.delta","delta":"Hi"}"#
        let thought = #"{"type":"response.reasoning_text.delta","output_index":0,"delta":"hm"}"#
        let parts = try await ask([
            Self.item("added", 0, #"{"type":"reasoning","id":"r"}"#), thought, delta,
            Self.item("added", 1, #"{"type":"function_call","call_id":"c","name":"x"}"#),
            #"{"type":"response.function_call_arguments.delta","output_index":1,"delta":"{\"n\":1}"}"#,
            Self.completed(),
        ])
        let blocks = parts.compactMap { if case .blockEnded(_, let block) = $0 { block } else { nil } }
        #expect(blocks.map(\.content) == [.thinking("hm"), .text("Hi"), .toolUse("c", name: "x", input: ["n": 1])])
        #expect(blocks[0].providerData == nil && blocks[1].providerData == nil)
        #expect(parts.first == .messageStarted(id: "", usage: Usage()))
        #expect(parts.last == .completed(.toolUse, Usage()))
    }

    @Test(arguments: ["", #","id":"other""#]) func `what the end says again is there once`(_ id: String) async throws {
        let message = #"{"type":"message"\#(id),"content":[{"type":"output_text","text":"Hi"}]}"#
        let parts = try await ask([
            Self.created, Self.item("added", 0, #"{"type":"message","id":"first"}"#),
            #"{"type":"response.output_text.delta","item_id":"second","output_index":0,"delta":"Hi"}"#,
            Self.item("done", 0, #"{"type":"message","id":"third","content":[{"type":"output_text","text":"Hi"}]}"#),
            Self.completed(#","output":[\#(message)]"#),
        ])
        let texts = parts.compactMap { if case .blockEnded(_, let block) = $0 { block.content } else { nil } }
        #expect(texts == [.text("Hi")])
    }

    @Test func `an answer that comes only with the end is whole`() async throws {
        let message = #"{"type":"message","id":"msg_1","content":[{"type":"output_text","text":"Hi"}]}"#
        let parts = try await ask([Self.created, Self.completed(#","output":[\#(message)]"#)])
        #expect(parts.contains(.delta(index: 0, "Hi")) && parts.last == .completed(.endTurn, Usage()))
    }

    @Test func `items that nobody knows stay as they are`() async throws {
        let item = #"{"type":"compaction","id":"cmp_1","encrypted_content":"x"}"#
        let parts = try await ask([
            Self.created, Self.item("added", 0, #"{"type":"compaction"}"#),
            #"{"type":"response.compaction.compacting"}"#,
            #"{"type":"response.new_event","output_index":0}"#, Self.item("done", 0, item), Self.completed(),
        ])
        let data = Self.own(["item": try JSONParser.parse(item)])
        #expect(
            Array(parts.dropFirst().prefix(2)) == [
                .blockStarted(index: 0, .opaque), .blockEnded(index: 0, ModelBlock(.opaque, providerData: data)),
            ])
    }

    @Test func `a refusal is a text, and ends the answer as one`() async throws {
        let parts = try await ask([
            Self.created, #"{"type":"response.refusal.delta","item_id":"msg_1","content_index":0,"delta":"No."}"#,
            Self.item("done", 0, #"{"type":"message","id":"msg_1","content":[{"type":"refusal","refusal":"No."}]}"#),
            Self.completed(),
        ])
        let data = Self.own(["message": ["id": "msg_1"], "is_refusal": true])
        #expect(parts.contains(.blockEnded(index: 0, ModelBlock(.text("No."), providerData: data))))
        #expect(parts.last == .completed(.refusal, Usage()))
    }

    @Test(arguments: [
        ("max_output_tokens", StopReason.maxTokens), ("content_filter", .refusal), ("max_messages", .maxTokens),
    ]) func `an incomplete answer says why`(_ word: String, _ reason: StopReason) async throws {
        let details = #","incomplete_details":{"reason":"\#(word)"}"#
        let parts = try await ask([
            Self.created, #"{"type":"response.output_text.delta","delta":"Hi"}"#,
            Self.completed(status: "incomplete", more: details),
        ])
        #expect(parts.last == .completed(reason, Usage()))
    }

    @Test(arguments: [
        ("server_error", ModelError.Kind.server), ("rate_limit_exceeded", .rateLimited),
        ("context_length_exceeded", .contextExceeded), ("insufficient_quota", .quotaSpent),
        ("invalid_prompt", .invalidRequest), ("server_is_overloaded", .overloaded),
        ("image_too_large", .invalidRequest), ("invalid_encrypted_content", .signatureRefused), ("new", .server),
    ]) func `a failure has its kind, as an event of its own or as the end`(
        _ code: String, _ kind: ModelError.Kind
    ) async throws {
        let said = #""code":"\#(code)","message":"m""#
        for event in [
            #"{"type":"error",\#(said),"param":null,"sequence_number":3}"#, #"{"type":"error","error":{\#(said)}}"#,
            #"{"error":{\#(said)}}"#, Self.completed(status: "failed", more: #","error":{\#(said)}"#),
        ] {
            #expect(try await error([Self.created, event]) == ModelError(kind, "here: m"), "\(event)")
        }
    }

    @Test func `an answer without its end is cut, one that was called off has failed`() async throws {
        let text = #"{"type":"response.output_text.delta","delta":"Hi"}"#
        #expect(try await error([Self.created, text]).kind == .cut)
        #expect(try await error([]).kind == .cut)
        #expect(try await error([Self.created, Self.completed(status: "cancelled")]).kind == .server)
        let body = Array("data: [DONE]\n\n".utf8)
        let error = try #require(
            await #expect(throws: ModelError.self) {
                try await Recorded.ask(Self.dialect, RecordedTransport(body: body))
            })
        #expect(error.kind == .cut)
    }
}
