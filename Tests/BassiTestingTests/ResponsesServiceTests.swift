import BassiEvents
import BassiModels
import Testing

@testable import BassiTesting

/// OpenAI's Responses without its socket: the events it sends, and what it refuses.
@Suite struct ResponsesServiceTests {
    private static let all = #""stream":true,"reasoning":{"summary":"auto"},"include":["reasoning.encrypted_content"]"#

    private func events(
        _ answer: ScriptedAnswer, _ members: String = all
    ) throws -> (names: [String], data: [JSONValue]) {
        var service = ScriptedService(ModelScript([answer]))
        let events = try service.reply(to: .responses(members)).events
        return (events.map(\.event), try events.map { try JSONParser.parse($0.data) })
    }

    @Test func `the events come in the service's order, numbered`() throws {
        let (names, data) = try events(ScriptedServiceTests.rich)
        #expect(zip(data, names).allSatisfy { $0["type"]?.string == $1 })
        #expect(data.enumerated().allSatisfy { $1["sequence_number"]?.int64 == Int64($0) })
        let short = names.map { $0.replacing("response.", with: "") }
        let thought = ["reasoning_summary_part.added"] + Array(repeating: "reasoning_summary_text.delta", count: 2)
        let text = ["content_part.added"] + Array(repeating: "output_text.delta", count: 3)
        let call = Array(repeating: "function_call_arguments.delta", count: 3)
        #expect(
            Array(short.prefix(18)) == ["created", "in_progress", "output_item.added"] + thought
                + ["reasoning_summary_text.done", "reasoning_summary_part.done", "output_item.done"]
                + ["output_item.added"] + text + ["output_text.done", "content_part.done", "output_item.done"]
                + ["output_item.added"])
        #expect(Array(short.dropFirst(18).prefix(5)) == call + ["function_call_arguments.done", "output_item.done"])
        #expect(short.last == "completed")
        let response = try #require(data.last?["response"])
        let types = response["output"]?.array?.compactMap { $0["type"]?.string }
        #expect(types == ["reasoning", "message", "function_call", "function_call"])
        #expect(response["usage"]?["input_tokens"] == 20 && response["usage"]?["total_tokens"] == 70)
        #expect(response["usage"]?["input_tokens_details"]?["cached_tokens"] == 7)
        let done = data.first { $0["type"] == "response.output_item.done" }?["item"]
        #expect(done == response["output"]?.array?.first && done?["id"] == "rs_0001")
        #expect(done?["encrypted_content"]?.string == ReasoningSeal.seal("Read it.", of: "rs_0001"))
    }

    @Test func `reasoning is summed up and sealed only when asked for`() throws {
        let (names, data) = try events(ScriptedServiceTests.rich, #""stream":true"#)
        #expect(!names.contains { $0.contains("reasoning_summary") })
        let item = try #require(data.last?["response"]?["output"]?.array?.first)
        #expect(item == ["id": "rs_0001", "type": "reasoning", "summary": []])
    }

    @Test(arguments: [
        (StopReason.maxTokens, "incomplete", "max_output_tokens"),
        (.contextExceeded, "incomplete", "max_output_tokens"),
        (.endTurn, "completed", ""), (.refusal, "completed", ""),
    ]) func `the end says why`(_ reason: StopReason, _ status: String, _ details: String) throws {
        let (names, data) = try events(ScriptedAnswer(text: "Hi.", stopReason: reason))
        let response = try #require(data.last?["response"])
        #expect(names.last == "response.\(status)" && response["status"]?.string == status)
        #expect((response["incomplete_details"]?["reason"]?.string ?? "") == details)
        #expect(names.contains("response.refusal.delta") == (reason == .refusal))
    }

    @Test func `a failure is a response that failed, or an error`() throws {
        for (type, name) in [("server_error", "response.failed"), ("weather", "error")] {
            let failure = ScriptedFailure.errorEvent(type: type, message: "Full.", afterPieces: 1)
            let (names, data) = try events(ScriptedAnswer(text: "One two.", failure: failure))
            #expect(names.last == name)
            let end = try #require(data.last)
            let error = end["response"]?["error"] ?? end
            #expect(error["code"]?.string == type && error["message"] == "Full.")
            #expect(end["sequence_number"]?.int64 == Int64(names.count - 1))
        }
    }

    @Test func `without stream the whole response comes`() throws {
        var service = ScriptedService(ModelScript([ScriptedServiceTests.rich]))
        let response = try JSONParser.parse(service.reply(to: .responses("")).bytes)
        #expect(response["object"] == "response" && response["output"]?.array?.count == 4)
        #expect(response["status"] == "completed" && response["tools"] == [])
    }

    // MARK: - Checks

    static let hi = #"{"role":"user","content":"Hi"}"#
    static let call = #"{"type":"function_call","call_id":"c","name":"read","arguments":"{}","id":"fc_0001_1"}"#
    static let output = #"{"type":"function_call_output","call_id":"c","output":"ok"}"#

    static func reasoning(_ more: String = "") -> String {
        let seal = ReasoningSeal.seal("hm", of: "rs_0001")
        return #"{"type":"reasoning","id":"rs_0001","summary":[],"encrypted_content":"\#(seal)\#(more)"}"#
    }

    private func refusal(_ items: String, _ members: String = "") throws -> RequestRefusal? {
        let body = try JSONParser.parse(
            #"{"model":"m","store":false,"input":[\#(items)]\#(members.isEmpty ? "" : ",")\#(members)}"#)
        do throws(RequestRefusal) {
            try ResponsesRequestCheck().check(body)
            return nil
        } catch { return error }
    }

    static let valid = [
        hi, "\(hi),\(call),\(output)", "\(hi),\(reasoning()),\(call.replacing("fc_0", with: "fc_t0")),\(output)",
        #"{"role":"user","content":[{"type":"input_image","image_url":"data:image/png;base64,AA==","detail":"auto"}]}"#,
        #"{"type":"message","role":"assistant","id":"msg_1","status":"completed","content":[{"type":"output_text","text":"a","annotations":[]}]},\#(hi)"#,
        #"{"type":"compaction","encrypted_content":"x"},\#(hi)"#,
    ]

    @Test(arguments: valid) func `right items are taken`(_ items: String) throws {
        #expect(try refusal(items) == nil)
    }

    static let faults: [(String, String)] = [
        ("", "empty array"), (call, "No tool output found for function call c"),
        (output, "No tool call found for function call output"), ("\(call),\(output),\(output)", "Duplicate"),
        ("\(call),\(call.replacing("_1", with: "_2")),\(output)", "Duplicate function call"),
        ("\(hi),\(reasoning())", "without its required following item"),
        ("\(reasoning()),\(hi)", "without its required following item"),
        ("\(call.replacing("fc_0", with: "fc_t0")),\(output)", "without its required 'reasoning' item: 'rs_0001'"),
        ("\(reasoning("x")),\(call),\(output)", "could not be verified"),
        (#"{"type":"reasoning","id":"rs_1","summary":[]},\#(call),\#(output)"#, "not found. Items are not persisted"),
        (#"{"type":"item_reference","id":"rs_1"}"#, "not found. Items are not persisted"),
        (call.replacing("fc_0001_1", with: "call_1") + ",\(output)", "Expected an ID that begins with 'fc'"),
        (call.replacing(#""c""#, with: #""a.b""#), "additional characters"),
        (#"{"role":"user","content":[{"type":"text","text":"a"}]}"#, "Invalid value: 'text'"),
        (#"{"role":"tool","content":"a"}"#, "Invalid value: 'tool'"), (#"{"type":"new"}"#, "Invalid value: 'new'"),
        (#"{"role":"user","content":"a","name":"b"}"#, "Unknown parameter: 'input[0].name'"),
    ]

    @Test(arguments: faults) func `wrong items are refused`(_ items: String, _ says: String) throws {
        let refusal = try #require(try refusal(items))
        #expect(refusal.message.contains(says), "\(refusal.message)")
    }

    @Test(arguments: [
        (#""messages":[]"#, "Unknown parameter: 'messages'"),
        (#""max_output_tokens":1"#, "integer below minimum value"),
        (#""include":["all"]"#, "Invalid value: 'all'"), (#""reasoning":{"summary":"yes"}"#, "Invalid value: 'yes'"),
        (#""previous_response_id":"resp_1""#, "not found"), (#""store":1"#, "expected a boolean"),
        (#""tools":[{"type":"function","function":{"name":"a"}}]"#, "'tools[0].name'"),
        (
            #""tools":[{"type":"function","name":"a","parameters":{"type":"object","properties":{}},"strict":true}]"#,
            "'additionalProperties' is required"
        ),
        (#""tool_choice":{"type":"function","name":"a"}"#, "not found in 'tools'"),
        (#""text":{"format":{"type":"json_schema","schema":{}}}"#, "'text.format.name'"),
        (#""stream_options":{"include_obfuscation":true}"#, "only allowed when 'stream' is enabled"),
    ]) func `a wrong request is refused`(_ members: String, _ says: String) throws {
        let refusal = try #require(try refusal(Self.hi, members))
        #expect(refusal.message.contains(says) && refusal.status == 400, "\(refusal.message)")
    }

    // MARK: - Beside the models

    @Test func `models are listed and tokens counted, without an answer of the script`() throws {
        var service = ScriptedService(ModelScript([]), ScriptedServerOptions(key: "k", models: ["m", "n"]))
        func get(_ headers: [HeaderField]) throws -> JSONValue {
            let request = RecordedRequest(method: "GET", path: "/v1/models", headers: headers, bodyBytes: [])
            return try JSONParser.parse(service.reply(to: request).bytes)
        }
        let open = try get([HeaderField("authorization", "Bearer k")])
        #expect(open["object"] == "list" && open["data"]?.array?.map { $0["id"] } == ["m", "n"])
        let anthropic = try get(Array(RecordedRequest.anthropic().headers.dropFirst()))
        #expect(anthropic["first_id"] == "m" && anthropic["has_more"] == false)
        #expect(try get([])["error"]?["type"] == "invalid_request_error")
        let body = #"{"model":"m","messages":[{"role":"user","content":"Hi"}]}"#
        func count(_ body: String) throws -> JSONValue {
            let headers = RecordedRequest.anthropic().headers
            let path = "/v1/messages/count_tokens"
            let request = RecordedRequest(method: "POST", path: path, headers: headers, bodyBytes: Array(body.utf8))
            return try JSONParser.parse(service.reply(to: request).bytes)
        }
        #expect(try count(body) == ["input_tokens": .number(JSONNumber(body.utf8.count / 4))])
        #expect(try count(#"{"model":"m","messages":[]}"#)["type"] == "error")
    }
}

extension RecordedRequest {
    /// A right request for Responses, with these members beside its input.
    static func responses(_ members: String = #""stream":true"#) -> RecordedRequest {
        let fields = [HeaderField("content-type", "application/json"), HeaderField("Authorization", "Bearer k")]
        let body = #"{"model":"m","input":"Hi"\#(members.isEmpty ? "" : ",")\#(members)}"#
        return RecordedRequest(method: "POST", path: "/v1/responses", headers: fields, bodyBytes: Array(body.utf8))
    }
}
