import BassiEvents
import Testing

@testable import BassiModels

/// Requests of the Messages API, byte for byte.
@Suite struct AnthropicRequestTests {
    private func body(_ request: ModelRequest, thinks: Bool = false) -> String {
        AnthropicDialect(adaptiveThinking: { _ in thinks }).body(of: request, for: "anthropic").text
    }

    /// The `messages` of a request, without the mark of the cache.
    private func messages(_ messages: [ModelMessage]) -> String {
        let request = ModelRequest(model: "m", messages: messages)
        let json = AnthropicDialect(adaptiveThinking: { _ in false }).body(of: request, for: "anthropic")
        return (json["messages"]?.text ?? "").replacing(#","cache_control":{"type":"ephemeral"}"#, with: "")
    }

    private static let tools = ["a", "b"].map {
        ToolDescription(name: $0, description: "d", inputSchema: ["type": "object", "properties": [:]])
    }

    private func result(_ id: ToolID, _ content: [ContentBlock], isError: Bool = false) -> ModelMessage {
        .toolResults([ToolResultMessage(toolID: id, toolName: "a", content: content, isError: isError)])
    }

    @Test func `the least request`() {
        #expect(
            body(ModelRequest(model: "m", messages: [.user([.text("hi")])], outputTokensMax: 7))
                == #"{"model":"m","max_tokens":7,"stream":true,"messages":[{"role":"user","content":"#
                + #"[{"type":"text","text":"hi","cache_control":{"type":"ephemeral"}}]}]}"#)
    }

    @Test func `a whole request marks its prefix and its end for the cache`() {
        let request = ModelRequest(
            model: "m", systemPrompt: "s", messages: [.user([.text("hi"), .text("there")])], tools: Self.tools,
            outputTokensMax: 7)
        let schema = #""input_schema":{"type":"object","properties":{}}"#
        #expect(
            body(request, thinks: true)
                == #"{"model":"m","max_tokens":7,"stream":true,"#
                + #""system":[{"type":"text","text":"s","cache_control":{"type":"ephemeral"}}],"#
                + #""tools":[{"name":"a","description":"d",\#(schema)},{"name":"b","description":"d",\#(schema)}],"#
                + #""thinking":{"type":"adaptive"},"messages":[{"role":"user","content":"#
                + #"[{"type":"text","text":"hi"},"#
                + #"{"type":"text","text":"there","cache_control":{"type":"ephemeral"}}]}]}"#)
    }

    @Test func `without a system prompt the last tool carries the mark`() {
        let request = ModelRequest(model: "m", systemPrompt: " \n", messages: [.user([.text("x")])], tools: Self.tools)
        let text = body(request)
        #expect(!text.contains(#""system""#))
        #expect(text.contains(#""properties":{}},"cache_control":{"type":"ephemeral"}}],"messages""#))
    }

    @Test func `empty and blank texts are left out, and a message of nothing too`() {
        #expect(
            messages([
                .user([.text(""), .text(" \n"), .text("a")]), .assistant([ModelBlock(.text(" "))]),
                .user([.text("b")]), .user([]), .assistant([]),
            ])
                == #"[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]}]"#)
    }

    @Test func `results stand before what was said while the tools ran`() {
        #expect(
            messages([
                .user([.text("go")]),
                .assistant([
                    ModelBlock(.text("I look.")), ModelBlock(.toolUse("t", name: "a", input: ["n": 1])),
                    ModelBlock(.toolUse("u", name: "a", input: [:])),
                ]),
                .user([.text("hurry")]), result("t", [.text("one"), .text(" ")]),
                result("u", [.text("")], isError: true), .user([.text("thanks")]),
            ])
                == #"[{"role":"user","content":[{"type":"text","text":"go"}]},"#
                + #"{"role":"assistant","content":[{"type":"text","text":"I look."},"#
                + #"{"type":"tool_use","id":"t","name":"a","input":{"n":1}},"#
                + #"{"type":"tool_use","id":"u","name":"a","input":{}}]},"#
                + #"{"role":"user","content":["#
                + #"{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"one"}]},"#
                + #"{"type":"tool_result","tool_use_id":"u","content":[{"type":"text","text":"(no output)"}],"#
                + #""is_error":true},{"type":"text","text":"hurry"},{"type":"text","text":"thanks"}]}]"#)
    }

    @Test(arguments: [
        ("toolu_01-A", "toolu_01-A"), ("functions.read:0", "functions_read_0"), ("çall é", "_all__"), ("", "_"),
    ]) func `ids of other providers are made acceptable, in the call and its result`(_ id: String, _ wire: String) {
        let text = messages([
            .assistant([ModelBlock(.toolUse(ToolID(id), name: "a", input: [:]))]), result(ToolID(id), []),
        ])
        #expect(text.contains(#""type":"tool_use","id":"\#(wire)","#))
        #expect(text.contains(#""tool_use_id":"\#(wire)","#))
    }

    @Test(arguments: [
        (#""{oops""#, #"{"invalid_input":"{oops"}"#), ("[1]", #"{"invalid_input":[1]}"#),
        ("null", #"{"invalid_input":null}"#), (#"{"z":1,"a":2}"#, #"{"z":1,"a":2}"#),
    ]) func `an input that is no object goes back inside one`(_ input: String, _ expected: String) throws {
        let block = ModelBlock(.toolUse("t", name: "a", input: try JSONParser.parse(input)))
        let text = messages([.assistant([block])])
        #expect(text.contains(#""input":\#(expected)}"#))
    }

    @Test func `pictures and documents go as the service takes them`() {
        #expect(
            messages([
                .user([
                    .image(.init(mediaType: "image/png", data: "AA==")),
                    .document(.init(mediaType: "application/pdf", data: "JVBE")),
                    .document(.init(mediaType: "text/markdown", data: "SGkg8J+mig==")),
                    .document(.init(mediaType: "text/plain", data: "")),
                    .image(.init(mediaType: "image/png", blob: "elsewhere")), .other(["type": "new"]),
                ])
            ])
                == #"[{"role":"user","content":["#
                + #"{"type":"image","source":{"type":"base64","media_type":"image/png","data":"AA=="}},"#
                + #"{"type":"document","source":{"type":"base64","media_type":"application/pdf","data":"JVBE"}},"#
                + #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"Hi 🦊"}}]}]"#)
    }

    private func block(_ content: ModelBlock.Content, _ provider: String, _ model: String, _ data: JSONValue)
        -> ModelBlock
    {
        ModelBlock(content, providerData: ProviderData(provider: provider, model: model, data: data))
    }

    @Test func `what a model signed goes back unchanged, in its order, to that model alone`() {
        let hidden: JSONValue = ["type": "redacted_thinking", "data": "x", "new": 1]
        func turn(_ provider: String, _ model: String) -> String {
            messages([
                .assistant([
                    block(.thinking(""), provider, model, ["signature": "s1"]),
                    block(.opaque, provider, model, hidden), ModelBlock(.text("a")),
                    block(.thinking("b"), provider, model, ["signature": "s2"]),
                ])
            ])
        }
        #expect(
            turn("anthropic", "m")
                == #"[{"role":"assistant","content":[{"type":"thinking","thinking":"","signature":"s1"},"#
                + #"{"type":"redacted_thinking","data":"x","new":1},{"type":"text","text":"a"},"#
                + #"{"type":"thinking","thinking":"b","signature":"s2"}]}]"#)
        for (provider, model) in [("anthropic", "other"), ("deepseek", "m")] {
            #expect(turn(provider, model) == #"[{"role":"assistant","content":[{"type":"text","text":"a"}]}]"#)
        }
    }

    @Test func `a paused turn that ends in thinking carries no mark, which the service would refuse`() {
        let thinking = block(.thinking("t"), "anthropic", "m", ["signature": "s"])
        let text = body(ModelRequest(model: "m", messages: [.user([.text("x")]), .assistant([thinking])]))
        #expect(text.contains(#"{"type":"thinking","thinking":"t","signature":"s"}"#))
    }

    @Test func `the ends of the last two requests carry a mark, and no others`() {
        let turns: [ModelMessage] = (1...3).flatMap { number in
            [.user([.text("q\(number)")]), .assistant([ModelBlock(.text("a\(number)"))])]
        }
        func marked(_ messages: [ModelMessage]) -> [String] {
            let text = body(ModelRequest(model: "m", messages: messages))
            return text.split(separator: #"{"type":"text","text":""#).dropFirst().filter { $0.contains("ephemeral") }
                .map { String($0.prefix(2)) }
        }
        #expect(marked(Array(turns.prefix(1))) == ["q1"] && marked(Array(turns.prefix(3))) == ["q1", "q2"])
        #expect(marked(Array(turns.prefix(5))) == ["q2", "q3"] && marked(turns) == ["q3", "a3"])
    }

    @Test func `a longer conversation begins with the bytes of the shorter one`() {
        var messages: [ModelMessage] = [.user([.text("go")])]
        var last = ""
        for number in 1...4 {
            let id = ToolID("t\(number)")
            messages += [.assistant([ModelBlock(.toolUse(id, name: "a", input: [:]))]), result(id, [.text("r")])]
            let text = self.messages(messages)
            #expect(text.hasPrefix(last.dropLast()))
            last = text
        }
    }
}
