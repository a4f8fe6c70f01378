/// Somebody who serves models: where, in which dialect, and which variable holds the key.
public struct Provider: Sendable, Equatable {
    /// How it is spoken to.
    public enum Dialect: String, Sendable, CaseIterable {
        /// Anthropic's Messages.
        case anthropic
        /// OpenAI's Chat Completions.
        case chatCompletions = "chat-completions"
        /// OpenAI's Responses.
        case responses
    }

    /// Its name, as before the slash.
    public var name: String
    /// Where it is: for OpenAI's dialects with `/v1`, for Anthropic's without.
    public var baseURL: String
    /// How it is spoken to.
    public var dialect: Dialect
    /// The variable that holds its key; nil for a server that needs none.
    public var keyVariable: String?
    /// The model that is taken when it alone has a key.
    public var defaultModel: String?
    /// The models that settings describe, by name.
    public var models: [String: ModelProfile] = [:]
    /// The version of Anthropic's API to ask for, a date; nil for the one that every gateway knows.
    public var apiVersion: String?
    /// Whether any name may be a model: aggregators and local servers have too many to know.
    public var takesAnyModel: Bool

    /// Whether it holds its models to a schema.
    public var structuredOutput: StructuredOutput

    /// A provider.
    public init(
        name: String, baseURL: String, dialect: Dialect, keyVariable: String?, defaultModel: String? = nil,
        takesAnyModel: Bool = true, structuredOutput: StructuredOutput = .none
    ) {
        self.name = name
        self.baseURL = baseURL
        self.dialect = dialect
        self.keyVariable = keyVariable
        self.defaultModel = defaultModel
        self.takesAnyModel = takesAnyModel
        self.structuredOutput = structuredOutput
    }

    /// The variable that moves it elsewhere: `ANTHROPIC_BASE_URL`.
    public var baseURLVariable: String {
        let stem = keyVariable.map { $0.hasSuffix("_API_KEY") ? String($0.dropLast(8)) : $0 }
        return (stem ?? name.uppercased().replacing("-", with: "_").replacing(".", with: "_")) + "_BASE_URL"
    }

    /// Corrects the price of a model, keeping what else is known of it.
    public mutating func setPrice(_ price: Price, of model: String) {
        var profile = models[model] ?? ModelCatalog.profile(of: model, from: name) ?? ModelProfile()
        (profile.price, profile.priceSource) = (price, .settings)
        models[model] = profile
    }

    /// The providers that this build knows, in the order in which a key is looked for.
    public static let builtIn: [Provider] = [
        Provider(
            name: "anthropic", baseURL: "https://api.anthropic.com", dialect: .anthropic,
            keyVariable: "ANTHROPIC_API_KEY", defaultModel: "claude-sonnet-5-5", takesAnyModel: false,
            structuredOutput: .native),
        Provider(
            name: "openai", baseURL: "https://api.openai.com/v1", dialect: .responses, keyVariable: "OPENAI_API_KEY",
            defaultModel: "gpt-6.1-sol", takesAnyModel: false, structuredOutput: .native),
        known("deepseek", "https://api.deepseek.com/v1", "DEEPSEEK_API_KEY", "deepseek-v4-flash"),
        known("moonshot", "https://api.moonshot.ai/v1", "MOONSHOT_API_KEY", "kimi-k3"),
        chat("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        chat("groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY"),
        chat("mistral", "https://api.mistral.ai/v1", "MISTRAL_API_KEY"),
        chat("gemini", "https://generativelanguage.googleapis.com/v1beta/openai", "GEMINI_API_KEY"),
        chat("xai", "https://api.x.ai/v1", "XAI_API_KEY", .native),
        chat("ollama", "http://127.0.0.1:11434/v1", nil),
        chat("lmstudio", "http://127.0.0.1:1234/v1", nil),
        chat("llamacpp", "http://127.0.0.1:8080/v1", nil),
        chat("vllm", "http://127.0.0.1:8000/v1", nil),
    ]

    /// One whose models are all known, and whom nobody can have hold them to a schema.
    private static func known(_ name: String, _ baseURL: String, _ key: String, _ model: String) -> Provider {
        Provider(
            name: name, baseURL: baseURL, dialect: .chatCompletions, keyVariable: key, defaultModel: model,
            takesAnyModel: false)
    }

    /// An aggregator or a local server. Most hold a model to a schema by a grammar, behind which it can call no tool.
    private static func chat(
        _ name: String, _ baseURL: String, _ key: String?, _ structured: StructuredOutput = .nativeWithoutTools
    ) -> Provider {
        Provider(
            name: name, baseURL: baseURL, dialect: .chatCompletions, keyVariable: key, structuredOutput: structured)
    }
}
