#if Network
    import BassiModels
    import BassiTesting
    import Testing

    /// Every adapter that Bassi has keeps the contract of adapters.
    @Suite(.timeLimit(.minutes(10))) struct ModelAdapterConformanceTests {
        typealias Subject = ModelAdapterConformance.Subject

        private static func subject(
            _ provider: String, over wire: ModelAdapterConformance.Wire, _ model: String, _ other: String,
            chat: ChatDialect = ChatDialect()
        ) -> Subject {
            Subject(provider, over: wire, model: model, otherModel: other, chat: chat) { server, key, model in
                let known = Provider.builtIn.first { $0.name == provider }
                let url = wire == .anthropic ? server.anthropicBaseURL : server.openAIBaseURL
                // The server asks for a key, though a local one needs none.
                let variable = known?.keyVariable ?? "LOCAL_API_KEY"
                var providers = Provider.builtIn.filter { $0.name == provider }
                providers[0].keyVariable = variable
                let base = providers[0].baseURLVariable
                let registry = ProviderRegistry.standard(environment: [variable: key, base: url], providers: providers)
                return try registry.adapter(for: "\(provider)/\(model)").adapter
            }
        }

        static let subjects = [
            subject("anthropic", over: .anthropic, "claude-sonnet-5-5", "claude-haiku-5-5"),
            subject("openai", over: .responses, "gpt-6.1-sol", "gpt-6-luna"),
            subject("moonshot", over: .chatCompletions, "kimi-k3", "kimi-k2.6"),
            subject("deepseek", over: .chatCompletions, "deepseek-v4-flash", "deepseek-v4-pro", chat: .deepSeek),
            subject("ollama", over: .chatCompletions, "qwen3", "llama4", chat: .ollama),
        ]

        @Test(arguments: subjects, ModelAdapterConformance.checks)
        func `an adapter keeps the contract`(_ subject: Subject, _ check: ModelAdapterConformance.Check) async throws {
            try await check.run(subject)
        }

        @Test(arguments: subjects) func `how soon a cancel closes the connection is measured`(
            _ subject: Subject
        ) async throws {
            let time = try await ModelAdapterConformance.cancelTime(of: subject)
            #expect(time > .zero && time < .seconds(10))
        }
    }
#endif
