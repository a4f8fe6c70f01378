import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTesting
import BassiTools
import Synchronization
import Testing

@testable import BassiSession

/// Asking a person, and what his answer does.
@Suite struct PermissionTests {
    private static let echo = FunctionTool(
        "echo", description: "", inputSchema: ["type": "object", "properties": ["say": ["type": "string"]]]
    ) { input, _ in .text(input["say"]?.string ?? "") }

    private func open(_ answers: [ScriptedAnswer], change: (inout AgentConfiguration) -> Void = { _ in }) async throws
        -> AgentSession
    {
        var configuration = AgentConfiguration(model: "demo", tools: [Self.echo], folder: "/", environment: [:])
        configuration.providers = ScriptedModel(answers).registry()
        configuration.canAsk = true
        change(&configuration)
        return try await AgentSession.start(configuration, store: MemoryEventStore())
    }

    private func run(
        _ session: AgentSession, answering answer: (PermissionRequested) -> PermissionAnswer
    ) async throws -> [Event] {
        var events: [Event] = []
        for try await event in session.send("Echo.") {
            events.append(event)
            if case .permissionRequested(let question) = event.payload {
                try await session.answer(question.requestID, answer(question))
            }
        }
        return events
    }

    private let calling = [
        ScriptedAnswer(tools: [ScriptedCall("echo", ["say": "hello"])]), ScriptedAnswer(text: "Done."),
    ]

    @Test func `an allowed call runs`() async throws {
        let session = try await open(calling)
        let events = try await run(session) { _ in PermissionAnswer(.allow) }
        #expect(
            EventListTests.inTheMiddle(events) == [
                "permission_requested echo", "permission_resolved allow user", "tool_call_started echo",
                "tool_call_completed echo",
            ])
        try await session.end()
    }

    @Test func `a person can change the input, and it is checked again`() async throws {
        let session = try await open(calling)
        let events = try await run(session) { _ in PermissionAnswer(.allow, input: ["say": "goodbye"]) }
        let inputs = events.compactMap { event -> JSONValue? in
            if case .toolCallStarted(let call) = event.payload { call.toolInput } else { nil }
        }
        #expect(inputs == [["say": "goodbye"]])
        try await session.end()

        let other = try await open(calling)
        let refused = try await run(other) { _ in PermissionAnswer(.allow, input: ["say": 3]) }
        #expect(EventListTests.inTheMiddle(refused).last == "tool_call_failed echo failed")
        try await other.end()
    }

    @Test func `the second answer is refused`() async throws {
        let session = try await open(calling)
        var question: RequestID?
        _ = try await run(session) { asked in
            question = asked.requestID
            return PermissionAnswer(.deny, reason: "not now")
        }
        let id = try #require(question)
        await #expect(throws: SessionError.alreadyAnswered(id)) {
            try await session.answer(id, PermissionAnswer(.allow))
        }
        try await session.end()
    }

    @Test func `an answer for the session is not asked for again`() async throws {
        let answers = calling + calling
        let session = try await open(answers)
        let first = try await run(session) { asked in
            PermissionAnswer(.allow, scope: .session, rule: asked.suggestedRules.first)
        }
        #expect(EventList.lines(of: first).contains("permission_requested echo"))
        let second = try await run(session) { _ in PermissionAnswer(.deny) }
        #expect(EventListTests.inTheMiddle(second) == ["tool_call_started echo", "tool_call_completed echo"])
        try await session.end()
    }

    @Test func `a rule for longer than the session is kept, one that was not offered is refused`() async throws {
        let kept = Mutex<[String]>([])
        let session = try await open(calling) { configuration in
            configuration.saveRule = { rule, scope in kept.withLock { $0.append("\(scope.rawValue) \(rule)") } }
        }
        for try await event in session.send("Echo.") {
            guard case .permissionRequested(let question) = event.payload else { continue }
            await #expect(throws: SessionError.ruleNotOffered("Bash")) {
                try await session.answer(question.requestID, PermissionAnswer(.allow, scope: .always, rule: "Bash"))
            }
            try await session.answer(question.requestID, PermissionAnswer(.allow, scope: .project))
        }
        #expect(kept.withLock { $0 } == ["project echo"])
        try await session.end()
    }

    @Test func `a rule that cannot be kept holds for the session, and that is said`() async throws {
        struct Full: Error {}
        let session = try await open(calling + calling) { $0.saveRule = { _, _ in throw Full() } }
        let first = try await run(session) { _ in PermissionAnswer(.allow, scope: .always) }
        #expect(EventList.lines(of: first).contains("error rule_not_saved"))
        let second = try await run(session) { _ in PermissionAnswer(.deny) }
        #expect(EventListTests.inTheMiddle(second) == ["tool_call_started echo", "tool_call_completed echo"])
        try await session.end()
    }

    @Test func `a denial can end the run`() async throws {
        let session = try await open(calling)
        let events = try await run(session) { _ in PermissionAnswer(.deny, stopsRun: true) }
        #expect(EventList.lines(of: events).last == "run_cancelled a permission was denied")
        try await session.end()
    }

    @Test func `a question that nobody answers in time counts as no`() async throws {
        let clock = ManualClock()
        let session = try await open(calling) { configuration in
            configuration.clock = clock
            configuration.answerDeadline = .seconds(60)
        }
        var lines: [String] = []
        for try await event in session.send("Echo.") {
            lines.append(EventList.line(of: event.payload))
            guard case .permissionRequested = event.payload else { continue }
            await clock.waitForSleepers()
            clock.advance(by: .seconds(60))
        }
        #expect(lines.contains("permission_resolved deny timeout"))
        try await session.end()
    }

    @Test func `after a crash a question has the deadline that it was asked with`() async throws {
        let (store, id, run) = (MemoryEventStore(), SessionID(), RunID())
        let expiry = Timestamp(milliseconds: Timestamp.now.milliseconds + 100_000)
        let question = PermissionRequested(
            requestID: "asked", toolID: "t1", toolName: "bash", toolInput: ["command": "true"], expiresAt: expiry)
        let drafts = SampleLog.log(of: SampleLog.untilToolAsked()).map {
            EventDraft($0.payload, runID: run, causeSeq: $0.causeSeq)
        }
        let ends: [EventPayload] = [
            .requestEnded(RequestEnded(attempt: 1, outcome: .completed)),
            .messageCompleted(
                MessageCompleted(
                    messageID: "m", role: "assistant", model: "demo", stopReason: .toolUse, usage: Usage(),
                    durationMilliseconds: 1)), .permissionRequested(question),
        ]
        _ = try await store.append(drafts + ends.map { EventDraft($0, runID: run) }, to: id, expecting: .noStream)
        let clock = ManualClock()
        var configuration = AgentConfiguration(model: "demo", tools: [.bash], folder: "/", environment: [:])
        configuration.providers = ScriptedModel([ScriptedAnswer(text: "Done.")]).registry()
        (configuration.canAsk, configuration.clock) = (true, clock)
        let session = try await AgentSession.open(id, configuration, store: store)
        var lines: [String] = []
        for try await event in session.goOn() {
            lines.append(EventList.line(of: event.payload))
            guard case .runResumed = event.payload else { continue }
            await clock.waitForSleepers()
            clock.advance(by: .seconds(101))
        }
        #expect(lines.contains("permission_resolved deny timeout"))
        try await session.end()
    }

    @Test func `a question that is open when the run is cancelled has its answer`() async throws {
        let session = try await open(calling)
        var events: [Event] = []
        for try await event in session.send("Echo.") {
            events.append(event)
            if case .permissionRequested = event.payload { try await session.cancel(reason: "enough") }
        }
        #expect(
            EventList.lines(of: events).suffix(3) == [
                "permission_resolved deny system", "tool_call_failed echo cancelled", "run_cancelled enough",
            ])
        #expect(CallHistory.all(in: events).first?.headline == "not decided: the run ended before anybody had")
        try await session.end()
        let log = try await session.follow().reduceUntilCaughtUp()
        #expect(try LogRules.check(log).isClosed)
    }

    @Test func `a hook changes the input, and hooks and rules see the changed one`() async throws {
        let session = try await open(calling) { configuration in
            configuration = configuration.beforeTool(named: "polite") { call in
                call.input["say"]?.string == "hello" ? .modify(["say": "good day"]) : .allow
            }
        }
        let events = try await run(session) { _ in PermissionAnswer(.deny) }
        #expect(
            EventListTests.inTheMiddle(events) == [
                "hook_executed PreToolUse modify", "hook_executed PreToolUse allow", "tool_call_started echo",
                "tool_call_completed echo",
            ])
        try await session.end()
    }
}

extension Subscription {
    /// All that is stored.
    func reduceUntilCaughtUp() async throws -> [Event] {
        var events: [Event] = []
        for try await delivery in self {
            if case .caughtUp = delivery { break }
            if case .event(let event) = delivery { events.append(event) }
        }
        return events
    }
}
