import BassiEvents
import BassiModels
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// What goes wrong at the model or in a call, and what becomes of the run.
@Suite struct FailureTests {
    private func overloaded() -> ScriptedAnswer {
        ScriptedAnswer(failure: .status(529, type: "overloaded", message: "Overloaded", retryAfter: "0"))
    }

    @Test func `an overloaded provider is asked again, and each try is in the log`() async throws {
        try await SessionSpecification(answers: [overloaded(), ScriptedAnswer(text: "Here.")])
            .when("Are you there?")
            .then(
                """
                prompt_received
                run_started
                request_sent
                request_ended failed
                retry_scheduled overloaded
                request_sent attempt 2
                content_block_start text
                token_delta …
                content_block_end text
                request_ended completed
                message_completed end_turn
                run_completed completed
                """)
    }

    @Test func `an answer that breaks off is kept as interrupted and asked for anew`() async throws {
        let cut = ScriptedAnswer(text: "one two three", failure: .cut(afterPieces: 2))
        let specification = SessionSpecification(answers: [cut, ScriptedAnswer(text: "whole")])
            .with { $0.clock = ImmediateClock() }
            .when("Count.")
        try await specification.then(
            """
            prompt_received
            run_started
            request_sent
            content_block_start text
            token_delta …
            content_block_end text interrupted
            request_ended cut
            retry_scheduled cut
            request_sent attempt 2
            content_block_start text
            token_delta …
            content_block_end text
            request_ended completed
            message_completed end_turn
            run_completed completed
            """)
        // The second attempt answers afresh: it is not shown half of its own answer.
        #expect(specification.model.requests.map(\.messages.count) == [1, 1])
    }

    @Test func `a wrong key is not tried again`() async throws {
        let refused = ScriptedAnswer(failure: .status(401, type: "authentication", message: "invalid x-api-key"))
        try await SessionSpecification(answers: [refused]).when("Hello?")
            .then(
                """
                prompt_received
                run_started
                request_sent
                request_ended refused
                error authentication
                run_completed failed authentication
                """)
    }

    @Test func `a provider that stays away ends the run after its last try`() async throws {
        let answers = Array(repeating: overloaded(), count: 9)
        let events = try await SessionSpecification(answers: answers).when("Hello?").events()
        let lines = EventList.lines(of: events)
        #expect(lines.filter { $0.hasPrefix("request_sent") }.count == 6)
        #expect(lines.last == "run_completed failed overloaded")
    }

    @Test func `an input that breaks its schema is a result that names the field`() async throws {
        let tool = FunctionTool(
            "greet", description: "",
            inputSchema: ["type": "object", "properties": ["name": ["type": "string"]], "required": ["name"]]
        ) { _, _ in .text("hello") }
        let answers = [
            ScriptedAnswer(tools: [ScriptedCall("greet", ["name": 3])]),
            ScriptedAnswer(tools: [ScriptedCall("gret", [:])]), ScriptedAnswer(text: "I give up."),
        ]
        let specification = SessionSpecification(answers: answers, tools: [tool]).when("Greet.")
        let events = try await specification.events()
        let failures = events.compactMap { event -> ToolCallFailed? in
            if case .toolCallFailed(let failed) = event.payload { failed } else { nil }
        }
        #expect(failures.map(\.error.type) == ["invalid_input", "unknown_tool"])
        #expect(failures.first?.error.message.contains("'name' is number") == true)
        #expect(EventList.lines(of: events).last == "run_completed completed")
    }

    @Test func `a call that fails the same way again and again ends the run`() async throws {
        let tool = FunctionTool("break", description: "") { _, _ in throw ToolError("broken", "it is broken") }
        let answers = Array(repeating: ScriptedAnswer(tools: [ScriptedCall("break", [:])]), count: 9)
        let specification = SessionSpecification(answers: answers, tools: [tool])
            .with { $0.permissionMode = .bypass }.when("Break it.")
        let events = try await specification.events()
        let told = events.compactMap { event -> String? in
            if case .toolCallFailed(let failed) = event.payload { failed.result.last?.text } else { nil }
        }
        #expect(told.count == 5)
        #expect(told[1] == "it is broken")
        #expect(told[2].contains("3 times in a row"))
        #expect(EventList.lines(of: events).last == "run_completed failed the call of break failed 5 times in a row")
    }

    @Test func `a call that was cut off at the length limit is not run`() async throws {
        let ran = Meeting(of: 1)
        let tool = FunctionTool("act", description: "") { _, _ in
            await ran.arrive()
            return .text("ran")
        }
        let answers = [
            ScriptedAnswer(tools: [ScriptedCall("act", [:])], stopReason: .maxTokens), ScriptedAnswer(text: "Sorry."),
        ]
        let events = try await SessionSpecification(answers: answers, tools: [tool])
            .with { $0.permissionMode = .bypass }.when("Act.").events()
        #expect(EventListTests.inTheMiddle(events).contains("tool_call_started act") == false)
        #expect(EventList.lines(of: events).contains("tool_call_failed act failed"))
    }

    @Test func `a refusal ends the run and is not sent again`() async throws {
        let answers = [ScriptedAnswer(text: "I will not.", stopReason: .refusal), ScriptedAnswer(text: "Gladly.")]
        let specification = SessionSpecification(answers: answers).when("Do harm.").when("Do good.")
        let events = try await specification.events()
        #expect(EventList.lines(of: events).contains("run_completed refused refusal"))
        #expect(specification.model.requests.last?.messages.count == 2)
    }
}
