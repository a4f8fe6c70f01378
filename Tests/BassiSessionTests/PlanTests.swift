import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Plans in the log, and in a conversation that became too long.
@Suite struct PlanTests {
    @Test func `a plan is an event, and stands beside a summary word for word`() async throws {
        let steps: JSONValue = ["steps": [["id": "1", "text": "Look around", "status": "in_progress"]]]
        let store = MemoryEventStore()
        var configuration = AgentConfiguration(model: "demo", tools: [.updatePlan], folder: "/", environment: [:])
        configuration.providers = ScriptedModel([
            ScriptedAnswer(tools: [ScriptedCall("update_plan", steps)]), ScriptedAnswer(text: "Done."),
        ]).registry()
        let session = try await AgentSession.start(configuration, store: store)
        var events: [Event] = []
        for try await event in session.send("Plan.") { events.append(event) }
        #expect(
            EventListTests.inTheMiddle(events) == [
                "tool_call_started update_plan", "plan_generated", "tool_call_completed update_plan",
            ])
        try await session.close()

        let log = try await store.read(session.id)
        let head = try #require(log.last?.seq)
        let compacted = ContextCompacted(
            fromSeq: SequenceNumber(1), toSeq: head, summary: "Short.", tokensBefore: 9, tokensAfter: 1)
        _ = try await store.append(
            [EventDraft(.contextCompacted(compacted))], to: session.id, expecting: .exact(head), until: .visible,
            under: nil)
        let conversation = Conversation(folding: try await store.read(session.id))
        #expect("\(conversation.messages)".contains("[>] Look around"))
        #expect(!"\(conversation.messages)".contains("Done."))
    }
}
