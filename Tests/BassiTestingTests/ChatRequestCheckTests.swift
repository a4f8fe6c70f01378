import BassiEvents
import Testing

@testable import BassiTesting

@Suite struct ChatRequestCheckTests {
    /// A request that is wrong in one way, and a part of what the service says.
    struct Fault: CustomTestStringConvertible, Sendable {
        let request: String
        let says: String
        let param: String?
        var testDescription: String { says }

        static func messages(_ messages: String, _ says: String, _ param: String? = nil) -> Fault {
            Fault(request: #"{"model":"m","messages":["# + messages + "]}", says: says, param: param)
        }

        static func beside(_ members: String, _ says: String, _ param: String? = nil) -> Fault {
            let body = #"{"model":"m","messages":[{"role":"user","content":"Hi"}],"# + members + "}"
            return Fault(request: body, says: says, param: param)
        }
    }

    private func refusal(of request: String, _ check: ChatRequestCheck = ChatRequestCheck()) throws -> RequestRefusal? {
        let body = try JSONParser.parse(request)
        do throws(RequestRefusal) {
            try check.check(body)
            return nil
        } catch { return error }
    }

    static let hi = #"{"role":"user","content":"Hi"}"#

    static func call(_ ids: String..., arguments: String = #""{}""#) -> String {
        let calls = ids.map {
            #"{"id":"\#($0)","type":"function","function":{"name":"read","arguments":\#(arguments)}}"#
        }
        return #"{"role":"assistant","content":null,"tool_calls":[\#(calls.joined(separator: ","))]}"#
    }

    static func result(_ id: String) -> String { #"{"role":"tool","tool_call_id":"\#(id)","content":"ok"}"# }

    static func tool(_ function: String) -> String { #""tools":[{"type":"function","function":{\#(function)}}]"# }

    static let valid = [
        Fault.messages(#"{"role":"system","content":"Be brief."},\#(hi)"#, "").request,
        Fault.messages(#"{"role":"developer","content":"Be brief."},\#(hi)"#, "").request,
        Fault.messages("\(hi),\(call("a", "b")),\(result("b")),\(result("a"))", "").request,
        Fault.messages(
            #"{"role":"user","content":[{"type":"text","text":"?"},{"type":"image_url","#
                + #""image_url":{"url":"data:image/png;base64,AA=="}}]}"#, ""
        ).request,
        Fault.beside(
            tool(#""name":"read","description":"Reads.","parameters":{"type":"object"},"strict":true"#)
                + #","tool_choice":"auto","parallel_tool_calls":true,"stream":true,"#
                + #""stream_options":{"include_usage":true},"max_completion_tokens":9"#, ""
        ).request,
    ]

    @Test(arguments: valid) func `a right request is taken`(_ request: String) throws {
        #expect(try refusal(of: request) == nil)
    }

    static let bodyFaults: [Fault] = [
        Fault(request: "7", says: "could not parse the JSON body", param: nil),
        Fault(request: #"{"messages":[]}"#, says: "you must provide a model", param: nil),
        Fault(request: #"{"model":"m"}"#, says: "Missing required parameter: 'messages'", param: "messages"),
        Fault(request: #"{"model":"m","messages":[]}"#, says: "Invalid 'messages': empty array", param: "messages"),
        Fault(
            request: #"{"model":"m","messages":"Hi"}"#, says: "expected an array, but got a string", param: "messages"),
        .beside(#""max_output":1"#, "Unknown parameter: 'max_output'", "max_output"),
        .beside(#""max_tokens":9,"max_completion_tokens":9"#, "at the same time is not supported"),
        .beside(#""max_tokens":0"#, "integer below minimum value"),
        .beside(#""tools":[]"#, "Invalid 'tools': empty array", "tools"),
        .beside(#""tool_choice":"auto""#, "'tool_choice' is only allowed when 'tools' are specified"),
        .beside(#""parallel_tool_calls":true"#, "only allowed when 'tools' are specified"),
        .beside(#""stream_options":{"include_usage":true}"#, "only allowed when 'stream' is enabled"),
        .beside(#""stream":true,"stream_options":{"usage":true}"#, "Unknown parameter", "stream_options.usage"),
        .beside(#""tools":[{"name":"read"}]"#, "Missing required parameter: 'tools[0].type'", "tools[0].type"),
        .beside(#""tools":[{"type":"function","name":"read"}]"#, "Unknown parameter", "tools[0].name"),
        .beside(tool(#""name":"a.b""#), "does not match pattern", "tools[0].function.name"),
        .beside(tool(#""name":"\#(String(repeating: "a", count: 65))""#), "string too long"),
        .beside(tool(#""name":"a","input_schema":{}"#), "Unknown parameter: 'tools[0].function.input_schema'"),
        .beside(tool(#""name":"a","parameters":{}"#), "Invalid schema for function"),
    ]

    static let messageFaults: [Fault] = [
        .messages(#"{"role":"model","content":"Hi"}"#, "Invalid value: 'model'. Supported", "messages[0].role"),
        .messages(#"{"role":"user","content":null}"#, "expected a string, got null", "messages[0].content"),
        .messages(#"{"role":"user","content":[]}"#, "empty array", "messages[0].content"),
        .messages(#"{"role":"user","content":[{"type":"image"}]}"#, "Invalid value: 'image'"),
        .messages(#"{"role":"assistant","content":null}"#, "expected a string, got null"),
        .messages(#"{"role":"assistant"}"#, "expected a string, got null"),
        .messages(
            #"{"role":"assistant","content":"a","tool_calls":[]}"#, "Invalid 'messages[0].tool_calls': empty array"),
        .messages("\(hi),\(call("a"))", "following tool_call_ids did not have response messages: a"),
        .messages("\(hi),\(call("a")),\(hi)", "did not have response messages: a"),
        .messages("\(hi),\(call("a", "b")),\(result("a")),\(hi),\(result("b"))", "response messages: b"),
        .messages(result("a"), "must be a response to a preceeding message"),
        .messages("\(hi),\(call("a")),\(result("b"))", "must be a response to a preceeding message"),
        .messages("\(hi),\(call("a")),\(result("a")),\(result("a"))", "Duplicate value for 'tool_call_id'"),
        .messages("\(hi),\(call("a")),\(result("a")),\(hi),\(result("a"))", "must be a response to a preceeding"),
        .messages("\(hi),\(call("a", "a")),\(result("a"))", "must be unique"),
        .messages("\(hi),\(call("a", arguments: "{}")),\(result("a"))", "expected a string, but got an object"),
        .messages("\(hi),\(call("a", arguments: #""""#)),\(result("a"))", "expected a string with a JSON object"),
        .messages("\(hi),\(call("a", arguments: #""[]""#)),\(result("a"))", "expected a string with a JSON object"),
        .messages(#"\#(hi),\#(call("a")),{"role":"tool","content":"ok"}"#, "'messages[2].tool_call_id'"),
    ]

    @Test(arguments: bodyFaults + messageFaults) func `a wrong request is refused`(_ fault: Fault) throws {
        let refusal = try #require(try refusal(of: fault.request))
        #expect(refusal.message.contains(fault.says), "\(refusal.message)")
        #expect(refusal.status == 400 && refusal.type == "invalid_request_error")
        if let param = fault.param { #expect(refusal.param == param) }
    }

    @Test func `an unknown model is not found`() throws {
        let found = try refusal(of: Self.valid[0], ChatRequestCheck(models: ["other"]))
        #expect(found?.status == 404 && found?.code == "model_not_found")
    }

    @Test func `DeepSeek wants the reasoning of a call back`() throws {
        let check = ChatRequestCheck(dialect: .deepSeek)
        let bare = Fault.messages("\(Self.hi),\(Self.call("a")),\(Self.result("a"))", "").request
        #expect(try refusal(of: bare, check)?.message.contains("must be passed back") == true)
        let whole = bare.replacing(#""content":null"#, with: #""content":null,"reasoning_content":"""#)
        #expect(try refusal(of: whole, check) == nil)
    }
}
