/// The models that this build knows, and who says what they cost. Settings add others and correct these.
///
/// A model whose price nobody has published has none here: it is never taken for free.
enum ModelCatalog {
    /// The profile of a model; a name with a date behind it is the same model.
    static func profile(of model: String, from provider: String) -> ModelProfile? {
        guard let models = table[provider] else { return nil }
        if let exact = models.first(where: { $0.name == model }) { return exact.profile }
        guard let undated = undated(model) else { return nil }
        return models.first { $0.name == undated }?.profile
    }

    /// The name without the date behind it, `-20260901` or `-2026-09-01`.
    private static func undated(_ model: String) -> String? {
        let words = model.split(separator: "-")
        func isDate(_ lengths: [Int]) -> Bool {
            let date = words.suffix(lengths.count)
            return date.map(\.utf8.count) == lengths && date.joined().utf8.allSatisfy { (0x30...0x39).contains($0) }
        }
        guard let count = [[8], [4, 2, 2]].first(where: isDate)?.count else { return nil }
        return words.dropLast(count).joined(separator: "-")
    }

    /// The names of a provider's known models.
    static func names(of provider: String) -> [String] { table[provider]?.map(\.name) ?? [] }

    private typealias Entry = (name: String, profile: ModelProfile)

    private static let anthropic = PriceSource("Anthropic's page of models, litellm 1.109.1", date: "2026-11")
    private static let tracker = PriceSource("Anthropic's page of models, a price tracker", date: "2026-10-24")
    private static let october = PriceSource("Anthropic's page of models", date: "2026-10-01")
    private static let spring = PriceSource("Anthropic's page of models", date: "2026-04")
    private static let litellm = PriceSource("litellm 1.109.1", date: "2026-11")

    private static let table: [String: [Entry]] = [
        "anthropic": [
            claude("claude-opus-5-5", Price(input: 4000, output: 20_000, cacheRead: 200, cacheWrite: 5000)),
            claude("claude-sonnet-5-5", Price(input: 2000, output: 10_000, cacheRead: 100, cacheWrite: 2500), tracker),
            claude(
                "claude-haiku-5-5",
                Price(
                    input: 100, output: 500, cacheRead: 10, cacheWrite: 125,
                    surcharge: .init(threshold: 100_000, input: 500, output: 500)), tracker),
            claude(
                "claude-fable-5-1", Price(input: 10_000, output: 50_000, cacheRead: 250, cacheWrite: 12_500), october),
            claude("claude-fable-5-2", nil), claude("claude-mythos-5-1", nil), claude("claude-mythos-5-2", nil),
            claude("claude-fable-5", uncached), claude("claude-mythos-5", uncached),
            claude("claude-opus-5", Price(input: 5000, output: 25_000, cacheRead: 500, cacheWrite: 6250)),
            claude("claude-sonnet-5", Price(input: 2000, output: 10_000, cacheRead: 200, cacheWrite: 2500)),
            claude("claude-opus-4-8", nil),
            claude("claude-opus-4-7", Price(input: 5000, output: 25_000, cacheRead: 500, cacheWrite: 6250), spring),
            claude("claude-opus-4-6", Price(input: 5000, output: 25_000, cacheRead: 500, cacheWrite: 6250), spring),
            claude("claude-sonnet-4-6", Price(input: 3000, output: 15_000, cacheRead: 300, cacheWrite: 3750), spring),
            older("claude-opus-4-5", nil), older("claude-sonnet-4-5", nil),
            older("claude-haiku-4-5", Price(input: 1000, output: 5000, cacheRead: 100, cacheWrite: 1250)),
        ],
        "openai": [
            gpt("gpt-6-astra", Price(input: 10_000, output: 50_000, cacheRead: 1000, cacheWrite: 12_500)),
            gpt("gpt-6.1-sol", Price(input: 2000, output: 10_000, cacheRead: 100, cacheWrite: 2500)),
            gpt("gpt-6.1-terra", Price(input: 1000, output: 5000, cacheRead: 50, cacheWrite: 1250)),
            gpt("gpt-6-luna", Price(input: 100, output: 500, cacheRead: 10, cacheWrite: 125)),
            gpt("gpt-5.6-sol", Price(input: 4000, output: 20_000, cacheRead: 400, cacheWrite: 5000)),
            gpt("gpt-6.2-astra", nil), gpt("gpt-6.2-sol", nil), gpt("gpt-6-sol", nil),
        ],
        "deepseek": [
            plain("deepseek-v4-flash", 1_000_000, Price(input: 300, output: 1200, cacheRead: 6)),
            plain("deepseek-v4-pro", 1_000_000, Price(input: 1320, output: 3960, cacheRead: 44)),
            plain("deepseek-flash", 1_000_000, nil), plain("deepseek-chat", 1_000_000, nil),
            plain("deepseek-reasoner", 1_000_000, nil),
        ],
        "moonshot": [
            plain("kimi-k3", 1_000_000, Price(input: 3000, output: 15_000, cacheRead: 300)),
            plain("kimi-k3.1-pro", 1_000_000, Price(input: 2000, output: 10_000, cacheRead: 200)),
            plain("kimi-k2.6", 256_000, Price(input: 950, output: 4000, cacheRead: 160)),
            plain("k2.7-code", 256_000, Price(input: 950, output: 4000, cacheRead: 190)),
        ],
    ]

    /// The page names no price of the cache for these: those of its rule, a quarter more for writing and a tenth for
    /// reading.
    private static let uncached = Price(input: 10_000, output: 50_000, cacheRead: 1000, cacheWrite: 12_500)

    private static func claude(_ name: String, _ price: Price?, _ source: PriceSource = anthropic) -> Entry {
        entry(name, context: 1_000_000, price, source, thinksAdaptively: true)
    }

    private static func older(_ name: String, _ price: Price?) -> Entry {
        entry(name, context: 200_000, price, anthropic)
    }

    /// Long prompts cost twice for reading and one and a half times for writing.
    private static func gpt(_ name: String, _ price: Price?) -> Entry {
        var price = price
        price?.surcharge = .init(threshold: 272_000, input: 200, output: 150)
        var entry = entry(name, context: 922_000, price, litellm)
        entry.profile.reasons = true
        return entry
    }

    private static func plain(_ name: String, _ context: Int, _ price: Price?) -> Entry {
        entry(name, context: context, price, litellm)
    }

    /// Models write up to 128,000 tokens and more; so many as here are asked for at once, and reserved in a budget.
    private static func entry(
        _ name: String, context: Int, _ price: Price?, _ source: PriceSource, thinksAdaptively: Bool = false
    ) -> Entry {
        var profile = ModelProfile(
            contextTokensMax: context, outputTokensMax: 32_000, price: price, thinksAdaptively: thinksAdaptively)
        profile.priceSource = price == nil ? nil : source
        return (name, profile)
    }
}
