import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Answers that must fit a schema.
@Suite struct OutputSchemaTests {
    private static let schema: JSONValue = [
        "type": "object", "properties": ["sum": ["type": "integer"]], "required": ["sum"],
        "additionalProperties": false,
    ]

    private func specification(
        _ answers: [ScriptedAnswer], _ support: StructuredOutput
    ) -> SessionSpecification {
        var specification = SessionSpecification(answers: answers)
        var profile = ModelProfile()
        profile.structuredOutput = support
        specification.configuration.providers = specification.model.registry()
            .adding(specification.model.named("m", profile: profile))
        specification.configuration.model = "scripted/m"
        specification.configuration.outputSchema = Self.schema
        return specification
    }

    @Test func `a provider that can is given the schema`() async throws {
        let specification = specification([ScriptedAnswer(text: #"{"sum":4}"#)], .native).when("2+2?")
        #expect(EventList.lines(of: try await specification.events()).last == "run_completed completed")
        #expect(specification.model.requests.map(\.outputSchema) == [Self.schema])
        #expect(specification.model.requests.map(\.tools.count) == [0])
    }

    @Test func `an answer in a code fence is the answer`() async throws {
        let fenced = ScriptedAnswer(text: "```json\n{\"sum\":4}\n```")
        let specification = specification([fenced], .native).when("2+2?")
        #expect(EventList.lines(of: try await specification.events()).last == "run_completed completed")
        #expect(specification.model.requests.count == 1)
    }

    @Test func `an answer that does not fit is mended once`() async throws {
        let answers = [ScriptedAnswer(text: #"{"sum":"four"}"#), ScriptedAnswer(text: #"{"sum":4}"#)]
        let specification = specification(answers, .native).when("2+2?")
        #expect(EventList.lines(of: try await specification.events()).last == "run_completed completed")
        let told = try #require(specification.model.requests.last?.messages.last)
        #expect("\(told)".contains("is string, but integer was expected"))
    }

    @Test func `a second answer that does not fit fails the run`() async throws {
        let specification = specification([ScriptedAnswer(text: "4"), ScriptedAnswer(text: "It is 4.")], .native)
        let lines = EventList.lines(of: try await specification.when("2+2?").events())
        #expect(lines.suffix(2) == ["error output_schema", "run_completed failed output_schema"])
    }

    @Test func `where the provider cannot, a tool takes the answer, and nobody is asked`() async throws {
        let call = ScriptedAnswer(tools: [ScriptedCall(OutputSchema.toolName, ["sum": 4])])
        let specification = specification([call], .none).with { $0.permissionMode = .dontAsk }
        let lines = EventList.lines(of: try await specification.when("2+2?").events())
        #expect(lines.suffix(2) == ["tool_call_completed final_answer", "run_completed completed"])
        let request = try #require(specification.model.requests.first)
        #expect(request.tools.map(\.name) == ["final_answer"] && request.outputSchema == nil)
        #expect(request.tools.first?.inputSchema == Self.schema)
    }

    @Test func `a call that does not fit may be made once more, and no third time`() async throws {
        let wrong = ScriptedAnswer(tools: [ScriptedCall(OutputSchema.toolName, ["sum": "four"])])
        let right = ScriptedAnswer(tools: [ScriptedCall(OutputSchema.toolName, ["sum": 4])])
        let mended = specification([wrong, right], .none).when("2+2?")
        #expect(EventList.lines(of: try await mended.events()).last == "run_completed completed")
        let failed = specification([wrong, wrong, right], .none).when("2+2?")
        #expect(EventList.lines(of: try await failed.events()).last == "run_completed failed output_schema")
    }

    @Test func `a model that writes its answer as text is told to call the tool`() async throws {
        let answers = [
            ScriptedAnswer(text: "It is 4."), ScriptedAnswer(tools: [ScriptedCall(OutputSchema.toolName, ["sum": 4])]),
        ]
        let specification = specification(answers, .none).when("2+2?")
        #expect(EventList.lines(of: try await specification.events()).last == "run_completed completed")
        let told = "\(specification.model.requests.last?.messages.last as Any)"
        #expect(told.contains("Call the tool final_answer"))
    }

    @Test func `with tools a grammar would be in the way, so the tool is taken`() async throws {
        let look = FunctionTool("look", description: "", effect: .pure, reach: .folder) { _, _ in .text("seen") }
        let call = ScriptedAnswer(tools: [ScriptedCall(OutputSchema.toolName, ["sum": 4])])
        let specification = specification([ScriptedAnswer(text: "4"), call], .nativeWithoutTools)
            .with { $0.tools = [look] }.when("2+2?")
        _ = try await specification.events()
        #expect(
            specification.model.requests.map { $0.tools.map(\.name) } == [
                ["look", "final_answer"], ["look", "final_answer"],
            ])
        #expect(specification.model.requests.map(\.forcedTool) == [nil, "final_answer"])
    }
}
