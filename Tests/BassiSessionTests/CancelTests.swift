import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Cancelling always works, and leaves a conversation that can go on.
@Suite struct CancelTests {
    private func open(_ answers: [ScriptedAnswer], tools: [any Tool] = []) async throws -> (AgentSession, ScriptedModel)
    {
        let model = ScriptedModel(answers)
        var configuration = AgentConfiguration(model: "demo", tools: tools, folder: "/", environment: [:])
        configuration.providers = model.registry()
        configuration.permissionMode = .bypass
        return (try await AgentSession.start(configuration, store: MemoryEventStore()), model)
    }

    /// Cancels once an event comes, and gives the list of the whole run.
    private func lines(
        _ session: AgentSession, cancellingAt isDue: (EventPayload) -> Bool
    ) async throws -> [String] {
        var events: [Event] = []
        for try await event in session.send("Go.") {
            events.append(event)
            if isDue(event.payload) { try await session.cancel(reason: "enough") }
        }
        return EventList.lines(of: events)
    }

    @Test func `a cancel in mid-answer keeps what was said, and the next prompt is accepted`() async throws {
        let stalled = ScriptedAnswer(text: "one two three", failure: .stall(afterPieces: 2))
        let (session, model) = try await open([stalled, ScriptedAnswer(text: "four")])
        let lines = try await lines(session) { if case .tokenDelta = $0 { true } else { false } }
        #expect(
            lines.suffix(4) == [
                "token_delta …", "content_block_end text interrupted", "request_ended cancelled",
                "run_cancelled enough",
            ])
        for try await _ in session.send("Go on.") {}
        let messages = try #require(model.requests.last?.messages)
        #expect(messages.count == 3)
        #expect(
            messages[1] == .assistant([ModelBlock(.text("one [interrupted]"))])
                || messages[1] == .assistant([ModelBlock(.text("one two [interrupted]"))]))
        try await session.end()
    }

    @Test func `a cancel ends tools that run, and each call has its result`() async throws {
        let clock = ManualClock()
        let hanging = FunctionTool("hang", description: "", effect: .pure) { _, _ in
            try await clock.sleep(for: .seconds(1))
            return .text("never")
        }
        let calls = [ScriptedCall("hang", [:], id: "t1"), ScriptedCall("hang", [:], id: "t2")]
        let (session, _) = try await open([ScriptedAnswer(tools: calls), ScriptedAnswer(text: "ok")], tools: [hanging])
        let lines = try await lines(session) {
            if case .toolCallStarted(let call) = $0 { call.toolID == "t2" } else { false }
        }
        #expect(
            lines.suffix(3) == [
                "tool_call_failed hang cancelled", "tool_call_failed hang cancelled", "run_cancelled enough",
            ])
        for try await _ in session.send("Go on.") {}
        try await session.end()
    }

    @Test func `a tool that does not stop holds the cancel no longer than its deadline`() async throws {
        let gate = Meeting(of: 2)
        let deaf = FunctionTool("deaf", description: "") { _, _ in
            await gate.arrive()
            return .text("late")
        }
        let model = ScriptedModel([ScriptedAnswer(tools: [ScriptedCall("deaf", [:])]), ScriptedAnswer(text: "ok")])
        var configuration = AgentConfiguration(model: "demo", tools: [deaf], folder: "/", environment: [:])
        configuration.providers = model.registry()
        configuration.permissionMode = .bypass
        configuration.clock = ImmediateClock()
        let session = try await AgentSession.start(configuration, store: MemoryEventStore())
        let lines = try await lines(session) { if case .toolCallStarted = $0 { true } else { false } }
        #expect(lines.suffix(2) == ["tool_call_failed deaf cancelled", "run_cancelled enough"])
        await gate.arrive()
        try await session.end()
    }

    @Test func `a cancel where nothing goes on does nothing`() async throws {
        let (session, _) = try await open([])
        try await session.cancel(reason: "why not")
        #expect(try await session.head == 1)
        try await session.end()
    }

    @Test func `prompts that wait after a cancel wait until somebody says go on`() async throws {
        let stalled = ScriptedAnswer(text: "one two", failure: .stall(afterPieces: 1))
        let (session, _) = try await open([stalled, ScriptedAnswer(text: "second")])
        var second: RunID?
        for try await event in session.send("First.") {
            guard case .tokenDelta = event.payload, second == nil else { continue }
            second = try await session.prompt(Prompt("Second.")).runID
            try await session.cancel(reason: "enough")
        }
        #expect(await session.openRun() == nil)
        let head = try await session.head
        try await session.resume()
        for try await delivery in session.follow(after: head) {
            if case .event(let event) = delivery, event.payload.endsRun {
                #expect(event.runID == second)
                break
            }
        }
        try await session.end()
    }
}
