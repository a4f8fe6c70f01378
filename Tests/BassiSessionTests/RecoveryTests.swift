import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// A kill after any event: the log is closed, the conversation is sound, and the session goes on.
@Suite struct RecoveryTests {
    private static let tools: [any Tool] = [
        FunctionTool("look", description: "", effect: .pure, reach: .folder) { _, context in
            try await context.output(.stdout, "looking")
            return .text("seen")
        },
        FunctionTool("act", description: "", effect: .write) { _, _ in .text("done") },
    ]

    private static let answers = [
        ScriptedAnswer(
            text: "First both.", thinking: "hm", tools: [ScriptedCall("look", [:]), ScriptedCall("act", [:])]),
        ScriptedAnswer(text: "cut off here", failure: .cut(afterPieces: 1)),
        ScriptedAnswer(text: "And again.", tools: [ScriptedCall("act", [:])]), ScriptedAnswer(text: "All done."),
    ]

    /// The log of a run with thinking, two tools, a cut answer and a retry.
    private static func log() async throws -> [EventDraft] {
        let store = MemoryEventStore()
        var configuration = agent(ScriptedModel(answers))
        configuration.clock = ImmediateClock()
        let session = try await AgentSession.start(configuration, store: store)
        for try await _ in session.send("Do it.") {}
        try await session.close()
        return try await store.read(session.id).map { event in
            EventDraft(event.payload, runID: event.runID, causeSeq: event.causeSeq)
        }
    }

    private static func agent(_ model: ScriptedModel) -> AgentConfiguration {
        var configuration = AgentConfiguration(model: "demo", tools: tools, folder: "/", environment: [:])
        configuration.providers = model.registry()
        configuration.permissionMode = .bypass
        return configuration
    }

    @Test func `after a kill at any event a new prompt is answered`() async throws {
        let log = try await Self.log()
        #expect(log.count > 40)
        for count in 1...log.count {
            let events = try await SessionSpecification(
                answers: [ScriptedAnswer(text: "I go on."), ScriptedAnswer(text: "Gladly.")], tools: Self.tools
            )
            .given(Array(log.prefix(count))).when("Go on.").events()
            #expect(EventList.lines(of: events).last == "run_completed completed", "killed after event \(count)")
        }
    }

    @Test func `after a kill at any event the run can be resumed to its end`() async throws {
        let log = try await Self.log()
        for count in 1..<log.count {
            let answers = [
                ScriptedAnswer(tools: [ScriptedCall("look", [:], id: "again")]), ScriptedAnswer(text: "Done now."),
            ]
            let events = try await SessionSpecification(answers: answers, tools: Self.tools)
                .with { $0.permissionMode = .bypass }
                .given(Array(log.prefix(count))).whenResumed().events()
            let lines = EventList.lines(of: events)
            // Before the run began, and in the moment between its last message and its end, there is no more to ask.
            guard lines.contains("run_resumed") else { continue }
            #expect(lines.last == "run_completed completed", "killed after event \(count)")
        }
    }

    @Test func `a call that writes is in doubt after a kill, and is not run again`() async throws {
        let log = try await Self.log()
        let started = try #require(
            log.firstIndex { if case .toolCallStarted(let call) = $0.payload { call.toolName == "act" } else { false } }
        )
        let specification = SessionSpecification(answers: [ScriptedAnswer(text: "I see.")], tools: Self.tools)
            .given(Array(log.prefix(started + 1))).whenResumed()
        let events = try await specification.events()
        #expect(
            EventList.lines(of: events).prefix(3) == [
                "tool_call_failed act in_doubt", "run_interrupted", "run_resumed",
            ])
        guard case .toolResults(let results)? = specification.model.requests.first?.messages.last else {
            Issue.record("the model was not told")
            return
        }
        #expect(results.last?.content.first?.text?.contains("may or may not have happened") == true)
    }

    @Test func `a pure call that was cut off is run again as the second attempt`() async throws {
        let log = try await Self.log()
        let started = try #require(
            log.firstIndex {
                if case .toolCallStarted(let call) = $0.payload { call.toolName == "look" } else { false }
            })
        let events = try await SessionSpecification(
            answers: [ScriptedAnswer(text: "I see.")], tools: Self.tools
        ).with { $0.permissionMode = .bypass }.given(Array(log.prefix(started + 1))).whenResumed().events()
        let lines = EventList.lines(of: events)
        #expect(lines.contains("tool_call_started look attempt 2"))
        #expect(lines.contains("tool_call_started act"))
    }

    @Test func `a prompt that was stored before the kill and never begun is answered`() async throws {
        let log = try await Self.log()
        let events = try await SessionSpecification(
            answers: [ScriptedAnswer(text: "one"), ScriptedAnswer(text: "two")], tools: Self.tools
        ).given(Array(log.prefix(2))).when("And this.").events()
        #expect(EventList.lines(of: events).filter { $0 == "run_completed completed" }.count == 2)
    }

    @Test func `a session has one owner, and the next one waits for its end`() async throws {
        let store = MemoryEventStore()
        let first = try await AgentSession.start(Self.agent(ScriptedModel([ScriptedAnswer(text: "one")])), store: store)
        let other = Self.agent(ScriptedModel([ScriptedAnswer(text: "two")]))
        let id = first.id
        await #expect(throws: StoreError.owned(session: id, by: "this program")) {
            try await AgentSession.open(id, other, store: store)
        }
        for try await _ in first.send("Go.") {}
        try await first.close()
        let second = try await AgentSession.open(id, other, store: store)
        for try await _ in second.send("Go on.") {}
        try await second.end()
        _ = try LogRules.check(try await store.read(id))
    }

    @Test func `an owner whose epoch is stale cannot write, and says so`() async throws {
        let store = MemoryEventStore()
        let stalled = ScriptedAnswer(text: "one two", failure: .stall(afterPieces: 1))
        let first = try await AgentSession.start(Self.agent(ScriptedModel([stalled])), store: store)
        var taken = false
        await #expect(throws: (any Error).self) {
            for try await event in first.send("Go.") {
                guard case .tokenDelta = event.payload, !taken else { continue }
                taken = true
                // As after a stop that was longer than the lease: another has taken over meanwhile.
                await store.releaseLease(Lease(session: first.id, epoch: 1))
                _ = try await store.acquireLease(of: first.id)
                try await first.cancel(reason: "never written")
            }
        }
        let events = try await store.read(first.id)
        #expect(!EventList.lines(of: events).contains("run_cancelled never written"))
    }
}
