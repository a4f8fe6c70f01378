import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Other models: those that stand in, and those that a person chooses.
@Suite struct ModelChainTests {
    private static func failing(_ status: Int, _ type: String) -> ScriptedAnswer {
        ScriptedAnswer(failure: .status(status, type: type, message: "no"))
    }

    /// A session whose first model fails as given, and whose second answers.
    private func specification(
        _ first: [ScriptedAnswer], second: ScriptedModel
    ) -> SessionSpecification {
        SessionSpecification(answers: first).with {
            $0.clock = ImmediateClock()
            $0.providers = $0.providers?.adding(second.named("second"))
            $0.fallbackModels = ["other/second"]
        }
    }

    /// An agent whose model says "One.", and another model that says "Two.".
    private func twoModels() -> (second: ScriptedModel, configuration: AgentConfiguration) {
        let first = ScriptedModel([ScriptedAnswer(text: "One.", thinking: "Hm.")])
        let second = ScriptedModel([ScriptedAnswer(text: "Two.")], provider: "other")
        var configuration = AgentConfiguration(model: "demo", folder: "/", environment: [:])
        configuration.providers = first.registry().adding(second.named("second"))
        return (second, configuration)
    }

    @Test func `when the tries of a model are used up the next one is asked`() async throws {
        let second = ScriptedModel([ScriptedAnswer(text: "Here.")], provider: "other")
        let failing = Array(repeating: Self.failing(529, "overloaded"), count: 6)
        let events = try await specification(failing, second: second).when("Are you there?").events()
        let lines = EventList.lines(of: events)
        #expect(lines.count { $0 == "retry_scheduled overloaded" } == 5)
        #expect(
            Array(lines.suffix(10)) == [
                "request_ended failed", "error overloaded", "model_switched other/second fallback", "request_sent",
                "content_block_start text", "token_delta …", "content_block_end text", "request_ended completed",
                "message_completed end_turn", "run_completed completed",
            ])
        let models = events.compactMap { event -> String? in
            if case .messageCompleted(let message) = event.payload { message.model } else { nil }
        }
        #expect(models == ["other/second"])
    }

    @Test func `a spent quota goes to the next model at once`() async throws {
        let second = ScriptedModel([ScriptedAnswer(text: "Here.")], provider: "other")
        try await specification([Self.failing(429, "quota_spent")], second: second).when("Are you there?")
            .then(
                """
                prompt_received
                run_started
                request_sent
                request_ended refused
                error quota_spent
                model_switched other/second fallback
                request_sent
                content_block_start text
                token_delta …
                content_block_end text
                request_ended completed
                message_completed end_turn
                run_completed completed
                """)
    }

    @Test func `the next run begins with the chosen model again`() async throws {
        let second = ScriptedModel([ScriptedAnswer(text: "Here.")], provider: "other")
        let first = [Self.failing(401, "authentication"), ScriptedAnswer(text: "Back.")]
        let events = try await specification(first, second: second).when("One?").when("Two?").events()
        let switches = EventList.lines(of: events).filter { $0.hasPrefix("model_switched") }
        #expect(switches == ["model_switched other/second fallback", "model_switched scripted/demo restored"])
        #expect(second.requests.count == 1)
    }

    @Test func `when the last model fails too the run fails with its error`() async throws {
        let second = ScriptedModel([Self.failing(403, "permission")], provider: "other")
        let events = try await specification([Self.failing(401, "authentication")], second: second).when("?").events()
        #expect(EventList.lines(of: events).suffix(2) == ["error permission", "run_completed failed permission"])
    }

    @Test func `what is wrong with the request is not tried with another model`() async throws {
        let second = ScriptedModel([ScriptedAnswer(text: "Here.")], provider: "other")
        let events = try await specification([Self.failing(400, "invalid_request")], second: second).when("?").events()
        #expect(EventList.lines(of: events).last == "run_completed failed invalid_request")
        #expect(second.requests.isEmpty)
    }

    @Test func `a person changes the model, and it gets the conversation`() async throws {
        let (second, configuration) = twoModels()
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration, store: store)
        for try await _ in session.send("first") {}
        await #expect(throws: ModelNameError.self) { try await session.switchModel(to: "nobody/nothing") }
        try await session.switchModel(to: "other/second")
        for try await _ in session.send("second") {}
        try await session.close()
        let log = try await store.read(session.id, after: .start, where: .all, limit: 100)
        let lines = EventList.lines(of: log)
        #expect(lines.filter { $0.hasPrefix("model_switched") } == ["model_switched other/second user"])
        #expect(second.requests.first?.messages.count == 3)
    }

    @Test func `a session that is opened with another model says so with its next run`() async throws {
        var configuration = twoModels().configuration
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration, store: store)
        for try await _ in session.send("first") {}
        try await session.close()
        configuration.model = "other/second"
        let again = try await AgentSession.open(session.id, configuration, store: store)
        var lines: [String] = []
        for try await event in again.send("second") { lines.append(EventList.line(of: event.payload)) }
        try await again.close()
        #expect(lines[1...2] == ["run_started", "model_switched other/second user"])
    }

    @Test func `a model without a price cannot stand in where the cost is limited`() async throws {
        let second = ScriptedModel([], provider: "other")
        let limited = specification([], second: second).with { $0.limits = RunLimits(maxCostUSD: Money("1")) }
        await #expect(throws: SessionError.unknownPrice("other/second")) { try await limited.when("?").events() }
    }
}
