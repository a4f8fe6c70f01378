import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// A sub-agent never gets more than the session that it works for; a person answers for it where that one is shown.
@Suite struct SubagentPermissionTests {
    private static let act = FunctionTool("act", description: "", effect: .write) { _, _ in .text("did it") }
    private static let acting = [
        ScriptedAnswer(tools: [ScriptedCall("act", [:], id: "a")]), ScriptedAnswer(text: "Finished."),
    ]

    private func family(_ mode: PermissionMode, _ change: (inout AgentDefinition) -> Void = { _ in }) -> Family {
        Family([ScriptedAnswer(tools: [Family.task("helper")]), ScriptedAnswer(text: "ok")], tools: [Self.act])
            .with("helper", answers: Self.acting, change).with { $0.permissionMode = mode }
    }

    private func childLines(_ family: Family) async throws -> [String] {
        let log = try #require(try await family.logs(of: try await family.run()).first)
        return EventList.lines(of: log).filter { $0.hasPrefix("tool_call") || $0.hasPrefix("permission") }
    }

    @Test func `the mode of the session is the ceiling, whatever the agent asks for`() async throws {
        let done = ["tool_call_started act", "tool_call_completed act"]
        let asked = ["permission_requested act", "permission_resolved deny timeout", "tool_call_failed act denied"]
        let denied = ["tool_call_failed act denied"]
        typealias Row = (session: PermissionMode, agent: PermissionMode?, lines: [String])
        let rows: [Row] = [
            (.bypass, nil, done), (.bypass, .bypass, done), (.bypass, .ask, asked), (.bypass, .plan, denied),
            (.ask, nil, asked), (.ask, .bypass, asked), (.ask, .acceptEdits, asked), (.ask, .dontAsk, denied),
            (.dontAsk, .bypass, denied), (.plan, .bypass, denied), (.acceptEdits, .bypass, asked),
        ]
        for row in rows {
            let lines = try await childLines(family(row.session) { $0.permissionMode = row.agent })
            #expect(lines == row.lines, "\(row)")
        }
    }

    @Test func `the rules of the session hold, and those that were allowed for the rest of it`() async throws {
        let denied = family(.bypass).with { $0.rules = try! RuleSet(deny: ["act"], source: "test") }
        #expect(try await childLines(denied) == ["tool_call_failed act denied"])
        let allowed = family(.ask).with { $0.rules = try! RuleSet(allow: ["act"], source: "test") }
        #expect(try await childLines(allowed) == ["tool_call_started act", "tool_call_completed act"])
    }

    @Test func `starting one needs no permission in any mode, but a rule can deny it or have it asked`() async throws {
        for mode in [PermissionMode.ask, .acceptEdits, .plan, .dontAsk, .bypass] {
            let events = try await family(mode).run()
            #expect(Family.results(events) == ["Finished."], "\(mode)")
        }
        let denied = family(.bypass).with { $0.rules = try! RuleSet(deny: ["Task(helper)"], source: "test") }
        #expect(EventListTests.inTheMiddle(try await denied.run()) == ["tool_call_failed task denied"])
        let asked = family(.bypass).with { $0.rules = try! RuleSet(ask: ["Task(helper)"], source: "test") }
        #expect(EventListTests.inTheMiddle(try await asked.run()).first == "permission_requested task")
        let other = family(.bypass).with { $0.rules = try! RuleSet(deny: ["Task(other)"], source: "test") }
        #expect(Family.results(try await other.run()) == ["Finished."])
    }

    @Test func `a hook before tools sees the calls of sub-agents`() async throws {
        let hooked = family(.bypass).with {
            $0 = $0.beforeTool { $0.toolName == "act" ? .deny("not you") : .allow }
        }
        #expect(try await childLines(hooked) == ["tool_call_failed act denied"])
    }

    @Test func `a person answers a sub-agent's question at the session that it works for`() async throws {
        let family = family(.ask).with { $0.canAsk = true }
        let session = try await family.start()
        try await answering(session, family) { request in
            await #expect(throws: SessionError.alreadyAnswered("nobody")) {
                try await session.answer("nobody", PermissionAnswer(.allow))
            }
            try await session.answer(request, PermissionAnswer(.allow))
            await #expect(throws: SessionError.alreadyAnswered(request)) {
                try await session.answer(request, PermissionAnswer(.deny))
            }
        }
        try await session.close()
    }

    @Test func `so does one of a sub-agent's sub-agent`() async throws {
        let family = Family(
            [ScriptedAnswer(tools: [Family.task("outer")]), ScriptedAnswer(text: "ok")], tools: [Self.act]
        ).with("helper", answers: Self.acting)
            .with(
                "outer", answers: [ScriptedAnswer(tools: [Family.task("helper")]), ScriptedAnswer(text: "Finished.")]
            )
            .with { $0.canAsk = true }
        let session = try await family.start()
        try await answering(session, family, depth: 2) { try await session.answer($0, PermissionAnswer(.allow)) }
        try await session.close()
    }

    /// Follows the session down to the sub-agent that asks.
    private func answering(
        _ session: AgentSession, _ family: Family, depth: Int = 1, _ answer: (RequestID) async throws -> Void
    ) async throws {
        let receipt = try await session.prompt(Prompt("Go."))
        var place = session.id
        for _ in 0..<depth {
            let start = try await first(in: place, family) { payload -> SessionID? in
                if case .subagentStarted(let start) = payload { start.childSessionID } else { nil }
            }
            place = start
        }
        let request = try await first(in: place, family) { payload -> RequestID? in
            if case .permissionRequested(let asked) = payload { asked.requestID } else { nil }
        }
        try await answer(request)
        _ = try await first(in: session.id, family, of: receipt.runID) { payload -> Bool? in
            if case .runCompleted(let end) = payload { end.outcome == .completed } else { nil }
        }
        let log = try await family.store.read(session.id)
        #expect(Family.results(log) == ["Finished."])
    }

    private func first<Value: Sendable>(
        in session: SessionID, _ family: Family, of run: RunID? = nil, _ pick: (EventPayload) -> Value?
    ) async throws -> Value {
        for try await delivery in family.store.follow(session) {
            if case .event(let event) = delivery, run == nil || event.runID == run, let value = pick(event.payload) {
                return value
            }
        }
        throw CancellationError()
    }
}
