import BassiEvents
import Foundation
import Testing

@testable import BassiModels

/// Requests of Responses, byte for byte.
@Suite struct ResponsesRequestTests {
    private func body(_ request: ModelRequest, _ dialect: ResponsesDialect = ResponsesDialect()) -> JSONValue {
        dialect.body(of: request, for: "here")
    }

    private func input(_ messages: [ModelMessage]) -> String {
        body(ModelRequest(model: "m", messages: messages))["input"]?.text ?? ""
    }

    private func own(_ data: JSONValue, _ provider: String = "here", _ model: String = "m") -> ProviderData {
        ProviderData(provider: provider, model: model, data: data)
    }

    private static let sealed: JSONValue = [
        "id": "rs_1", "summary": [], "type": "reasoning", "encrypted_content": "gA", "new": 1,
    ]

    private func answer(_ provider: String = "here", item: JSONValue = sealed) -> [ModelBlock] {
        [
            ModelBlock(.thinking("hm"), providerData: own(["item": item], provider)),
            ModelBlock(.text("I look."), providerData: own(["message": ["id": "msg_1"], "after": "rs_1"], provider)),
            ModelBlock(
                .toolUse("call_1", name: "a", input: ["n": 1]),
                providerData: own(["call": ["id": "fc_1"], "after": "rs_1"], provider)),
        ]
    }

    private func result(
        _ id: ToolID, _ content: [ContentBlock] = [.text("ok")], isError: Bool = false
    ) -> ToolResultMessage {
        ToolResultMessage(toolID: id, toolName: "a", content: content, isError: isError)
    }

    private static let bare =
        #"{"type":"message","role":"assistant","content":"I look."},"#
        + #"{"type":"function_call","call_id":"call_1","name":"a","arguments":"{\"n\":1}"}"#

    @Test func `a whole request`() {
        let request = ModelRequest(
            model: "m", systemPrompt: "s", messages: [.user([.text("hi"), .text(""), .text("there")])],
            tools: [ToolDescription(name: "a", description: "d", inputSchema: ["type": "object"])],
            outputTokensMax: 70)
        #expect(
            body(request, ResponsesDialect(reasons: true)).text
                == #"{"model":"m","instructions":"s","input":[{"type":"message","role":"user","content":"hi\nthere"}],"#
                + #""tools":[{"type":"function","name":"a","description":"d","parameters":{"type":"object"},"#
                + #""strict":false}],"reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"],"#
                + #""max_output_tokens":70,"store":false,"stream":true}"#)
    }

    @Test func `the provider's own items go back as they came`() {
        #expect(
            input([.user([.text("go")]), .assistant(answer()), .toolResults([result("call_1")])])
                == #"[{"type":"message","role":"user","content":"go"},"# + Self.sealed.text
                + #",{"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","#
                + #""text":"I look.","annotations":[]}],"id":"msg_1"},"#
                + #"{"type":"function_call","call_id":"call_1","name":"a","arguments":"{\"n\":1}","id":"fc_1"},"#
                + #"{"type":"function_call_output","call_id":"call_1","output":"ok"}]"#)
    }

    @Test func `another provider or model gets neither reasoning nor ids`() {
        let here = answer().map {
            ModelBlock($0.content, providerData: $0.providerData.map { own($0.data, "here", "n") })
        }
        for blocks in [answer("there"), here, answer().map { ModelBlock($0.content) }] {
            #expect(input([.assistant(blocks)]) == "[\(Self.bare)]")
        }
    }

    @Test func `reasoning that is only a reference stays out, and takes the ids with it`() {
        #expect(
            input([.assistant(answer(item: ["id": "rs_1", "type": "reasoning", "summary": []]))]) == "[\(Self.bare)]")
        #expect(input([.assistant(Array(answer().dropFirst()))]) == "[\(Self.bare)]")
    }

    @Test func `reasoning that nothing follows stays out`() {
        #expect(input([.user([.text("go")]), .assistant([answer()[0]])]).contains("rs_1") == false)
    }

    @Test func `the parts of one message are one message again`() {
        let first = ModelBlock(.text("a"), providerData: own(["message": ["id": "msg_1"], "annotations": [["n": 1]]]))
        let second = ModelBlock(.text("b"), providerData: own(["message": ["id": "msg_1"], "is_refusal": true]))
        #expect(
            input([.assistant([first, second])])
                == #"[{"type":"message","role":"assistant","status":"completed","content":[{"type":"output_text","#
                + #""text":"a","annotations":[{"n":1}]},{"type":"refusal","refusal":"b"}],"id":"msg_1"}]"#)
    }

    @Test func `opaque items go back to their own model only`() {
        let item: JSONValue = ["type": "web_search_call", "id": "ws_1", "status": "completed"]
        #expect(input([.assistant([ModelBlock(.opaque, providerData: own(["item": item]))])]) == "[\(item.text)]")
        #expect(input([.assistant([ModelBlock(.opaque, providerData: own(["item": item], "there"))])]) == "[]")
    }

    @Test func `outputs stand before what a person said, and say their errors`() {
        let picture = ContentBlock.image(.init(mediaType: "image/png", data: "AA=="))
        let file = ContentBlock.document(.init(mediaType: "application/pdf", data: "BB==", name: "a.pdf"))
        let notes = ContentBlock.document(
            .init(mediaType: "text/plain", data: Data("hi".utf8).base64EncodedString(), name: "n.txt"))
        #expect(
            input([
                .assistant([ModelBlock(.toolUse("t", name: "a", input: [:]))]), .user([.text("hurry"), notes]),
                .toolResults([result("t", [picture, file], isError: true), result("u", [.text("no")], isError: true)]),
                .toolResults([result("v", [])]),
            ])
                == #"[{"type":"function_call","call_id":"t","name":"a","arguments":"{}"},"#
                + #"{"type":"function_call_output","call_id":"t","output":[{"type":"input_text","text":"Error:"},"#
                + #"{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"},"#
                + #"{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,BB=="}]},"#
                + #"{"type":"function_call_output","call_id":"u","output":"Error: no"},"#
                + #"{"type":"function_call_output","call_id":"v","output":"(no output)"},"#
                + #"{"type":"message","role":"user","content":"hurry\nn.txt:\nhi"}]"#)
    }

    @Test func `an input that is no object is sent as one`() {
        let call = ModelBlock(.toolUse("t", name: "a", input: "{\"n"))
        #expect(input([.assistant([call])]).contains(#""arguments":"{\"invalid_input\":\"{\\\"n\"}""#))
    }

    @Test func `foreign ids are made acceptable, and stay apart`() {
        #expect(ResponsesRequest.wireID("call_1-x") == "call_1-x")
        let ids: [ToolID] = ["functions.a:0", "functions.a.0", "", ToolID(String(repeating: "x", count: 65)), "ü"]
        let wire = ids.map(ResponsesRequest.wireID)
        #expect(Set(wire).count == ids.count)
        for id in wire {
            #expect((1...64).contains(id.utf8.count))
            #expect(id.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "_-".contains($0)) })
        }
    }
}
