import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import Testing

@testable import BassiSession

/// Whether a folder's own files count, as the log says it.
@Suite struct TrustChangeTests {
    private func configuration(trusting folder: String?) -> AgentConfiguration {
        var configuration = AgentConfiguration(model: "demo", folder: "/site", environment: [:])
        configuration.providers = ScriptedModel([ScriptedAnswer(text: "Hello."), ScriptedAnswer(text: "Hello.")])
            .registry()
        configuration.trustedFolder = folder
        return configuration
    }

    private func changes(_ id: SessionID, _ store: MemoryEventStore) async throws -> [Bool] {
        try await store.read(id, types: [.trustChanged], limit: 100).compactMap {
            if case .trustChanged(let change) = $0.payload { change.trusted } else { nil }
        }
    }

    @Test func `the log says when a folder begins to count, and when it no longer does`() async throws {
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration(trusting: "/site"), store: store)
        for try await _ in session.send("Hi.") {}
        try await session.close()
        let log = try await store.read(session.id)
        #expect(EventList.lines(of: log).prefix(3) == ["session_started", "trust_changed", "prompt_received"])
        guard case .trustChanged(let change) = log[1].payload else { return }
        #expect(change.path == "/site" && change.trusted && change.by.kind == .user)

        for (folder, expected) in [
            ("/site", [true]), (nil, [true, false]), (nil, [true, false]), ("/site", [true, false, true]),
        ] as [(String?, [Bool])] {
            // From a snapshot, and from the log.
            _ = try await OpenedSession.keepSnapshot(of: session.id, in: store)
            try await AgentSession.open(session.id, configuration(trusting: folder), store: store).close()
            #expect(try await changes(session.id, store) == expected)
        }
        _ = try LogRules.check(try await store.read(session.id))
    }

    @Test func `nothing is said where nothing counts`() async throws {
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration(trusting: nil), store: store)
        try await session.close()
        #expect(try await changes(session.id, store) == [])
    }
}
