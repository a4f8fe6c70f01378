import BassiEvents
import Testing

@testable import BassiModels

/// Requests of Chat Completions, byte for byte.
@Suite struct ChatRequestTests {
    private func messages(_ messages: [ModelMessage], _ rule: ChatCallRule = .none) -> String {
        let request = ModelRequest(model: "m", messages: messages)
        return ChatCompletionsDialect(callRule: rule).body(of: request, for: "here")["messages"]?.text ?? ""
    }

    private func result(_ id: ToolID, _ content: [ContentBlock]) -> ToolResultMessage {
        ToolResultMessage(toolID: id, toolName: "a", content: content, isError: false)
    }

    private func call(_ id: ToolID, _ data: ProviderData? = nil) -> ModelBlock {
        ModelBlock(.toolUse(id, name: "a", input: [:]), providerData: data)
    }

    private func wire(_ id: String, _ more: String = "") -> String {
        #"{"id":"\#(id)","type":"function","function":{"name":"a","arguments":"{}"}\#(more)}"#
    }

    private static let picture = ContentBlock.image(.init(mediaType: "image/png", data: "AA=="))

    @Test func `a whole request`() {
        let request = ModelRequest(
            model: "m", systemPrompt: "s", messages: [.user([.text("hi"), .text(""), .text("there")])],
            tools: [ToolDescription(name: "a", description: "d", inputSchema: ["type": "object"])], outputTokensMax: 7)
        let dialect = ChatCompletionsDialect(outputLimitField: "max_completion_tokens")
        #expect(
            dialect.body(of: request, for: "here").text
                == #"{"model":"m","messages":[{"role":"system","content":"s"},{"role":"user","content":"hi\nthere"}],"#
                + #""stream":true,"stream_options":{"include_usage":true},"max_completion_tokens":7,"#
                + #""tools":[{"type":"function","function":{"name":"a","description":"d","#
                + #""parameters":{"type":"object"}}}]}"#)
    }

    @Test func `nothing is sent empty`() {
        let request = ModelRequest(
            model: "m", systemPrompt: " ",
            messages: [
                .user([.text("x"), .text(" \n")]), .assistant([]), .assistant([ModelBlock(.text("  "))]),
                .assistant([ModelBlock(.thinking("hm"))]), .user([.text("")]),
            ])
        #expect(
            ChatCompletionsDialect().body(of: request, for: "here").text
                == #"{"model":"m","messages":[{"role":"user","content":"x"}],"stream":true,"#
                + #""stream_options":{"include_usage":true},"max_tokens":16384}"#)
    }

    @Test func `results follow their calls directly, and pictures and words come after the last of them`() {
        #expect(
            messages([
                .user([.text("go")]), .assistant([ModelBlock(.text("I look.")), call("t"), call("u")]),
                .user([.text("hurry")]), .toolResults([result("t", [.text("one"), Self.picture])]),
                .toolResults([result("u", [.text("a"), .text("b")])]), .user([.text("thanks")]),
            ])
                == #"[{"role":"user","content":"go"},"#
                + #"{"role":"assistant","content":"I look.","tool_calls":[\#(wire("t")),\#(wire("u"))]},"#
                + #"{"role":"tool","tool_call_id":"t","content":"one"},"#
                + #"{"role":"tool","tool_call_id":"u","content":"a\nb"},"#
                + #"{"role":"user","content":[{"type":"text","text":"From a:"},"#
                + #"{"type":"image_url","image_url":{"url":"data:image/png;base64,AA=="}},"#
                + #"{"type":"text","text":"hurry"},{"type":"text","text":"thanks"}]}]"#)
    }

    @Test func `documents are files, and what has no bytes here is left out`() {
        #expect(
            messages([
                .user([
                    .document(.init(mediaType: "application/pdf", data: "JVBE", name: "a.pdf")),
                    .document(.init(mediaType: "application/pdf", data: "JVBE")),
                    .image(.init(mediaType: "image/png", blob: "elsewhere")), .other(["type": "new"]),
                ])
            ])
                == #"[{"role":"user","content":["#
                + #"{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBE"}},"#
                + #"{"type":"file","file":{"filename":"document","file_data":"data:application/pdf;base64,JVBE"}}]}]"#)
        #expect(messages([.user([.other(["type": "new"])])]) == "[]")
    }

    @Test func `reasoning goes back in its field, to the model that wrote it alone`() {
        func turn(_ provider: String, _ model: String) -> String {
            let data = ProviderData(provider: provider, model: model, data: ["field": "reasoning"])
            let thoughts = ["a", "b"].map { ModelBlock(.thinking($0), providerData: data) }
            return messages([.assistant(thoughts + [ModelBlock(.text("x"))])])
        }
        #expect(turn("here", "m") == #"[{"role":"assistant","content":"x","reasoning":"ab"}]"#)
        for (provider, model) in [("here", "other"), ("there", "m")] {
            #expect(turn(provider, model) == #"[{"role":"assistant","content":"x"}]"#)
        }
    }

    @Test func `what came with a call goes back with it, to the model that made it alone`() {
        func turn(_ model: String) -> String {
            let data: JSONValue = ["extra_content": ["google": ["thought_signature": "s"]]]
            let own = ProviderData(provider: "here", model: model, data: data)
            return messages([.assistant([call("functions.a:0", own)])])
        }
        func whole(_ call: String) -> String { #"[{"role":"assistant","content":null,"tool_calls":[\#(call)]}]"# }
        let extra = #","extra_content":{"google":{"thought_signature":"s"}}"#
        #expect(turn("m") == whole(wire("functions.a:0", extra)))
        #expect(turn("other") == whole(wire("functions.a:0")))
    }

    // MARK: - Calls that another model made

    @Test func `DeepSeek gets its field with every call, be it empty`() {
        #expect(
            messages(
                [.assistant([call("t")]), .assistant([ModelBlock(.text("x"))])], ChatCallRule(provider: "deepseek"))
                == #"[{"role":"assistant","content":null,"tool_calls":[\#(wire("t"))],"reasoning_content":""},"#
                + #"{"role":"assistant","content":"x"}]"#)
    }

    @Test func `Gemini gets a word in place of a signature with the first call`() {
        let extra = #","extra_content":{"google":{"thought_signature":"skip_thought_signature_validator"}}"#
        #expect(
            messages([.assistant([call("t"), call("u")])], ChatCallRule(provider: "gemini"))
                == #"[{"role":"assistant","content":null,"tool_calls":[\#(wire("t", extra)),\#(wire("u"))]}]"#)
    }

    @Test func `Mistral gets ids of nine letters and digits, the same for a call and its result`() {
        let rule = ChatCallRule(provider: "mistral")
        #expect(rule.wireID("abcDEF123") == "abcDEF123")
        let ids: [ToolID] = ["toolu_1", "toolu_2", "", "abcDEF-12", "çallçall1"]
        let short = ids.map(rule.wireID)
        #expect(Set(short).count == ids.count)
        for id in short { #expect(id.utf8.count == 9 && rule.wireID(ToolID(id)) == id) }
        let text = messages([.assistant([call("toolu_1")]), .toolResults([result("toolu_1", [])])], rule)
        #expect(text.split(separator: short[0]).count == 3)
        #expect(ChatCallRule(provider: "openai").wireID("toolu_1") == "toolu_1")
    }
}
