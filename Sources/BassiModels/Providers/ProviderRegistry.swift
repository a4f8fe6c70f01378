import BassiEvents

/// Finds the adapter for `provider/model`, from what the environment and the settings say.
public struct ProviderRegistry: Sendable {
    /// A model that can be asked.
    public struct Found: Sendable {
        /// Who asks it.
        public let adapter: any ModelAdapter
        /// Its name at the provider.
        public let model: String
        /// What is known of it.
        public let profile: ModelProfile

        /// A model that can be asked.
        public init(adapter: any ModelAdapter, model: String, profile: ModelProfile) {
            self.adapter = adapter
            self.model = model
            self.profile = profile
        }

        /// The name by which people choose it: `anthropic/claude-sonnet-5-5`, or `demo`.
        public var name: String { adapter.provider == model ? model : "\(adapter.provider)/\(model)" }
    }

    /// Makes the way to a provider's address.
    public typealias TransportFactory = @Sendable (_ baseURL: String) -> any HTTPTransport

    /// The providers, in the order in which a key is looked for.
    public let providers: [Provider]
    private let environment: [String: String]
    private let demo: any ModelAdapter
    private let transport: TransportFactory?
    private let userAgent: String
    private var own: [String: Found] = [:]
    private var recorder: Recorder?
    /// Variables whose keys are looked for last.
    private var lastKeys: Set<String> = []

    /// A registry.
    ///
    /// - Parameters:
    ///   - environment: keys and `…_BASE_URL`.
    ///   - providers: ``Provider/builtIn``, and what settings add.
    ///   - demo: what answers for `demo`.
    ///   - transport: the way to the network; nil in a build without it.
    public init(
        environment: [String: String], providers: [Provider] = Provider.builtIn, demo: any ModelAdapter = DemoModel(),
        userAgent: String, transport: TransportFactory?
    ) {
        self.environment = environment
        self.providers = providers
        self.demo = demo
        self.userAgent = userAgent
        self.transport = transport
    }

    /// The same with a model of one's own, under the name that ``Found/name`` gives it.
    public func adding(_ model: Found) -> ProviderRegistry {
        var copy = self
        copy.own[model.name] = model
        return copy
    }

    /// The same, and what is asked of its models and what they answer is recorded.
    public func recording(to recorder: Recorder) -> ProviderRegistry {
        var copy = self
        copy.recorder = recorder
        return copy
    }

    /// The same with the models of a recording, under the names that they had: they need no key and no network.
    public func replaying(_ replay: Replay) -> ProviderRegistry {
        replay.found.reduce(self) { $0.adding($1) }
    }

    /// The same, and these keys choose no provider while there is another key: those that a folder brought.
    public func choosingLast(_ variables: Set<String>) -> ProviderRegistry {
        var copy = self
        copy.lastKeys = variables
        return copy
    }

    /// The model that is taken when nobody names one: of the first provider with a key, else `demo`.
    public var defaultModel: String {
        let usable = providers.filter { key(of: $0) != nil }
        let own = usable.filter { !lastKeys.contains($0.keyVariable ?? "") }
        return (own.isEmpty ? usable : own).lazy.compactMap { provider in
            provider.defaultModel.map { "\(provider.name)/\($0)" }
        }.first ?? "demo"
    }

    /// The key that the environment has for a provider.
    public func key(of provider: Provider) -> String? {
        provider.keyVariable.flatMap { environment[$0] }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Where a provider is: what its variable says, else its own address. Without a slash at the end.
    public func baseURL(of provider: Provider) -> String {
        var url = movedURL(of: provider) ?? provider.baseURL
        while url.hasSuffix("/") { url.removeLast() }
        return url
    }

    /// The model of this name, ready to be asked.
    ///
    /// - Throws: ``ModelNameError``.
    public func adapter(for name: String) throws(ModelNameError) -> Found {
        let found = try found(name)
        guard let recorder else { return found }
        let adapter = RecordingAdapter(adapter: found.adapter, model: RecordedModel(found), recorder: recorder)
        return Found(adapter: adapter, model: found.model, profile: found.profile)
    }

    private func found(_ name: String) throws(ModelNameError) -> Found {
        if let own = own[name] { return own }
        if name == "demo" { return Found(adapter: demo, model: "demo", profile: Self.demoProfile) }
        let (provider, model) = try parse(name)
        var profile = try profile(of: model, provider)
        profile.structuredOutput = provider.structuredOutput
        guard let transport else { throw .noNetwork(name) }
        let key = key(of: provider)
        if key == nil, let variable = provider.keyVariable { throw .missingKey(provider.name, variable: variable) }
        let baseURL = baseURL(of: provider)
        let adapter = HTTPModelAdapter(
            provider: provider.name, baseURL: baseURL, key: key, dialect: Self.dialect(provider, profile),
            transport: transport(baseURL), userAgent: userAgent)
        return Found(adapter: adapter, model: model, profile: profile)
    }

    private static let demoProfile: ModelProfile = {
        // It reads nothing twice and has no window.
        var profile = ModelProfile(contextTokensMax: 1_000_000_000, price: Price(input: 0, output: 0))
        profile.structuredOutput = .native
        return profile
    }()

    private static func dialect(_ provider: Provider, _ profile: ModelProfile) -> any WireDialect {
        switch provider.dialect {
        case .anthropic:
            let thinks = profile.thinksAdaptively
            return AnthropicDialect(version: provider.apiVersion, adaptiveThinking: { _ in thinks })
        case .chatCompletions:
            let field = ["openai", "moonshot"].contains(provider.name) ? "max_completion_tokens" : "max_tokens"
            return ChatCompletionsDialect(outputLimitField: field, callRule: ChatCallRule(provider: provider.name))
        case .responses: return ResponsesDialect(reasons: profile.reasons)
        }
    }

    private func movedURL(of provider: Provider) -> String? {
        environment[provider.baseURLVariable].flatMap { $0.isEmpty ? nil : $0 }
    }

    private func parse(_ name: String) throws(ModelNameError) -> (Provider, model: String) {
        guard let slash = name.firstIndex(of: "/") else { throw .unknown(name, nearest: nearest(to: name)) }
        let (prefix, model) = (String(name[..<slash]), String(name[name.index(after: slash)...]))
        guard let provider = providers.first(where: { $0.name == prefix }), !model.isEmpty else {
            throw .unknown(name, nearest: nearest(to: name))
        }
        return (provider, model)
    }

    /// A name that nobody knows is refused here, before anything is paid; a provider that was moved elsewhere may
    /// serve what it likes.
    private func profile(of model: String, _ provider: Provider) throws(ModelNameError) -> ModelProfile {
        if let described = provider.models[model] { return described }
        if let known = ModelCatalog.profile(of: model, from: provider.name) { return known }
        guard provider.takesAnyModel || movedURL(of: provider) != nil else {
            let name = "\(provider.name)/\(model)"
            throw .unknown(name, nearest: nearest(to: name))
        }
        return ModelProfile()
    }

    /// The names of all models that are known by name.
    public var knownModels: [String] {
        ["demo"]
            + providers.flatMap { provider in
                let names = ModelCatalog.names(of: provider.name) + provider.models.keys.sorted()
                return names.map { "\(provider.name)/\($0)" }
            }
    }

    /// What is known of the model of this name, whether it can be asked or not.
    ///
    /// - Throws: ``ModelNameError`` for a name that nobody knows.
    public func profile(for name: String) throws(ModelNameError) -> ModelProfile {
        if let own = own[name] { return own.profile }
        if name == "demo" { return Self.demoProfile }
        let (provider, model) = try parse(name)
        return try profile(of: model, provider)
    }

    /// Why a provider cannot be asked, as far as this machine knows; nil when it can. Nothing is sent.
    public func problem(of provider: Provider) -> ModelNameError? {
        if let variable = provider.keyVariable, key(of: provider) == nil {
            return .missingKey(provider.name, variable: variable)
        }
        return transport == nil ? .noNetwork("\(provider.name)/…") : nil
    }

    /// People leave out the provider: a name is near, too, when what stands behind its slash is.
    private func nearest(to name: String) -> [String] {
        let candidates = knownModels + providers.filter(\.takesAnyModel).map { "\($0.name)/MODEL" }
        return EditDistance.nearest(to: name, among: candidates, count: 3) { candidate in
            name.contains("/") ? [candidate] : [candidate, String(candidate.drop { $0 != "/" }.dropFirst())]
        }
    }
}

/// Why a model's name leads nowhere.
public enum ModelNameError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No provider or no model has this name.
    case unknown(String, nearest: [String])
    /// The provider needs a key and there is none.
    case missingKey(String, variable: String)
    /// This build cannot reach the network.
    case noNetwork(String)

    /// One sentence with the next step.
    public var description: String {
        switch self {
        case .unknown(let name, let nearest):
            "there is no model '\(name)': did you mean \(nearest.joined(separator: ", "))? "
                + "`bassi models` lists them; one that is missing is described under 'providers' in the settings"
        case .missingKey(let provider, let variable):
            "\(provider) needs a key: set \(variable), or use --model demo, which needs none"
        case .noNetwork(let name):
            "this build cannot reach '\(name)': build it with the trait Network, or use --model demo"
        }
    }
}
