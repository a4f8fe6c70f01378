import BassiEvents
import Testing

@testable import BassiModels

/// Counting tokens, versions of the API, and what is cited.
@Suite struct AnthropicCountTests {
    private static let request = ModelRequest(
        model: "m", systemPrompt: "Be brief.", messages: [.user([.text("Hi")])],
        tools: [ToolDescription(name: "t", description: "d", inputSchema: ["type": "object"])])

    private func adapter(_ transport: RecordedTransport) -> HTTPModelAdapter {
        Recorded.adapter(AnthropicDialect(adaptiveThinking: { _ in true }), transport)
    }

    @Test func `the provider counts the prompt alone`() async throws {
        let transport = RecordedTransport(body: Array(#"{"input_tokens":2095}"#.utf8))
        #expect(try await adapter(transport).countTokens(of: Self.request) == 2095)
        let sent = try #require(transport.sent.all.first)
        #expect(sent.url == "http://here/v1/messages/count_tokens")
        let body = try JSONParser.parse(sent.body)
        #expect(body.object?.members.map(\.key).sorted() == ["messages", "model", "system", "thinking", "tools"])
    }

    @Test func `a count beyond the window is as a prompt that is refused, and a count that fails is none`() async throws
    {
        let long = RecordedTransport(body: Array(#"{"input_tokens":2095}"#.utf8))
        let error = await #expect(throws: ModelError.self) {
            try await adapter(long).check(Self.request, fitsInto: 2000)
        }
        #expect(error?.kind == .contextExceeded)
        try await adapter(long).check(Self.request, fitsInto: 2095)
        let failing = RecordedTransport(status: 500, body: [])
        try await adapter(failing).check(Self.request, fitsInto: 1)
    }

    @Test func `others do not count`() async throws {
        let transport = RecordedTransport(body: [])
        #expect(try await Recorded.adapter(ChatCompletionsDialect(), transport).countTokens(of: Self.request) == nil)
        #expect(transport.sent.all.isEmpty)
    }

    @Test func `the version of the API is the one that was asked for`() {
        let named = AnthropicDialect(version: "2026-10-21", adaptiveThinking: { _ in true })
        #expect(named.headers(key: nil) == [HTTPField("anthropic-version", "2026-10-21")])
        let body = named.body(of: Self.request, for: "anthropic")
        #expect(["temperature", "top_p", "top_k"].allSatisfy { body[$0] == nil })
        let other = AnthropicDialect(adaptiveThinking: { _ in true })
        #expect(other.headers(key: nil) == [HTTPField("anthropic-version", "2023-06-01")])
    }

    @Test func `what a text cites comes back with it, to the same model alone`() async throws {
        let citation = #"{"type":"char_location","cited_text":"sky","document_index":0,"start_char_index":0}"#
        let transport = RecordedTransport(
            body: Recorded.anthropic([
                #"{"type":"message_start","message":{"id":"m1"}}"#,
                #"{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Blue."}}"#,
                #"{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":\#(citation)}}"#,
                #"{"type":"content_block_stop","index":0}"#, #"{"type":"message_stop"}"#,
            ]))
        let dialect = AnthropicDialect(adaptiveThinking: { _ in false })
        let parts = try await Recorded.ask(dialect, transport)
        let block = try #require(
            parts.compactMap { part -> ModelBlock? in
                if case .blockEnded(_, let block) = part { block } else { nil }
            }.first)
        #expect(block.content == .text("Blue."))
        func sent(_ model: String) -> JSONValue? {
            let request = ModelRequest(model: model, messages: [.user([.text("?")]), .assistant([block])])
            return dialect.body(of: request, for: "here")["messages"]?.array?.last?["content"]?.array?.first
        }
        let model = try #require(block.providerData?.model)
        #expect(sent(model)?["citations"] == (try JSONParser.parse("[\(citation)]")))
        #expect(sent("other")?["citations"] == nil)
    }
}
