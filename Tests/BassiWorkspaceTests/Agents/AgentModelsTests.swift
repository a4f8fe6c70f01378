import BassiModels
import Testing

@testable import BassiWorkspace

/// The models that agents name, by whatever name people use.
@Suite struct AgentModelsTests {
    private struct NoNetwork: HTTPTransport {
        func send<Value: Sendable>(
            _ request: HTTPRequest, _ body: (HTTPResponse) async throws -> Value
        ) async throws -> Value {
            throw ModelError(.connection, "there is no network here")
        }
    }

    private func models(_ keys: String...) -> AgentModels {
        var here = Provider(name: "here", baseURL: "http://127.0.0.1:1", dialect: .chatCompletions, keyVariable: nil)
        here.models = ["qwen-haiku": ModelProfile()]
        return AgentModels(
            registry: ProviderRegistry(
                environment: Dictionary(uniqueKeysWithValues: keys.map { ($0, "key") }),
                providers: Provider.builtIn + [here], userAgent: "test", transport: { _ in NoNetwork() }))
    }

    @Test(arguments: [
        ("sonnet", "anthropic/claude-sonnet-5-5"), ("opus", "anthropic/claude-opus-5-5"),
        ("haiku", "anthropic/claude-haiku-5-5"), ("Sonnet", "anthropic/claude-sonnet-5-5"),
        ("claude-sonnet-4-6", "anthropic/claude-sonnet-4-6"),
        ("claude-sonnet-4-5-20250929", "anthropic/claude-sonnet-4-5-20250929"),
        ("anthropic/claude-opus-5", "anthropic/claude-opus-5"), ("luna", "openai/gpt-6-luna"),
        ("gpt-6.1-sol", "openai/gpt-6.1-sol"), ("ollama/qwen3", "ollama/qwen3"), ("here/any", "here/any"),
        ("qwen-haiku", "here/qwen-haiku"), ("demo", "demo"), ("claude", nil), ("gpt", nil), ("5", nil), ("", nil),
        ("claude-sonnet-9-9", nil), ("anthropic/claude-nothing", nil), ("nobody/x", nil), ("kimi-k3", nil),
        ("flash", nil), ("deepseek/deepseek-chat", nil), ("/", nil), ("opusplan", nil), ("replay:x", nil),
    ]) func `a model is found by its name, or by the word people use, where it can be asked`(
        _ word: String, _ name: String?
    ) {
        #expect(models("ANTHROPIC_API_KEY", "OPENAI_API_KEY").resolve(word) == name)
    }

    @Test func `what has no key is not taken, and a word goes to the next that has it`() {
        #expect(models().resolve("sonnet") == nil)
        #expect(models().resolve("anthropic/claude-sonnet-5-5") == nil)
        #expect(models("OPENAI_API_KEY").resolve("haiku") == "here/qwen-haiku")
        #expect(models().resolve("demo") == "demo")
    }

    @Test func `a model of a recording needs no key`() {
        let played = ProviderRegistry.Found(adapter: DemoModel(), model: "x-small", profile: ModelProfile())
        let registry = ProviderRegistry(environment: [:], userAgent: "test", transport: nil).adding(played)
        #expect(AgentModels(registry: registry).resolve("demo/x-small") == "demo/x-small")
    }
}
