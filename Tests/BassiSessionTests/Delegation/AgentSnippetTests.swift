import BassiEvents
import BassiModels
import BassiSession
import BassiStore
import BassiTesting
import BassiTools
import Testing

/// The Swift code of docs/agents.md, run as it stands there; only the model is a script.
@Suite struct AgentSnippetTests {
    /// Stands in for the type in the snippet, so that its code needs no key.
    private enum ScriptedSessions {
        static func start(
            _ configuration: AgentConfiguration, store: any EventStore
        ) async throws -> BassiSession.AgentSession {
            let call = ScriptedCall("task", ["agent": "reviewer", "prompt": "Review it."])
            return try await configuration.startScripted(
                [ScriptedAnswer(tools: [call]), ScriptedAnswer(text: "It is fine."), ScriptedAnswer(text: "Done.")],
                store: store)
        }
    }

    @Test func `the reviewer of the guide reviews, and its session is named`() async throws {
        typealias AgentSession = ScriptedSessions
        let store = MemoryEventStore()
        var printed: [(SessionID, String)] = []
        func print(_ id: SessionID, _ text: String) { printed.append((id, text)) }

        let reviewer = AgentDefinition(
            "reviewer", description: "Reviews a change.", systemPrompt: "You review changes of a code base.",
            tools: ["read_file", "search_files"], maxTurns: 20, permissionMode: .plan)
        var configuration = AgentConfiguration(model: "anthropic/claude-sonnet-5-5")
        configuration.tools = [.readFile, .searchFiles, .task([reviewer])]
        configuration.limits = RunLimits(maxCostUSD: Money("0.50"))
        let session = try await AgentSession.start(configuration, store: store)
        for try await event in session.send("Have the last change reviewed.") {
            if case .subagentCompleted(let end) = event.payload { print(end.childSessionID, end.result) }
        }

        #expect(printed.map(\.1) == ["It is fine."])
        let child = try #require(printed.first?.0)
        guard case .sessionStarted(let started) = try await store.read(child).first?.payload else {
            Issue.record("the session of the reviewer does not begin")
            return
        }
        #expect(started.metadata.systemPrompt == "You review changes of a code base.")
        #expect(started.metadata.tools == ["read_file", "search_files"])
        try await session.close()
        try Documentation.requireSame(as: #filePath, "docs/agents.md")
    }
}
