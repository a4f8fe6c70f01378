import BassiEvents
import BassiModels
import BassiPermissions
import BassiWeb

/// What the person has set: the same keys in every settings file.
public struct Settings: Sendable {
    /// The model to take.
    public var model: String?
    /// The model to take and those that stand in for it, in order.
    public var models: [String] = []
    /// Providers that are added or changed.
    public var providers: [Provider] = []
    /// Prices of models, by `provider/model`.
    public var prices: [String: Price] = [:]
    /// What may be done without asking.
    public var permissionMode: PermissionMode?
    /// The rules of permission.
    public var rules = RuleSet()
    /// Where every run must end.
    public var limits = RunLimits()
    /// How long is waited for a provider.
    public var transport = TransportLimits()
    /// How long a model may send nothing but signs of life; nil for the default.
    public var contentSilence: Duration?
    /// What `web_fetch` may reach and take.
    public var web = WebSettings()
    /// How many sub-agents may work.
    var agents = AgentLimits()
    /// How commands are confined, and what they may take.
    var confinement = ConfinementSettings()
    /// Commands that are asked and told what happens, in the order of the files.
    public var hooks: [CommandHook] = []
    /// How long what is stored is kept.
    public var retention = Retention()
    /// Keys of the file that this build knows of and does not use yet.
    public var unused: [String] = []

    /// Nothing set.
    public init() {}

    /// Reads a settings file; nothing is set when it is not there.
    ///
    /// - Throws: ``SettingsError``.
    public init(path: String) throws(SettingsError) {
        self.init()
        if let file = try SettingsFile(path: path) { try read(file) }
    }

    /// Takes what a file says, over what was said before.
    mutating func read(_ file: SettingsFile) throws(SettingsError) {
        var priced: [SettingsNode] = []
        (model, models) = try Self.models(file) ?? (model, models)
        for (key, value) in try file.root.members(known: Self.keys) {
            switch key {
            case "model", "models": break
            case "providers":
                for (name, node) in try value.members() { providers.append(try provider(name, node)) }
            case "prices":
                for (name, node) in try value.members() {
                    prices[name] = try Self.price(node)
                    priced.append(node)
                }
            case "permissions": try readPermissions(value)
            case "sandbox": try confinement.readSandbox(value)
            case "limits": try readLimits(value)
            case "retention": retention = try Retention(value)
            case "hooks": hooks += try HookSettings.read(value)
            default: if !unused.contains(key) { unused.append(key) }
            }
        }
        try checkProviders(ofPrices: priced)
    }

    /// The model and those that stand in for it; nil when the file names none. A file that names either takes the place
    /// of both of another, else a list would stand behind a single name that it was to replace.
    private static func models(_ file: SettingsFile) throws(SettingsError) -> (String?, [String])? {
        let members = try file.root.members()
        let model = try members.last { $0.key == "model" }.map { node throws(SettingsError) in try node.value.string() }
        let models = try members.last { $0.key == "models" }.map { node throws(SettingsError) in
            try node.value.strings()
        }
        return model == nil && models == nil ? nil : (model, models ?? [])
    }

    /// A price of nobody would be taken for a price of somebody.
    private func checkProviders(ofPrices nodes: [SettingsNode]) throws(SettingsError) {
        let known = Set((Provider.builtIn + providers).map(\.name))
        for node in nodes {
            let parts = node.name.split(separator: "/", maxSplits: 1)
            guard parts.count == 2, known.contains(String(parts[0])) else {
                throw node.problem(
                    "'\(node.key)' is no PROVIDER/MODEL; providers are: \(known.sorted().joined(separator: ", "))")
            }
        }
    }

    private static let keys = [
        "model", "models", "providers", "prices", "permissions", "hooks", "mcp_servers", "sandbox", "limits",
        "retention", "ui",
    ]

    private mutating func readPermissions(_ node: SettingsNode) throws(SettingsError) {
        var examples: [SettingsNode] = []
        // The examples of a file are those of its own rules.
        var (mode, rules) = (PermissionMode?.none, RuleSet())
        for (key, value) in try node.members(known: ["mode", "allow", "deny", "ask", "examples"]) {
            switch key {
            case "mode": mode = try value.word(PermissionMode.self)
            case "allow": rules.allow += try Self.rules(value)
            case "deny": rules.deny += try Self.rules(value)
            case "ask": rules.ask += try Self.rules(value)
            default: examples = try value.elements("a list of examples")
            }
        }
        try PermissionExamples.check(examples, mode: mode ?? .ask, rules: rules)
        permissionMode = mode ?? permissionMode
        self.rules.add(rules)
    }

    private static func rules(_ node: SettingsNode) throws(SettingsError) -> [Rule] {
        var rules: [Rule] = []
        for element in try node.elements("a list of rules") {
            do { rules.append(try Rule(try element.string(), source: node.file).checkingSpelling()) } catch let error
                as RuleError
            {
                throw element.problem("\(error)")
            } catch let error as SettingsError { throw error } catch { throw element.problem("\(error)") }
        }
        return rules
    }

    private mutating func readLimits(_ node: SettingsNode) throws(SettingsError) {
        var (turns, cost, tokens, seconds): (Int?, Money?, Int?, Int?)
        let known = [
            "max_turns", "max_cost_usd", "max_tokens_total", "timeout", "silence", "content_silence", "agents",
            "commands",
            "web",
        ]
        for (key, value) in try node.members(known: known) {
            switch key {
            case "max_turns": turns = try value.positiveInt()
            case "max_cost_usd": cost = try Self.money(value)
            case "max_tokens_total": tokens = try value.positiveInt()
            case "silence": transport.silence = .seconds(try value.positiveInt())
            case "content_silence": contentSilence = .seconds(try value.positiveInt())
            case "agents": try agents.read(value)
            case "commands": try confinement.readLimits(value)
            case "web": try WebLimits.read(value, into: &web)
            default: seconds = try value.positiveInt()
            }
        }
        limits = RunLimits(
            maxTurns: turns ?? limits.maxTurns, maxCostUSD: cost ?? limits.maxCostUSD,
            maxTokensTotal: tokens ?? limits.maxTokensTotal, timeoutS: seconds ?? limits.timeoutS)
    }

    private static func money(_ node: SettingsNode) throws(SettingsError) -> Money {
        guard let money = Money(try node.decimal()) else {
            throw node.problem("'\(node.key)' is not an amount in dollars with at most nine decimals")
        }
        return money
    }

    // MARK: - Providers and prices

    private func provider(_ name: String, _ node: SettingsNode) throws(SettingsError) -> Provider {
        var provider =
            providers.last { $0.name == name } ?? Provider.builtIn.first { $0.name == name }
            ?? Provider(name: name, baseURL: "", dialect: .chatCompletions, keyVariable: nil)
        for (key, value) in try node.members(known: ["base_url", "dialect", "key_variable", "api_version", "models"]) {
            switch key {
            case "base_url":
                provider.baseURL = try value.string()
                provider.takesAnyModel = true
            case "dialect": provider.dialect = try value.word(Provider.Dialect.self)
            case "key_variable": provider.keyVariable = try value.string()
            case "api_version": provider.apiVersion = try value.date()
            default: for (model, profile) in try value.members() { provider.models[model] = try Self.profile(profile) }
            }
        }
        guard provider.baseURL.hasPrefix("http://") || provider.baseURL.hasPrefix("https://") else {
            throw node.problem("'\(node.key)' needs a 'base_url' that begins with http:// or https://")
        }
        return provider
    }

    private static func profile(_ node: SettingsNode) throws(SettingsError) -> ModelProfile {
        var profile = ModelProfile()
        for (key, value) in try node.members(known: ["context_tokens", "output_tokens", "reasons", "price"]) {
            switch key {
            case "context_tokens": profile.contextTokensMax = try value.positiveInt()
            case "output_tokens": profile.outputTokensMax = try value.positiveInt()
            case "reasons": profile.reasons = try value.bool()
            default: profile.price = try price(value)
            }
        }
        return profile
    }

    /// Dollars for a million tokens, as providers print them.
    private static func price(_ node: SettingsNode) throws(SettingsError) -> Price {
        var (input, output, read, write): (Int64?, Int64?, Int64?, Int64?)
        for (key, value) in try node.members(known: ["input", "output", "cache_read", "cache_write"]) {
            let perToken = try money(value).nanoDollars / 1_000_000
            switch key {
            case "input": input = perToken
            case "output": output = perToken
            case "cache_read": read = perToken
            default: write = perToken
            }
        }
        guard let input, let output else {
            throw node.problem("'\(node.key)' needs 'input' and 'output', in dollars for a million tokens")
        }
        return Price(input: input, output: output, cacheRead: read, cacheWrite: write)
    }
}
