import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Limits over a run and all its sub-agents, and a cancel of all of them.
@Suite struct SubagentLimitTests {
    private static let look = FunctionTool("look", description: "", effect: .pure, reach: .folder) { _, _ in
        .text("seen")
    }
    private static let looking = ScriptedAnswer(tools: [ScriptedCall("look", [:])])

    private func family(_ limits: RunLimits, helper: [ScriptedAnswer], profile: ModelProfile = ModelProfile()) -> Family
    {
        Family([ScriptedAnswer(tools: [Family.task("helper")]), ScriptedAnswer(text: "ok")], tools: [Self.look])
            .with("helper", answers: helper, profile: profile).with { $0.limits = limits }
    }

    @Test func `turns count over sub-agents`() async throws {
        let family = family(RunLimits(maxTurns: 3), helper: [Self.looking, Self.looking, Self.looking])
        let events = try await family.run()
        #expect(Family.results(events) == ["limit: helper was ended at a limit: max_turns"])
        #expect(EventList.lines(of: events).last == "run_completed limit max_turns")
        #expect(family.children["helper"]?.requests.count == 2)
        #expect(family.model.requests.count == 1)
    }

    @Test func `so do tokens`() async throws {
        let family = family(RunLimits(maxTokensTotal: 1100), helper: [Self.looking, Self.looking, Self.looking])
        let lines = EventList.lines(of: try await family.run())
        #expect(lines.last == "run_completed limit max_tokens_total")
    }

    @Test func `so does money, and an answer is made no longer than what is left pays`() async throws {
        let profile = ModelProfile(outputTokensMax: 4000, price: Price(input: 0, output: 1_000_000))
        let dear = ScriptedAnswer(
            tools: [ScriptedCall("look", [:])], usage: Usage(inputTokens: 10, outputTokens: 2500))
        let limited = family(RunLimits(maxCostUSD: Money("4")), helper: [dear, dear], profile: profile).with {
            // The session's own model costs nothing.
            $0.providers = $0.providers?.adding(
                ScriptedModel([
                    ScriptedAnswer(tools: [Family.task("helper")]), ScriptedAnswer(text: "ok"),
                ]).named("cheap", profile: ModelProfile(price: Price(input: 0, output: 0))))
            $0.model = "scripted/cheap"
        }
        let events = try await limited.run()
        let asked = limited.children["helper"]?.requests.map(\.outputTokensMax)
        #expect(asked == [4000, 1500])
        #expect(EventList.lines(of: events).last == "run_completed limit max_cost_usd")
        guard case .runCompleted(let end) = events.last?.payload else {
            Issue.record("no end")
            return
        }
        #expect(end.costUSD == Money("5"))
    }

    @Test func `an agent has a limit of turns of its own`() async throws {
        let family = Family(
            [ScriptedAnswer(tools: [Family.task("helper")]), ScriptedAnswer(text: "ok")], tools: [Self.look]
        ).with("helper", answers: [Self.looking, Self.looking]) { $0.maxTurns = 1 }
        let events = try await family.run()
        #expect(Family.results(events) == ["limit: helper was ended at a limit: max_turns"])
        #expect(EventList.lines(of: events).last == "run_completed completed")
    }

    @Test func `a model without a price is refused where money is limited`() async throws {
        let here = Provider(name: "here", baseURL: "http://127.0.0.1:9", dialect: .chatCompletions, keyVariable: nil)
        let model = ScriptedModel([ScriptedAnswer(tools: [Family.task("free")]), ScriptedAnswer(text: "ok")])
        var configuration = AgentConfiguration(
            model: "scripted/cheap", tools: [.task([AgentDefinition("free", description: "", model: "here/x")])],
            folder: "/", environment: [:])
        configuration.providers = ProviderRegistry(environment: [:], providers: [here], userAgent: "") { _ in
            NoNetwork()
        }.adding(model.named("cheap", profile: ModelProfile(price: Price(input: 0, output: 0))))
        configuration.limits = RunLimits(maxCostUSD: Money("1"))
        let session = try await AgentSession.start(configuration, store: MemoryEventStore())
        var events: [Event] = []
        for try await event in session.send("Go.") { events.append(event) }
        try await session.close()
        #expect(try #require(Family.results(events).first).hasPrefix("no_model: free cannot be started: the cost of"))
    }

    @Test func `a cancel ends all sub-agents and their tools, and each log is whole`() async throws {
        let clock = ManualClock()
        let hang = FunctionTool("hang", description: "", effect: .write) { _, _ in
            try await clock.sleep(for: .seconds(1))
            return .text("never")
        }
        let hanging = [ScriptedAnswer(tools: [ScriptedCall("hang", [:])])]
        let outer = [ScriptedAnswer(tools: [Family.task("a", id: "x")])]
        let calls = [Family.task("a", id: "t1"), Family.task("outer", id: "t2")]
        let family = Family([ScriptedAnswer(tools: calls), ScriptedAnswer(text: "ok")], tools: [hang])
            .with("a", answers: hanging + hanging).with("outer", answers: outer)
            .with { $0.permissionMode = .bypass }
        let session = try await family.start()
        let receipt = try await session.prompt(Prompt("Go."))
        await clock.waitForSleepers(2)
        try await session.cancel(reason: "enough")
        for try await delivery in family.store.follow(session.id) {
            if case .event(let event) = delivery, event.runID == receipt.runID, event.payload.endsRun { break }
        }
        let log = try await family.store.read(session.id)
        #expect(try LogRules.check(log).isClosed)
        let lines = EventList.lines(of: log)
        #expect(lines.suffix(3).contains("tool_call_failed task cancelled"))
        #expect(lines.last == "run_cancelled enough")
        #expect(lines.count { $0 == "subagent_completed cancelled" } == 2)
        // The next prompt works.
        for try await _ in session.send("Go on.") {}
        try await session.close()
        // The end of a session waits for its sub-agents, however slow the machine is.
        for log in try await family.logs(of: log) {
            #expect(try LogRules.check(log).isClosed)
            #expect(EventList.lines(of: log).last == "run_cancelled the session that it works for was cancelled")
        }
    }

    @Test func `a sub-agent that somebody else calls off is a failed call`() async throws {
        let clock = ManualClock()
        let hang = FunctionTool("hang", description: "", effect: .pure, reach: .folder) { _, _ in
            try await clock.sleep(for: .seconds(1))
            return .text("never")
        }
        let family = Family(
            [ScriptedAnswer(tools: [Family.task("helper")]), ScriptedAnswer(text: "ok")], tools: [hang]
        ).with("helper", answers: [ScriptedAnswer(text: "Look:", tools: [ScriptedCall("hang", [:])])])
        let session = try await family.start()
        var events: [Event] = []
        for try await event in session.send("Go.") {
            events.append(event)
            guard case .subagentStarted(let start) = event.payload else { continue }
            await clock.waitForSleepers(1)
            try await RemoteSession.attach(start.childSessionID, store: family.store).cancel(reason: "not that")
        }
        try await session.close()
        #expect(Family.results(events) == ["agent_cancelled: helper was called off: not that"])
        #expect(EventList.lines(of: events).last == "run_completed completed")
    }
}
