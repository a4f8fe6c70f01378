import BassiEvents
import Testing

@testable import BassiModels

/// Names, keys, prices and proxies.
@Suite struct ProviderTests {
    private func registry(_ environment: [String: String]) -> ProviderRegistry {
        ProviderRegistry(environment: environment, userAgent: "t") { _ in RecordedTransport(body: []) }
    }

    private func problem(_ name: String, _ environment: [String: String] = [:]) -> ModelNameError? {
        do {
            _ = try registry(environment).adapter(for: name)
            return nil
        } catch { return error }
    }

    @Test func `without a key the demonstration model answers, with one its provider`() throws {
        #expect(registry([:]).defaultModel == "demo")
        #expect(registry(["OPENAI_API_KEY": "k", "DEEPSEEK_API_KEY": "k"]).defaultModel == "openai/gpt-6.1-sol")
        #expect(registry(["ANTHROPIC_API_KEY": ""]).defaultModel == "demo")
        #expect(try registry([:]).adapter(for: "demo").name == "demo")
    }

    @Test func `a name that nobody knows gets the nearest ones, a missing key its variable`() {
        #expect(problem("anthropic/claude-sonnet-5-5") == .missingKey("anthropic", variable: "ANTHROPIC_API_KEY"))
        guard case .unknown(_, let nearest)? = problem("claude-sonnet-5-5") else {
            Issue.record("it was found")
            return
        }
        #expect(nearest.first == "anthropic/claude-sonnet-5-5")
        #expect(problem("opnai/gpt-6.1-sol").map { "\($0)" }?.contains("openai/gpt-6.1-sol") == true)
        #expect(problem("openai/") != nil && problem("") != nil && problem("/x") != nil)
        let key = ["OPENAI_API_KEY": "k"]
        #expect(problem("openai/gpt-99", key) != nil)
        #expect(problem("openai/gpt-6.1-sol-20260901", key) == nil)
        #expect(problem("openai/gpt-99", key.merging(["OPENAI_BASE_URL": "http://x/v1"]) { $1 }) == nil)
        #expect(problem("ollama/anything:7b") == nil)
    }

    @Test func `a provider is moved by its variable`() {
        let registry = registry(["ANTHROPIC_BASE_URL": "http://proxy:1/"])
        let bases = registry.providers.prefix(2).map { registry.baseURL(of: $0) }
        #expect(bases == ["http://proxy:1", "https://api.openai.com/v1"])
        #expect(Provider.builtIn.map(\.baseURLVariable).contains("OLLAMA_BASE_URL"))
    }

    @Test func `costs are whole billionths of a dollar, and long prompts cost more`() {
        let haiku = ModelCatalog.profile(of: "claude-haiku-5-5", from: "anthropic")?.price
        #expect(haiku?.cost(of: Usage(inputTokens: 1000, outputTokens: 100, cacheReadTokens: 10)) == Money("0.0001501"))
        #expect(haiku?.cost(of: Usage(inputTokens: 100_001)) == Money(nanoDollars: 50_000_500))
        let sol = ModelCatalog.profile(of: "gpt-6.1-sol", from: "openai")?.price
        #expect(
            sol?.cost(of: Usage(inputTokens: 272_001, outputTokens: 2)) == Money(nanoDollars: 1_088_004_000 + 30_000))
        #expect(ModelCatalog.profile(of: "claude-fable-5-2", from: "anthropic")?.price == nil)
    }

    @Test func `every price says who named it and when, and a profile is known without a key`() throws {
        let registry = registry([:])
        for name in registry.knownModels where name != "demo" {
            let profile = try registry.profile(for: name)
            #expect((profile.price == nil) == (profile.priceSource == nil), "\(name)")
            #expect(profile.priceSource.map { $0.date != nil } != false, "\(name)")
        }
        let old = try registry.profile(for: "anthropic/claude-fable-5")
        #expect(old.price == Price(input: 10_000, output: 50_000, cacheRead: 1000, cacheWrite: 12_500))
        #expect(throws: ModelNameError.self) { try registry.profile(for: "anthropic/nobody") }
        #expect(registry.problem(of: Provider.builtIn[0]) == .missingKey("anthropic", variable: "ANTHROPIC_API_KEY"))
    }

    private static let proxies: [(url: String, environment: [String: String], expected: String?)] = [
        ("https://api.x.com/v1", ["HTTPS_PROXY": "http://p:3128"], "p:3128"),
        ("https://api.x.com/v1", ["https_proxy": "p"], "p:80"),
        ("http://api.x.com", ["HTTP_PROXY": "http://p:1"], nil),
        ("http://api.x.com", ["http_proxy": "http://p:1"], "p:1"),
        ("https://api.x.com", ["ALL_PROXY": "http://p:1"], "p:1"),
        ("https://api.x.com", ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "y.com,.x.com"], nil),
        ("https://notx.com", ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "x.com"], "p:1"),
        ("https://a.b", ["HTTPS_PROXY": "http://p:1", "NO_PROXY": "*"], nil),
        ("https://a.b", ["HTTPS_PROXY": ""], nil),
    ]

    @Test(arguments: proxies) func `the proxy of the environment is taken as curl takes it`(
        _ url: String, _ environment: [String: String], _ expected: String?
    ) {
        #expect(ProxySetting(for: url, environment: environment).map { "\($0.host):\($0.port)" } == expected)
    }

    @Test(arguments: [
        ("What is in this directory?", DemoWish.list), ("Read README.md.", .read("README.md")),
        ("write a file", .write("bassi-demo.txt")), ("Create `a/b.txt` please", .write("a/b.txt")),
        ("run `ls -l`", .run("ls -l")), ("run make test", .run("make test")), ("search for 'x y'", .search("x y")),
        ("give me a tour", .tour), ("hello", .explain), ("", .explain),
    ]) func `the demonstration model understands simple wishes`(_ prompt: String, _ wish: DemoWish) {
        #expect(DemoWish(prompt) == wish)
    }
}
