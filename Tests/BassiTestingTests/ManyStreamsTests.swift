#if Network
    import BassiEvents
    import BassiModels
    import BassiTesting
    import Testing

    /// Many answers of one provider at the same time, over real sockets.
    @Suite(.timeLimit(.minutes(2))) struct ManyStreamsTests {
        private static let count = 60

        @Test func `each answer has its connection, and a cancel ends all of them`() async throws {
            let stalled = ScriptedAnswer(text: "one two", failure: .stall(afterPieces: 1))
            let script = ModelScript(Array(repeating: stalled, count: Self.count))
            try await ScriptedModelServer.run(script) { server in
                let environment = ["OPENROUTER_API_KEY": "k", "OPENROUTER_BASE_URL": server.openAIBaseURL]
                let model = try ProviderRegistry.standard(environment: environment).adapter(for: "openrouter/any")
                let request = ModelRequest(model: model.model, messages: [.user([.text("go")])])
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<Self.count {
                        group.addTask { try? await model.adapter.respond(to: request) { _ in } }
                    }
                    try await server.waitForRequests(Self.count)
                    group.cancelAll()
                    try await server.waitForClientsLeft(Self.count)
                }
                #expect(server.requests.allSatisfy { $0.refusal == nil })
            }
        }
    }
#endif
