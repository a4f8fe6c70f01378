import BassiEvents
import Testing

@testable import BassiTesting

@Suite struct AnthropicRequestCheckTests {
    /// A request that is wrong in one way, and a part of what the service says.
    struct Fault: CustomTestStringConvertible, Sendable {
        let request: String
        let says: String
        var testDescription: String { says }

        init(_ request: String, _ says: String) {
            self.request = request
            self.says = says
        }

        /// A request that is right but for these messages.
        static func messages(_ messages: String, _ says: String) -> Fault {
            Fault(#"{"model":"m","max_tokens":9,"messages":["# + messages + "]}", says)
        }

        /// A request that is right but for these members beside its message.
        static func beside(_ members: String, _ says: String) -> Fault {
            Fault(#"{"model":"m","max_tokens":2000,"messages":[{"role":"user","content":"Hi"}],"# + members + "}", says)
        }
    }

    private func refusal(
        of request: String, version: String = "2023-06-01", _ change: (inout AnthropicRequestCheck) -> Void = { _ in }
    ) throws -> RequestRefusal? {
        var check = AnthropicRequestCheck(version: version)
        change(&check)
        let body = try JSONParser.parse(request)
        do throws(RequestRefusal) {
            try check.check(body)
            return nil
        } catch { return error }
    }

    static let hi = #"{"role":"user","content":"Hi"}"#
    static let call = #"{"role":"assistant","content":[{"type":"tool_use","id":"t1","name":"read","input":{}}]}"#
    static let result = #"{"role":"user","content":[{"type":"tool_result","tool_use_id":"t1","content":"ok"}]}"#

    static func user(_ blocks: String) -> String { #"{"role":"user","content":["# + blocks + "]}" }
    static func model(_ blocks: String) -> String { #"{"role":"assistant","content":["# + blocks + "]}" }

    static let valid = [
        #"{"model":"m","max_tokens":1,"messages":[{"role":"user","content":"Hi"}],"temperature":1}"#,
        Fault.messages("\(hi),\(call),\(result)", "").request,
        Fault.messages(hi + #",{"role":"system","content":"Be brief."}"#, "").request,
        Fault.messages("\(hi),\(call)," + user(resultBlock("t1") + #",{"type":"text","text":"And?"}"#), "").request,
        Fault.messages(
            hi + "," + model(thought("Hm.", ThinkingSignature.of("Hm."))) + "," + hi, ""
        ).request,
        Fault.beside(
            """
            "tools":[{"name":"read","input_schema":{"type":"object"},"cache_control":{"type":"ephemeral"}}],
            "tool_choice":{"type":"tool","name":"read"},"thinking":{"type":"adaptive","display":"omitted"},
            "system":[{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral","ttl":"5m"}}],
            "metadata":{"user_id":"u"},"stop_sequences":["END"],"output_config":{"effort":"low"}
            """, ""
        ).request,
    ]

    static func resultBlock(_ id: String) -> String { #"{"type":"tool_result","tool_use_id":"\#(id)"}"# }
    static func callBlock(_ id: String) -> String { #"{"type":"tool_use","id":"\#(id)","name":"read","input":{}}"# }
    static func thought(_ text: String, _ signature: String) -> String {
        #"{"type":"thinking","thinking":"\#(text)","signature":"\#(signature)"}"#
    }

    @Test(arguments: valid) func `a right request is taken`(_ request: String) throws {
        #expect(try refusal(of: request) == nil)
    }

    static let bodyFaults: [Fault] = [
        Fault("[]", "not valid JSON"),
        Fault(#"{"max_tokens":9,"messages":[]}"#, "model: Field required"),
        Fault(#"{"model":7,"max_tokens":9,"messages":[]}"#, "model: Input should be a valid string"),
        Fault(#"{"model":"m","messages":[]}"#, "max_tokens: Field required"),
        Fault(#"{"model":"m","max_tokens":0,"messages":[]}"#, "greater than or equal to 1"),
        Fault(#"{"model":"m","max_tokens":1.5,"messages":[]}"#, "max_tokens: Input should be a valid integer"),
        Fault(#"{"model":"m","max_tokens":9}"#, "messages: Field required"),
        Fault(#"{"model":"m","max_tokens":9,"messages":[]}"#, "messages: at least one message is required"),
        .beside(#""max_output":1"#, "max_output: Extra inputs are not permitted"),
        .beside(#""mcp_servers":[]"#, "mcp_servers: Extra inputs are not permitted"),
        .beside(#""stream":"yes""#, "stream: Input should be a valid boolean"),
        .beside(#""system":[{"type":"text","text":""}]"#, "text content blocks must be non-empty"),
        .beside(#""thinking":{"type":"on"}"#, "thinking.type: Input should be 'adaptive', 'enabled', 'disabled' or"),
        .beside(#""thinking":{"type":"enabled","budget_tokens":1000}"#, "budget_tokens: Input should be greater"),
        .beside(#""thinking":{"type":"enabled","budget_tokens":2000}"#, "must be greater than `thinking.budget_to"),
        .beside(#""tool_choice":{"type":"auto"}"#, "only be specified while providing `tools`"),
        .beside(#""tools":[{"name":"a b","input_schema":{"type":"object"}}]"#, "tools.0.custom.name: String should"),
        .beside(
            #""tools":[{"name":"\#(String(repeating: "a", count: 65))","input_schema":{"type":"object"}}]"#,
            "String should match pattern '^[a-zA-Z0-9_-]{1,64}$'"),
        .beside(#""tools":[{"name":"a"}]"#, "tools.0.custom.input_schema: Field required"),
        .beside(#""tools":[{"name":"a","input_schema":{}}]"#, "input_schema.type: Field required"),
        .beside(#""tools":[{"name":"a","input_schema":{"type":"array"}}]"#, "Input should be 'object'"),
        .beside(#""tools":[{"name":"a","parameters":{}}]"#, "parameters: Extra inputs are not permitted"),
        .beside(
            #""tools":[{"name":"a","input_schema":{"type":"object"}},{"name":"a","input_schema":{"type":"object"}}]"#,
            "Tool names must be unique"),
        .beside(
            #""tools":[{"name":"a","input_schema":{"type":"object"}}],"tool_choice":{"type":"tool","name":"b"}"#,
            "Tool 'b' not found"),
        .beside(#""cache_control":{"type":"forever"}"#, "cache_control.type: Input should be 'ephemeral'"),
    ]

    @Test(arguments: bodyFaults) func `a wrong body is refused`(_ fault: Fault) throws {
        let refusal = try #require(try refusal(of: fault.request))
        #expect(refusal.message.contains(fault.says), "\(refusal.message)")
        #expect(refusal.status == 400 && refusal.type == "invalid_request_error")
    }

    static let messageFaults: [Fault] = [
        .messages(#"{"role":"model","content":"Hi"}"#, "messages.0.role: Input should be 'user', 'assistant' or"),
        .messages(#"{"role":"user","content":"Hi","name":"x"}"#, "messages.0.name: Extra inputs"),
        .messages(#"{"role":"user"}"#, "messages.0.content: Field required"),
        .messages(#"{"role":"user","content":null}"#, "messages.0.content: Input should be a valid list"),
        .messages(#"{"role":"user","content":""}"#, "must have non-empty content"),
        .messages(#"{"role":"user","content":[]}"#, "must have non-empty content"),
        .messages(#"{"role":"assistant","content":"Hi"},\#(hi)"#, "first message must use the \"user\" role"),
        .messages(#"\#(hi),{"role":"assistant","content":"Well, "}"#, "does not support assistant message prefill"),
        .messages(user(#"{"type":"text","text":""}"#), "text content blocks must be non-empty"),
        .messages(user(#"{"type":"text","text":" \n"}"#), "must contain non-whitespace text"),
        .messages(user(#"{"type":"text","text":"a","id":"x"}"#), "messages.0.content.0.text.id: Extra inputs"),
        .messages(user(#"{"type":"text"}"#), "messages.0.content.0.text.text: Field required"),
        .messages(user(#"{"type":"picture"}"#), "Input tag 'picture' found using 'type'"),
        .messages(user(#""Hi""#), "messages.0.content.0: Input should be a valid dictionary"),
        .messages(
            user(#"{"type":"image","source":{"type":"base64","media_type":"image/bmp","data":"AA=="}}"#),
            "media_type: Input should be 'image/jpeg'"),
        .messages(user(callBlock("t1")), "`tool_use` blocks can only be in `assistant` messages"),
        .messages(user(thought("a", "b")), "`thinking` blocks can only be in `assistant` messages"),
        .messages("\(hi),\(model(resultBlock("t1"))),\(hi)", "`tool_result` blocks can only be in `user`"),
    ]

    static let toolFaults: [Fault] = [
        .messages("\(hi),\(call)", "assistant message prefill"),
        .messages("\(hi),\(call),\(hi)", "messages.2: `tool_use` ids were found without `tool_result` blocks"),
        .messages(#"\#(hi),\#(call),{"role":"system","content":"x"},\#(result)"#, "immediately after: t1"),
        .messages("\(hi),\(model(callBlock("t1") + "," + callBlock("t2"))),\(result)", "immediately after: t2"),
        .messages("\(hi),\(call),\(result),\(result)", "messages.3.content.0: unexpected `tool_use_id` found"),
        .messages(result, "unexpected `tool_use_id` found in `tool_result` blocks: t1"),
        .messages("\(hi),\(call),\(user(resultBlock("t1") + "," + resultBlock("t1")))", "must have a single result"),
        .messages(
            "\(hi),\(call),\(user(#"{"type":"text","text":"Here:"},"# + resultBlock("t1")))", "immediately after: t1"),
        .messages("\(hi),\(call),\(result),\(call),\(result)", "`tool_use` ids must be unique"),
        .messages(
            "\(hi),\(model(callBlock("functions.read:0"))),\(hi)",
            "messages.1.content.0.tool_use.id: String should match pattern '^[a-zA-Z0-9_-]+$'"),
        .messages(
            "\(hi),\(model(#"{"type":"tool_use","id":"t1","name":"read","input":"{}"}"#)),\(result)",
            "tool_use.input: Input should be a valid dictionary"),
        .messages(
            "\(hi),\(call)," + user(#"{"type":"tool_result","tool_use_id":"t1","content":[{"type":"tool_use"}]}"#),
            "content.0.type: Input should be 'text'"),
        .messages(
            "\(hi),\(call)," + user(#"{"type":"tool_result","tool_use_id":"t1","is_error":"no"}"#),
            "is_error: Input should be a valid boolean"),
    ]

    @Test(arguments: messageFaults + toolFaults) func `a wrong message is refused`(_ fault: Fault) throws {
        let refusal = try #require(try refusal(of: fault.request))
        #expect(refusal.message.contains(fault.says), "\(refusal.message)")
        #expect(refusal.status == 400 && refusal.type == "invalid_request_error")
    }

    @Test func `a thought comes back with its own signature or not at all`() throws {
        let own = ThinkingSignature.of("Hm.")
        for (text, signature) in [("Hm", own), ("Hm.", ""), ("Hm.", ThinkingSignature.of("Ah.")), ("", own)] {
            let fault = Fault.messages("\(Self.hi),\(Self.model(Self.thought(text, signature))),\(Self.hi)", "")
            let message = try refusal(of: fault.request)?.message
            #expect(message == "messages.1.content.0: Invalid `signature` in `thinking` block")
        }
        let unsigned = Self.model(#"{"type":"thinking","thinking":"Hm."}"#)
        let fault = Fault.messages("\(Self.hi),\(unsigned),\(Self.hi)", "")
        #expect(try refusal(of: fault.request)?.message.hasSuffix("signature: Field required") == true)
    }

    @Test func `the newer version refuses what it removed`() throws {
        let new = "2026-10-21"
        for field in AnthropicRequestCheck.samplingFields {
            let request = Fault.beside("\"\(field)\":1", "").request
            #expect(try refusal(of: request) == nil)
            #expect(
                try refusal(of: request, version: new)?.message == "\(field): Extra inputs are not permitted")
        }
        let document = #"{"type":"document","source":{"type":"text","media_type":"text/plain","data":"a"}}"#
        let request = Fault.messages("\(Self.hi),\(Self.model(document)),\(Self.hi)", "").request
        #expect(try refusal(of: request) == nil)
        #expect(try refusal(of: request, version: new) != nil)
    }

    @Test func `a fifth cache mark is refused, and a long one after a short one`() throws {
        let mark = #""cache_control":{"type":"ephemeral"}"#
        let long = #""cache_control":{"type":"ephemeral","ttl":"1h"}"#
        func blocks(_ marks: [String]) -> String {
            let blocks = marks.map { #"{"type":"text","text":"a",\#($0)}"# }
            return Fault.messages(Self.user(blocks.joined(separator: ",")), "").request
        }
        #expect(try refusal(of: blocks([mark, mark, mark, mark])) == nil)
        #expect(try refusal(of: blocks(Array(repeating: mark, count: 5)))?.message.hasSuffix("Found 5.") == true)
        #expect(try refusal(of: blocks([long, mark])) == nil)
        #expect(try refusal(of: blocks([mark, long]))?.message.contains("must not come after") == true)
    }

    @Test func `an unknown model, a beta and a paused turn depend on the server`() throws {
        let hi = Fault.messages(Self.hi, "").request
        let missing = try refusal(of: hi) { $0.models = ["other"] }
        #expect(missing == RequestRefusal(status: 404, type: "not_found_error", "model: m"))
        #expect(try refusal(of: Fault.beside(#""mcp_servers":[]"#, "").request) { $0.allowsBetaFields = true } == nil)
        let paused = Fault.messages(#"\#(Self.hi),{"role":"assistant","content":"Searching"}"#, "").request
        #expect(try refusal(of: paused) { $0.continuesPausedTurn = true } == nil)
    }
}
