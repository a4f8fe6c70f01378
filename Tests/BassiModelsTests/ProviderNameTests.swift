import BassiEvents
import Testing

@testable import BassiModels

/// How names, keys and addresses lead to a model, and what a name that leads nowhere is told.
@Suite struct ProviderNameTests {
    private func registry(
        _ environment: [String: String] = [:], _ providers: [Provider] = Provider.builtIn
    ) -> ProviderRegistry {
        ProviderRegistry(environment: environment, providers: providers, userAgent: "t") { _ in
            RecordedTransport(body: [])
        }
    }

    private func problem(_ name: String, _ registry: ProviderRegistry) -> ModelNameError? {
        do {
            _ = try registry.adapter(for: name)
            return nil
        } catch { return error }
    }

    @Test func `the first provider with a key and a model of its own is taken`() {
        let keys = ["ANTHROPIC_API_KEY": "a", "OPENAI_API_KEY": "b", "MOONSHOT_API_KEY": "c", "GROQ_API_KEY": "d"]
        #expect(registry(keys).defaultModel == "anthropic/claude-sonnet-5-5")
        #expect(registry(["GROQ_API_KEY": "d", "MOONSHOT_API_KEY": "c"]).defaultModel == "moonshot/kimi-k3")
        #expect(registry(["GROQ_API_KEY": "d"]).defaultModel == "demo")
    }

    @Test func `every default model is known and has a price`() {
        for provider in Provider.builtIn {
            guard let model = provider.defaultModel else { continue }
            #expect(ModelCatalog.profile(of: model, from: provider.name)?.price != nil, "\(model)")
        }
    }

    @Test(arguments: [
        ("claude-sonnet-5-5", "anthropic/claude-sonnet-5-5"), ("kimi-k3", "moonshot/kimi-k3"),
        ("GPT-6.1-Sol", "openai/gpt-6.1-sol"), ("openai/gpt-6.1-sool", "openai/gpt-6.1-sol"),
        ("antropic/claude-opus-5-5", "anthropic/claude-opus-5-5"), ("demmo", "demo"),
        ("deepseek/deepseek-v4", "deepseek/deepseek-v4-pro"),
    ]) func `a name that nobody knows is told the nearest one first`(_ name: String, _ expected: String) {
        guard case .unknown(let said, let nearest)? = problem(name, registry(["OPENAI_API_KEY": "k"])) else {
            Issue.record("\(name) was found")
            return
        }
        #expect(said == name && nearest.first == expected && nearest.count == 3)
    }

    @Test func `each problem names the next step`() {
        #expect(
            problem("anthropic/claude-sonnet-5-5", registry()).map { "\($0)" }
                == "anthropic needs a key: set ANTHROPIC_API_KEY, or use --model demo, which needs none")
        let text = problem("kimi-k3", registry()).map { "\($0)" } ?? ""
        #expect(text.hasPrefix("there is no model 'kimi-k3': did you mean moonshot/kimi-k3, "))
        let offline = ProviderRegistry(environment: [:], userAgent: "t", transport: nil)
        #expect(problem("ollama/x", offline) == .noNetwork("ollama/x"))
        #expect(problem("demo", offline) == nil)
    }

    @Test func `aggregators, local servers and providers that were moved take any model`() throws {
        let environment = ["OPENROUTER_API_KEY": "k", "ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://proxy"]
        let registry = registry(environment)
        for (name, model) in [
            ("openrouter/anthropic/claude-x:free", "anthropic/claude-x:free"), ("ollama/qwen:7b", "qwen:7b"),
            ("anthropic/anything", "anything"),
        ] {
            let found = try registry.adapter(for: name)
            #expect(found.model == model && found.name == name && found.profile.price == nil)
        }
        #expect(problem("anthropic/anything", self.registry(["ANTHROPIC_API_KEY": "k"])) != nil)
    }

    @Test func `a model that settings describe is known, before the catalogue`() throws {
        var provider = Provider.builtIn[0]
        provider.models = ["mine": ModelProfile(contextTokensMax: 7)]
        provider.setPrice(Price(input: 1, output: 2), of: "claude-sonnet-5-5")
        let registry = registry(["ANTHROPIC_API_KEY": "k"], [provider])
        #expect(try registry.adapter(for: "anthropic/mine").profile.contextTokensMax == 7)
        let corrected = try registry.adapter(for: "anthropic/claude-sonnet-5-5").profile
        #expect(corrected.price == Price(input: 1, output: 2) && corrected.contextTokensMax == 1_000_000)
        #expect(registry.knownModels.contains("anthropic/mine"))
    }

    @Test(arguments: [
        ("FOO_API_KEY", "FOO_BASE_URL"), ("FOO_TOKEN", "FOO_TOKEN_BASE_URL"), (nil, "MY_OWN_SERVER_BASE_URL"),
    ]) func `the variable that moves a provider is named after its key`(_ key: String?, _ expected: String) {
        let provider = Provider(name: "my-own.server", baseURL: "x", dialect: .chatCompletions, keyVariable: key)
        #expect(provider.baseURLVariable == expected)
    }

    @Test func `OpenAI is also asked over Chat Completions, when its provider says so`() async throws {
        let sent = RecordedTransport.Sent()
        var openAI = try #require(Provider.builtIn.first { $0.name == "openai" })
        #expect(openAI.dialect == .responses && Provider.Dialect.responses.rawValue == "responses")
        openAI.dialect = .chatCompletions
        let registry = ProviderRegistry(
            environment: ["OPENAI_API_KEY": "k"], providers: [openAI], userAgent: "bassi/9"
        ) { _ in RecordedTransport(body: [], sent: sent) }
        let found = try registry.adapter(for: "openai/gpt-6.1-sol")
        let request = ModelRequest(model: found.model, messages: [.user([.text("x")])])
        await #expect(throws: ModelError.self) { try await found.adapter.respond(to: request) { _ in } }
        #expect(sent.all.map(\.url) == ["https://api.openai.com/v1/chat/completions"])
        #expect(String(decoding: sent.all[0].body, as: UTF8.self).contains(#""max_completion_tokens""#))
    }

    @Test func `an adapter asks its own provider, where and how it is to be asked`() async throws {
        let sent = RecordedTransport.Sent()
        let environment = [
            "OPENAI_API_KEY": "k1", "OPENAI_BASE_URL": "http://proxy:1/v1//", "MISTRAL_API_KEY": "k2",
            "ANTHROPIC_API_KEY": "k3",
        ]
        let registry = ProviderRegistry(environment: environment, userAgent: "bassi/9") { _ in
            RecordedTransport(body: [], sent: sent)
        }
        for name in ["openai/gpt-6.1-sol", "mistral/m", "anthropic/claude-sonnet-5-5", "anthropic/claude-haiku-4-5"] {
            let found = try registry.adapter(for: name)
            let request = ModelRequest(model: found.model, messages: [.user([.text("x")])])
            await #expect(throws: ModelError.self) { try await found.adapter.respond(to: request) { _ in } }
        }
        #expect(
            sent.all.map(\.url) == [
                "http://proxy:1/v1/responses", "https://api.mistral.ai/v1/chat/completions",
                "https://api.anthropic.com/v1/messages", "https://api.anthropic.com/v1/messages",
            ])
        let bodies = sent.all.map { String(decoding: $0.body, as: UTF8.self) }
        #expect(bodies[0].contains(#""reasoning":{"summary":"auto"}"#) && bodies[1].contains(#""max_tokens""#))
        #expect(bodies[2].contains(#""adaptive""#) && !bodies[3].contains("thinking"))
        #expect(sent.all[1].headers.contains(HTTPField("authorization", "Bearer k2")))
    }

    // MARK: - Models and prices

    @Test(arguments: [
        ("gpt-6.1-sol-20260901", true), ("gpt-6.1-sol-2026-09-01", true), ("gpt-6.1-sol-2026-09", false),
        ("gpt-6.1-sol-1234567", false), ("gpt-6.1-sol-mini", false), ("20260901", false), ("", false),
        ("gpt-6.1-sol-２０２６０９０１", false),
    ]) func `a name with a date behind it is the same model`(_ name: String, _ isKnown: Bool) {
        let known = ModelCatalog.profile(of: "gpt-6.1-sol", from: "openai")
        #expect(ModelCatalog.profile(of: name, from: "openai") == (isKnown ? known : nil))
        #expect(ModelCatalog.profile(of: "gpt-6.1-sol", from: "anthropic") == nil)
    }

    @Test func `a cost is exact, and a surcharge counts from the first token beyond its threshold`() {
        let price = Price(
            input: 3, output: 7, cacheRead: 1, cacheWrite: 4, surcharge: .init(threshold: 10, input: 200, output: 150))
        let usage = Usage(inputTokens: 5, outputTokens: 3, cacheReadTokens: 3, cacheWriteTokens: 2, reasoningTokens: 2)
        #expect(price.cost(of: usage) == Money(nanoDollars: 15 + 3 + 8 + 21))
        var longer = usage
        longer.cacheReadTokens = 4
        #expect(price.cost(of: longer) == Money(nanoDollars: (15 + 4 + 8) * 2 + 31))
        #expect(price.cost(of: Usage()) == .zero)
        #expect(Price(input: 3, output: 7).cost(of: Usage(cacheReadTokens: 1, cacheWriteTokens: 1)).nanoDollars == 6)
    }

    @Test func `no count that an answer can hold overflows a cost`() throws {
        let most = try #require(JSONValue.number(JSONNumber(Int64.max)).tokenCount)
        let usage = Usage(inputTokens: most, outputTokens: most, cacheReadTokens: most, cacheWriteTokens: most)
        for name in ModelCatalog.names(of: "openai") {
            guard let price = ModelCatalog.profile(of: name, from: "openai")?.price else { continue }
            #expect(price.cost(of: usage) > .zero)
        }
    }

    @Test(arguments: [
        ("", "", 0), ("abc", "", 3), ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("ABC", "abc", 0),
        ("abc", "acb", 2),
    ]) func `a distance counts insertions, deletions and replacements`(_ a: String, _ b: String, _ distance: Int) {
        #expect(EditDistance.between(a, b) == distance && EditDistance.between(b, a) == distance)
    }

    @Test func `of two names as near the one that stands first is named first`() {
        #expect(EditDistance.nearest(to: "aa", among: ["zz", "ab", "ac", "aa"], count: 3) == ["aa", "ab", "ac"])
        #expect(EditDistance.nearest(to: "x", among: [], count: 3) == [])
    }

    // MARK: - Proxies

    @Test(arguments: [
        (["HTTPS_PROXY": "http://me:s%40t@p:8"], "p", 8, false, "me", "s@t"),
        (["ALL_PROXY": "socks5://p"], "p", 1080, true, nil, nil),
        (["https_proxy": "https://p"], "p", 443, false, nil, nil),
        (["HTTPS_PROXY": "", "https_proxy": "p:9"], "p", 9, false, nil, nil),
    ]) func `an address of a proxy is read whole`(
        _ environment: [String: String], _ host: String, _ port: Int, _ isSOCKS: Bool, _ user: String?,
        _ password: String?
    ) throws {
        let proxy = try #require(ProxySetting(for: "https://a.b/v1", environment: environment))
        #expect(proxy.host == host && proxy.port == port && proxy.isSOCKS == isSOCKS)
        #expect(proxy.user == user && proxy.password == password)
    }

    @Test(arguments: [
        ("https://a.b", "A.B", true), ("https://x.a.b", "a.b", true), ("https://x.a.b", " c , .a.b ", true),
        ("https://xa.b", "a.b", false), ("https://a.b", ",", false), ("http://127.0.0.1:11434", "127.0.0.1", true),
    ]) func `a host is spared by its name and the names above it`(_ url: String, _ exceptions: String, _ isSpared: Bool)
    {
        let environment = ["ALL_PROXY": "http://p:1", "NO_PROXY": exceptions]
        #expect((ProxySetting(for: url, environment: environment) == nil) == isSpared)
        let lower = ["ALL_PROXY": "http://p:1", "NO_PROXY": "", "no_proxy": exceptions]
        #expect((ProxySetting(for: url, environment: lower) == nil) == isSpared)
    }

    @Test func `an address that is none has no proxy`() {
        #expect(ProxySetting(for: "", environment: ["ALL_PROXY": "http://p"]) == nil)
        #expect(ProxySetting(for: "https://a.b", environment: ["ALL_PROXY": "http://"]) == nil)
    }
}
