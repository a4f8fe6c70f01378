import BassiEvents
import Testing

@testable import BassiModels

/// Answers that must fit a schema, as each wire asks for them.
@Suite struct OutputFormatTests {
    private static let schema: JSONValue = [
        "type": "object",
        "properties": ["n": ["type": "integer", "minimum": 1], "who": ["type": "object", "properties": ["a": true]]],
        "required": ["n"],
    ]
    private static let plain: JSONValue = [
        "type": "object",
        "properties": [
            "n": ["type": "integer"],
            "who": ["type": "object", "properties": ["a": true], "additionalProperties": false],
        ], "required": ["n"], "additionalProperties": false,
    ]

    private var request: ModelRequest {
        ModelRequest(model: "m", messages: [.user([.text("Hi")])], outputSchema: Self.schema)
    }

    @Test func `limits are left out and objects closed`() {
        #expect(OutputFormat.plain(Self.schema) == Self.plain)
    }

    @Test func `a property may have the name of a keyword`() {
        let schema: JSONValue = ["type": "object", "properties": ["minimum": ["type": "string", "minLength": 1]]]
        #expect(OutputFormat.plain(schema)["properties"]?["minimum"] == ["type": "string"])
    }

    @Test func `a schema is strict when everything is required and closed, at every depth`() {
        let inner: JSONValue = [
            "type": "object", "properties": ["a": ["type": "string"]], "required": ["a"], "additionalProperties": false,
        ]
        func outer(_ part: JSONValue) -> JSONValue {
            ["type": "object", "properties": ["x": part], "required": ["x"], "additionalProperties": false]
        }
        #expect(OutputFormat.isStrict(outer(inner)))
        #expect(!OutputFormat.isStrict(outer(["type": "object", "properties": ["a": ["type": "string"]]])))
        #expect(!OutputFormat.isStrict(outer(["type": "array", "items": Self.schema])))
        #expect(!OutputFormat.isStrict(Self.plain))
    }

    @Test func `Messages takes it as an output format`() {
        let body = AnthropicDialect(adaptiveThinking: { _ in false }).body(of: request, for: "anthropic")
        #expect(body["output_config"] == ["format": ["type": "json_schema", "schema": Self.plain]])
    }

    @Test func `Chat Completions takes it as a response format, strict where it may be`() {
        let body = ChatCompletionsDialect().body(of: request, for: "openai")
        #expect(
            body["response_format"] == [
                "type": "json_schema", "json_schema": ["name": "answer", "schema": Self.plain, "strict": false],
            ])
    }

    @Test func `llama.cpp takes the schema beside the older word`() {
        let body = ChatCompletionsDialect().body(of: request, for: "llamacpp")
        #expect(body["response_format"] == ["type": "json_object", "schema": Self.plain])
    }

    @Test func `Responses takes it as a format of its text, strict where it may be`() {
        func format(_ schema: JSONValue) -> JSONValue? {
            let request = ModelRequest(model: "m", messages: [.user([.text("Hi")])], outputSchema: schema)
            return ResponsesDialect().body(of: request, for: "openai")["text"]?["format"]
        }
        #expect(
            format(Self.schema) == ["type": "json_schema", "name": "answer", "schema": Self.plain, "strict": false])
        #expect(format(["type": "object", "properties": [:]])?["strict"] == true)
    }

    @Test func `a tool that must be called is named in each wire's words`() {
        var request = request
        request.forcedTool = "t"
        let chat = ChatCompletionsDialect().body(of: request, for: "vllm")
        #expect(chat["tool_choice"] == ["type": "function", "function": ["name": "t"]])
        let anthropic = AnthropicDialect(adaptiveThinking: { _ in false }).body(of: request, for: "anthropic")
        #expect(anthropic["tool_choice"] == ["type": "tool", "name": "t"])
        let responses = ResponsesDialect().body(of: request, for: "openai")
        #expect(responses["tool_choice"] == ["type": "function", "name": "t"])
    }

    @Test func `the demonstration answers with a value that fits`() async throws {
        let parts = PartLog()
        try await DemoModel().respond(to: request) { parts.append($0) }
        let text = parts.all.reduce("") { if case .delta(_, let more) = $1 { $0 + more } else { $0 } }
        #expect(try JSONParser.parse(text) == ["n": 1])
    }
}
