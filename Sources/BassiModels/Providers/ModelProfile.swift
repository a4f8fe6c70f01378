import BassiEvents

/// Whether a provider holds a model to a schema by itself.
public enum StructuredOutput: String, Sendable, Equatable, CaseIterable {
    /// It does.
    case native
    /// It does where no tools are offered: held to a schema, the model could call none.
    case nativeWithoutTools = "native_without_tools"
    /// It does not.
    case none
}

/// What is known of a model: how much it takes, and what it costs.
public struct ModelProfile: Sendable, Equatable {
    /// Tokens that fit into its window.
    public var contextTokensMax: Int
    /// Tokens that it writes at most.
    public var outputTokensMax: Int
    /// What a token costs; nil when nobody has said, which is never the same as nothing.
    public var price: Price?
    /// Where the price is from; nil where there is none.
    public var priceSource: PriceSource?
    /// Whether it thinks when told `adaptive`, on Anthropic's wire.
    public var thinksAdaptively: Bool
    /// Whether its provider holds it to a schema.
    public var structuredOutput = StructuredOutput.none
    /// Whether it reasons and can sum that up, on the wire of OpenAI's Responses.
    public var reasons: Bool

    /// A profile; the defaults are what most models take.
    public init(
        contextTokensMax: Int = 128_000, outputTokensMax: Int = 16_384, price: Price? = nil,
        thinksAdaptively: Bool = false, reasons: Bool = false
    ) {
        self.contextTokensMax = contextTokensMax
        self.outputTokensMax = outputTokensMax
        self.price = price
        self.thinksAdaptively = thinksAdaptively
        self.reasons = reasons
    }
}

/// Who says what a model costs, and when: prices change, and a table in a program grows old.
public struct PriceSource: Sendable, Equatable {
    /// Who says so.
    public let name: String
    /// When it was said, as `2026-10-24` or `2026-11`; nil for what a person has set.
    public let date: String?

    /// A source.
    public init(_ name: String, date: String? = nil) {
        self.name = name
        self.date = date
    }

    /// What a person has set.
    static let settings = PriceSource("the settings")
}

/// What tokens cost, in billionths of a dollar each; a price of $2 for a million is 2,000.
public struct Price: Sendable, Equatable {
    /// How much more a long prompt costs, in hundredths.
    public struct Surcharge: Sendable, Equatable {
        /// Prompts longer than this many tokens cost more, as a whole.
        public var threshold: Int
        /// Hundredths of the price of what is read.
        public var input: Int64
        /// Hundredths of the price of what is written.
        public var output: Int64

        /// A surcharge.
        public init(threshold: Int, input: Int64, output: Int64) {
            self.threshold = threshold
            self.input = input
            self.output = output
        }
    }

    /// A token read at the full price.
    public var input: Int64
    /// A token written.
    public var output: Int64
    /// A token read from the cache.
    public var cacheRead: Int64
    /// A token written into the cache.
    public var cacheWrite: Int64
    /// What long prompts cost more.
    public var surcharge: Surcharge?

    /// A price in billionths of a dollar for each token.
    public init(
        input: Int64, output: Int64, cacheRead: Int64? = nil, cacheWrite: Int64? = nil, surcharge: Surcharge? = nil
    ) {
        self.input = input
        self.output = output
        self.cacheRead = cacheRead ?? input
        self.cacheWrite = cacheWrite ?? input
        self.surcharge = surcharge
    }

    /// What this use cost.
    public func cost(of usage: Usage) -> Money {
        let prompt = usage.inputTokens + usage.cacheReadTokens + usage.cacheWriteTokens
        let more = surcharge.flatMap { prompt > $0.threshold ? $0 : nil }
        let read =
            Int64(usage.inputTokens) * input + Int64(usage.cacheReadTokens) * cacheRead
            + Int64(usage.cacheWriteTokens) * cacheWrite
        let written = Int64(usage.outputTokens) * output
        return Money(nanoDollars: (read * (more?.input ?? 100) + written * (more?.output ?? 100)) / 100)
    }
}
