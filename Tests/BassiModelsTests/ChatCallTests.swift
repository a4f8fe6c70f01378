import BassiEvents
import Testing

@testable import BassiModels

/// Tool calls of Chat Completions, in every way in which servers cut them up.
@Suite struct ChatCallTests {
    /// One form of a call on the wire and what is meant; `made_…` stands for an id that is made here.
    struct Form: CustomTestStringConvertible, Sendable {
        let testDescription: String
        /// The lists of `tool_calls`, one for each chunk.
        let chunks: [String]
        let calls: [String]

        init(_ name: String, _ chunks: [String], _ calls: [String]) {
            testDescription = name
            self.chunks = chunks
            self.calls = calls
        }
    }

    private func calls(_ chunks: [String], finish: String = "stop") async throws -> [String] {
        let deltas = chunks.map { Recorded.delta(#"{"tool_calls":[\#($0)]}"#) }
        let body = Recorded.chat(deltas + [Recorded.delta("{}", finish: finish)])
        let parts = try await Recorded.ask(ChatCompletionsDialect(), RecordedTransport(body: body))
        var streamed: [Int: String] = [:]
        var calls: [String] = []
        for part in parts {
            switch part {
            case .delta(let index, let text): streamed[index, default: ""] += text
            case .blockEnded(let index, let block):
                guard case .toolUse(let id, let name, let input) = block.content else { continue }
                let made = id.rawValue.hasPrefix("call_") && id.rawValue.utf8.count == 37 ? "made" : id.rawValue
                calls.append("\(made) \(name) \(input.text)")
                // What was shown while it streamed is what is run.
                let text = streamed[index].flatMap { $0.isBlank ? nil : $0 } ?? "{}"
                let shown = (try? JSONParser.parse(text)) ?? .string(text)
                #expect(shown == input)
            default: break
            }
        }
        return calls
    }

    private static let forms = [
        Form(
            "two calls whose fragments interleave",
            [
                #"{"index":0,"id":"a","function":{"name":"x","arguments":""}}"#,
                #"{"index":1,"id":"b","function":{"name":"y","arguments":"{\"n\""}}"#,
                #"{"index":0,"function":{"arguments":"{\"m\":"}}"#,
                #"{"index":1,"function":{"arguments":":2}"}},{"index":0,"function":{"arguments":"1}"}}"#,
            ], [#"a x {"m":1}"#, #"b y {"n":2}"#]),
        Form(
            "all indices are 0 and the calls are whole",
            [
                #"{"index":0,"id":"a","function":{"name":"x","arguments":"{}"}},"#
                    + #"{"index":0,"id":"b","function":{"name":"x","arguments":"{}"}}"#
            ], ["a x {}", "b x {}"]),
        Form(
            "all indices are 0 and the fragments name their call by its id",
            [
                #"{"index":0,"id":"a","function":{"name":"x","arguments":"{"}}"#,
                #"{"index":0,"id":"b","function":{"name":"y","arguments":"{"}}"#,
                #"{"index":0,"id":"a","function":{"arguments":"}"}},{"index":0,"id":"b","function":{"arguments":"}"}}"#,
            ], ["a x {}", "b y {}"]),
        Form(
            "all indices are 0, no ids, two tools",
            [
                #"{"index":0,"function":{"name":"x","arguments":"{\"n\":1}"}}"#,
                #"{"index":0,"function":{"name":"y","arguments":"{\"n\":2}"}}"#,
            ], [#"made x {"n":1}"#, #"made y {"n":2}"#]),
        Form(
            "all indices are 0, no ids, the first tool has no arguments",
            [
                #"{"index":0,"function":{"name":"x","arguments":""}}"#,
                #"{"index":0,"function":{"name":"y","arguments":"{}"}}"#,
            ], ["made x {}", "made y {}"]),
        Form(
            "no index, calls side by side",
            [
                #"{"id":"a","function":{"name":"x","arguments":"{}"}},{"id":"b","function":{"name":"y","arguments":{"n":1}}}"#
            ], ["a x {}", #"b y {"n":1}"#]),
        Form(
            "no index, a call in each chunk",
            [
                #"{"id":"a","function":{"name":"x","arguments":"{}"}}"#,
                #"{"id":"b","index":null,"function":{"name":"x","arguments":"{}"}}"#,
            ], ["a x {}", "b x {}"]),
        Form(
            "the first index is 1",
            [
                #"{"index":1,"id":"a","function":{"name":"x","arguments":"{"}}"#,
                #"{"index":1,"function":{"arguments":"}"}},{"index":4,"id":"b","function":{"name":"y"}}"#,
            ], ["a x {}", "b y {}"]),
        Form(
            "a fresh id for each fragment",
            [
                #"{"index":0,"id":"a","function":{"name":"x","arguments":"{\"n\""}}"#,
                #"{"index":0,"id":"q","function":{"arguments":":"}}"#,
                #"{"index":0,"id":"r","function":{"name":"","arguments":"2}"}}"#,
            ], [#"a x {"n":2}"#]),
        Form(
            "the name is in every fragment",
            [
                #"{"index":0,"id":"a","function":{"name":"x","arguments":"{\"n\""}}"#,
                #"{"index":0,"id":"a","function":{"name":"x","arguments":":2}"}}"#,
                #"{"index":0,"id":"a","function":{"name":"x","arguments":""}}"#,
            ], [#"a x {"n":2}"#]),
        Form(
            "the id comes late",
            [
                #"{"index":0,"function":{"name":"x","arguments":"{\"n\""}}"#,
                #"{"index":0,"id":"late","function":{"name":"x","arguments":":2}"}}"#,
            ], [#"made x {"n":2}"#]),
        Form(
            "the name comes late",
            [
                #"{"index":0,"id":"a","function":{"arguments":"{\"n\":"}}"#,
                #"{"index":0,"function":{"name":"x","arguments":"2}"}}"#,
            ], [#"a x {"n":2}"#]),
        Form(
            "the whole arguments come once more, with and without the name",
            [
                #"{"index":0,"id":"a","function":{"name":"x","arguments":"{\"n\""}}"#,
                #"{"index":0,"function":{"arguments":":2}"}}"#,
                #"{"index":0,"function":{"arguments":"{\"n\":2}"}}"#,
                #"{"index":0,"id":"a","function":{"name":"x","arguments":"{\"n\":2}"}}"#,
            ], [#"a x {"n":2}"#]),
        Form(
            "the whole call without an id comes once more",
            [
                #"{"index":0,"function":{"name":"x","arguments":"{\"n\":2}"}}"#,
                #"{"index":0,"function":{"name":"x","arguments":"{\"n\":2}"}}"#,
            ], [#"made x {"n":2}"#]),
        Form(
            "arguments that are no JSON", [#"{"id":"a","function":{"name":"x","arguments":"{oops"}}"#],
            [#"a x "{oops""#]),
        Form("arguments of blanks only", [#"{"id":"a","function":{"name":"x","arguments":" \n"}}"#], ["a x {}"]),
        Form("arguments that are null", [#"{"id":"a","function":{"name":"x","arguments":null}}"#], ["a x {}"]),
        Form("a call without a name is none", [#"{"index":0,"id":"a","function":{"arguments":"{}"}}"#], []),
        Form(
            "an id that looks like none elsewhere", [#"{"id":"functions.x:0","function":{"name":"x"}}"#],
            ["functions.x:0 x {}"]),
    ]

    @Test(arguments: forms) func `each form of a call is understood`(_ form: Form) async throws {
        #expect(try await calls(form.chunks) == form.calls)
    }

    @Test func `half a call at the output limit ends as the text that came`() async throws {
        let half = #"{"index":0,"id":"a","function":{"name":"x","arguments":"{\"path\":\"/et"}}"#
        #expect(try await calls([half], finish: "length") == [#"a x "{\"path\":\"/et""#])
    }

    @Test func `what a provider wants back with a call is kept`() async throws {
        let call =
            #"{"tool_calls":[{"index":0,"id":"a","function":{"name":"x","arguments":"{}"},"#
            + #""extra_content":{"google":{"thought_signature":"sig"}}}]}"#
        let body = Recorded.chat([Recorded.delta(call, finish: "stop")])
        let parts = try await Recorded.ask(ChatCompletionsDialect(), RecordedTransport(body: body))
        let data: JSONValue = ["extra_content": ["google": ["thought_signature": "sig"]]]
        let block = ModelBlock(
            .toolUse("a", name: "x", input: [:]), providerData: ProviderData(provider: "here", model: "m", data: data))
        #expect(parts.contains(.blockEnded(index: 0, block)))
    }

    @Test func `the calls of a whole document are read by the same rules`() async throws {
        var transport = RecordedTransport(
            body: Array(
                (#"{"id":"c1","choices":[{"message":{"content":null,"tool_calls":["#
                    + #"{"id":"a","function":{"name":"x","arguments":"{}"}},{"function":{"name":"y","arguments":{}}}"#
                    + #"]},"finish_reason":null}],"usage":{"prompt_tokens":2,"completion_tokens":1}}"#).utf8))
        transport.headers = [HTTPField("content-type", "application/json")]
        let parts = try await Recorded.ask(ChatCompletionsDialect(), transport)
        #expect(parts.contains(.blockEnded(index: 0, ModelBlock(.toolUse("a", name: "x", input: [:])))))
        #expect(parts.last == .completed(.toolUse, Usage(inputTokens: 2, outputTokens: 1)))
    }
}
