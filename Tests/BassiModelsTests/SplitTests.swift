import BassiEvents
import Testing

@testable import BassiModels

/// An answer is the same however its bytes are cut, and never complete before its end.
@Suite struct SplitTests {
    struct Recording: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let dialect: any WireDialect
        let body: [UInt8]
        /// Bytes at the end that may be missing, since the answer is whole without them.
        var spareBytes = 0
    }

    private static let anthropic = AnthropicDialect(adaptiveThinking: { _ in false })

    private static let recordings = [
        Recording(
            testDescription: "thinking, text and a tool of Anthropic", dialect: anthropic,
            body: Recorded.anthropic([
                #"{"type":"message_start","message":{"id":"m1","usage":{"input_tokens":3}}}"#,
                #"{"type":"content_block_start","index":0,"content_block":{"type":"thinking"}}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"ü\u2028🦊"}}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c"}}"#,
                #"{"type":"content_block_stop","index":0}"#,
                #"{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"t","name":"x"}}"#,
                #"{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{}"}}"#,
                #"{"type":"content_block_stop","index":1}"#,
                #"{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":9}}"#,
                #"{"type":"message_stop"}"#,
            ]), spareBytes: 2),
        Recording(
            testDescription: "reasoning and two calls of Chat Completions", dialect: ChatCompletionsDialect(),
            body: Array(": keep-alive\n\n".utf8)
                + Recorded.chat([
                    Recorded.delta(#"{"content":"","reasoning_content":"ü"}"#), Recorded.delta(#"{"content":"🦊"}"#),
                    Recorded.delta(
                        #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{\"n\""}}]}"#),
                    Recorded.delta(
                        #"{"tool_calls":[{"index":1,"id":"b","function":{"name":"y"}},{"index":0,"function":{"arguments":":1}"}}]}"#,
                        finish: "tool_calls"),
                ]), spareBytes: 16),
        Recording(
            testDescription: "reasoning, text and a call of Responses", dialect: ResponsesDialect(),
            body: Recorded.anthropic([
                #"{"type":"response.created","response":{"id":"r1"}}"#,
                #"{"type":"response.output_item.added","output_index":0,"item":{"type":"reasoning","id":"rs"}}"#,
                #"{"type":"response.reasoning_summary_text.delta","item_id":"rs","summary_index":0,"delta":"ü"}"#,
                #"{"type":"response.output_item.done","output_index":0,"item":{"type":"reasoning","id":"rs"}}"#,
                #"{"type":"response.output_text.delta","output_index":1,"delta":"\u2028🦊"}"#,
                #"{"type":"response.output_item.added","output_index":2,"item":{"type":"function_call","call_id":"c","name":"x"}}"#,
                #"{"type":"response.completed","response":{"id":"r1","usage":{"input_tokens":3}}}"#,
            ]), spareBytes: 2),
        Recording(
            testDescription: "lines that end in CR LF, without blanks", dialect: ChatCompletionsDialect(),
            body: Array(
                "data:\(Recorded.delta(#"{"content":"a"}"#))\r\n\r\ndata:\(Recorded.delta("{}", finish: "stop"))\r\n\r\n"
                    .utf8), spareBytes: 4),
        Recording(
            testDescription: "a document", dialect: anthropic,
            body: Array(
                " \n {\"type\":\"message\",\"id\":\"m\",\"content\":[{\"type\":\"text\",\"text\":\"ü🦊\"}]}\n".utf8),
            spareBytes: 1),
    ]

    private func parts(_ recording: Recording, _ sizes: [Int], isCut: Bool = false) async throws -> [ModelPart] {
        let transport = RecordedTransport(body: recording.body, sizes: sizes, isCut: isCut)
        return Recorded.joined(try await Recorded.ask(recording.dialect, transport))
    }

    @Test(arguments: recordings) func `every two pieces give the same parts`(_ recording: Recording) async throws {
        let whole = try await parts(recording, [])
        for cut in 0...recording.body.count {
            #expect(try await parts(recording, [cut]) == whole, "cut at \(cut)")
        }
    }

    @Test(arguments: recordings) func `every size of piece gives the same parts`(_ recording: Recording) async throws {
        let whole = try await parts(recording, [])
        for size in 1...17 {
            let sizes = Array(repeating: size, count: recording.body.count / size)
            #expect(try await parts(recording, sizes) == whole, "pieces of \(size)")
        }
    }

    @Test(arguments: recordings) func `an end after any byte is an error, or comes after the whole answer`(
        _ recording: Recording
    ) async throws {
        let whole = try await parts(recording, [])
        #expect(whole.contains { if case .completed = $0 { true } else { false } })
        for count in 0..<recording.body.count {
            var short = recording.body
            short.removeLast(recording.body.count - count)
            for isCut in [false, true] {
                let transport = RecordedTransport(body: short, isCut: isCut)
                do {
                    let parts = Recorded.joined(try await Recorded.ask(recording.dialect, transport))
                    #expect(parts == whole && recording.body.count - count <= recording.spareBytes, "after \(count)")
                } catch let error as ModelError {
                    #expect([.cut, .malformed].contains(error.kind) && error.isRetryable, "after \(count)")
                }
            }
        }
    }

    @Test(arguments: recordings) func `damaged bytes give an answer or an error of the model, never anything else`(
        _ recording: Recording
    ) async throws {
        for _ in 0..<300 {
            var body = recording.body
            for _ in 0...Int.random(in: 0...3) {
                let at = Int.random(in: 0..<body.count)
                switch Int.random(in: 0...2) {
                case 0: body[at] = UInt8.random(in: 0...255)
                case 1: body.remove(at: at)
                default: body.insert(contentsOf: body[at..<min(at + 40, body.count)], at: at)
                }
            }
            do {
                let parts = try await Recorded.ask(recording.dialect, RecordedTransport(body: body))
                #expect(parts.count { if case .completed = $0 { true } else { false } } == 1)
            } catch let error {
                #expect(error is ModelError, "\(error) for \(String(decoding: body, as: UTF8.self))")
            }
        }
    }

    @Test func `what came before a broken connection was given, and nothing is completed`() async throws {
        let given = PartLog()
        let body = Recorded.chat([Recorded.delta(#"{"content":"a"}"#)], done: false)
        let adapter = Recorded.adapter(ChatCompletionsDialect(), RecordedTransport(body: body, isCut: true))
        await #expect(throws: ModelError(.cut, "the connection broke")) {
            try await adapter.respond(to: Recorded.request) { given.append($0) }
        }
        #expect(
            given.all == [
                .messageStarted(id: "c1", usage: Usage()), .blockStarted(index: 0, .text), .delta(index: 0, "a"),
            ])
    }
}
