import BassiEvents
import BassiModels
import BassiPermissions
import BassiSession
import BassiTools
import BassiWeb
import Foundation

/// What holds in a folder: settings, keys and instructions, put together into the configuration of an agent.
public struct Workspace: Sendable {
    /// What the command line says; it comes before everything else.
    public struct Choices: Sendable {
        /// The model.
        public var model: String?
        /// In place of the system prompt.
        public var systemPrompt: String?
        /// Behind the system prompt.
        public var appendedSystemPrompt: String?
        /// The mode of permission.
        public var permissionMode: PermissionMode?
        /// More rules.
        public var rules = RuleSet()
        /// The tools to offer; nil for all.
        public var tools: [String]?
        /// Limits in place of those of the settings.
        public var limits = RunLimits()
        /// The schema that the answer must fit.
        public var outputSchema: JSONValue?
        /// Whether commands run in a sandbox; nil for what the settings say.
        public var sandbox: Bool?
        /// What the demonstration model is.
        public var demo = DemoModel()
        /// Cancels, where an answer that is played back was cancelled.
        public var replayCancelled: (@Sendable () -> Void)?

        /// Nothing chosen.
        public init() {}
    }

    /// The folder, absolute.
    public let folder: String
    /// Where the person's settings lie.
    public let configFolder: String?
    /// What the person has set, and the folder as far as it may.
    public let settings: Settings
    /// Whether what the folder would start or allow counts.
    public let trust: FolderTrust
    let decisions: TrustDecisions?
    /// The environment with the keys that files add.
    public let credentials: Credentials
    /// What the person should know, one sentence each: what was not loaded, and why.
    public let notices: [String]
    /// Those of them that are about agents.
    public let agentNotices: [String]
    let agentFiles: AgentFiles

    /// Reads what holds in a folder. Nothing of a folder that is not trusted starts, allows or redirects anything.
    ///
    /// - Parameter trustsFolder: Whether the folder is trusted for this process, whatever was said of it before.
    /// - Throws: ``SettingsError``.
    public init(folder: String, environment: [String: String], trustsFolder: Bool = false) throws(SettingsError) {
        self.folder = folder
        let configFolder = Self.configFolder(environment)
        self.configFolder = configFolder
        let own = try configFolder.map { path throws(SettingsError) in try Settings(path: path + "/settings.yaml") }
        decisions = (try? Home(environment: environment)).map { TrustDecisions(home: $0) }
        trust = FolderTrust(FolderContents(folder: folder), decisions: decisions, trustsNow: trustsFolder)
        let project = try ProjectSettings(
            over: own ?? Settings(), trust: trust, providers: Self.providers(own ?? Settings()).map(\.name))
        settings = project.settings
        // Which variables are keys only the person says: `.env` of the folder gives those.
        credentials = Credentials(
            environment: environment, folder: folder, configFolder: configFolder, providers: Self.providers(settings))
        agentFiles = AgentFiles(trust: trust, configFolder: configFolder)
        agentNotices = Self.notices(agentFiles, Self.registry(settings, credentials))
        notices = project.notices + Self.notices(settings) + credentials.warnings + agentNotices
    }

    /// `$XDG_CONFIG_HOME/bassi`, else `~/.config/bassi`.
    private static func configFolder(_ environment: [String: String]) -> String? {
        if let config = environment["XDG_CONFIG_HOME"], config.hasPrefix("/") { return config + "/bassi" }
        return environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 + "/.config/bassi" : nil }
    }

    private static func notices(_ settings: Settings) -> [String] {
        let unused = settings.unused.joined(separator: ", ")
        return unused.isEmpty ? [] : ["this build does not use these settings yet: \(unused)"]
    }

    // MARK: - Models

    private static func providers(_ settings: Settings) -> [Provider] {
        var providers = Provider.builtIn
        for provider in settings.providers {
            if let index = providers.firstIndex(where: { $0.name == provider.name }) {
                providers[index] = provider
            } else {
                providers.append(provider)
            }
        }
        for (name, price) in settings.prices.sorted(by: { $0.key < $1.key }) {
            let parts = name.split(separator: "/", maxSplits: 1).map(String.init)
            guard parts.count == 2, let index = providers.firstIndex(where: { $0.name == parts[0] }) else { continue }
            providers[index].setPrice(price, of: parts[1])
        }
        return providers
    }

    /// The providers that can be asked from here.
    public func registry(demo: DemoModel = DemoModel()) -> ProviderRegistry {
        Self.registry(settings, credentials, demo: demo)
    }

    private static func registry(
        _ settings: Settings, _ credentials: Credentials, demo: DemoModel = DemoModel()
    ) -> ProviderRegistry {
        .standard(
            environment: credentials.environment, providers: providers(settings), demo: demo,
            userAgent: "bassi/\(BassiVersion.current)", limits: settings.transport
        ).choosingLast(credentials.folderKeys)
    }

    // MARK: - The agent

    /// The agent that these choices make here.
    ///
    /// - Throws: ``UnknownTool``, and `RecordingError` for what is to be played back.
    public func agent(_ choices: Choices) throws -> AgentConfiguration {
        let providers = registry(demo: choices.demo)
        let environment = credentials.environment
        let named = environment["BASSI_MODEL"].flatMap { $0.isEmpty ? nil : $0 }
        let model = choices.model ?? named ?? settings.model ?? settings.models.first ?? providers.defaultModel
        let instructions = Instructions(folder: folder, configFolder: configFolder)
        let prompt = choices.systemPrompt ?? SystemPrompt.text(folder: folder, instructions: instructions)
        var agent = AgentConfiguration(
            model: model, systemPrompt: choices.appendedSystemPrompt.map { "\(prompt)\n\n\($0)" } ?? prompt,
            folder: folder, environment: environment)
        agent.providers = providers
        // What a person has to see is what was asked for: a demonstration and a recording have no stand-in.
        if model != "demo", !model.hasPrefix("replay:") {
            agent.fallbackModels = settings.models.filter { $0 != model }
        }
        agent.outputSchema = choices.outputSchema
        if let silence = settings.contentSilence { agent.contentSilence = silence }
        agent.permissionMode = choices.permissionMode ?? settings.permissionMode ?? .ask
        agent.rules = settings.rules
        agent.rules.add(choices.rules)
        setLimits(of: &agent, choices)
        agent.hooks = hooks(environment, choices)
        if trust.isTrusted { agent.trustedFolder = trust.contents.folder }
        agent.saveRule = { rule, scope in try await save(rule: rule, for: scope) }
        agent = try replaying(agent, choices)
        let task = task(asking: agent.providers ?? providers, instructions: instructions)
        agent.tools = try tools(choices, task)
        return agent
    }

    private func setLimits(of agent: inout AgentConfiguration, _ choices: Choices) {
        agent.limits = RunLimits(
            maxTurns: choices.limits.maxTurns ?? settings.limits.maxTurns,
            maxCostUSD: choices.limits.maxCostUSD ?? settings.limits.maxCostUSD,
            maxTokensTotal: choices.limits.maxTokensTotal ?? settings.limits.maxTokensTotal,
            timeoutS: choices.limits.timeoutS ?? settings.limits.timeoutS)
        if let atOnce = settings.agents.atOnce { agent.agentsMax = atOnce }
        if let depth = settings.agents.depth { agent.agentDepthMax = depth }
    }

    /// How commands are confined, those of hooks too, whether or not a model may run any.
    public func bash(_ choices: Choices) -> BashTool {
        settings.confinement.bash(home: credentials.environment["HOME"], isOn: choices.sandbox)
    }

    /// The hooks of the settings, confined as commands of `bash` are.
    private func hooks(_ environment: [String: String], _ choices: Choices) -> HookSet? {
        guard !settings.hooks.isEmpty else { return nil }
        let (folder, home) = (folder, environment["HOME"] ?? "/")
        let sandbox = bash(choices).sandbox
        let place = HookPlace(
            folder: folder, environment: environment, limits: settings.confinement.limits
        ) { command in
            await sandbox.confined(command, folder: folder, home: home, environment: environment)
        }
        return HookSet(settings.hooks, in: place)
    }

    /// All the tools that a model may be offered, in the order in which it is.
    static let builtInTools = ToolRegistry(ToolRegistry.builtIn.tools + [.webFetch, .task])

    /// Their names.
    public static let toolNames = builtInTools.tools.map(\.name)

    private func tools(_ choices: Choices, _ task: TaskTool) throws(UnknownTool) -> [any Tool] {
        var known = Self.builtInTools
        known.add(task)
        known.add(WebFetchTool(settings: settings.web, userAgent: "bassi/\(BassiVersion.current)"))
        known.add(bash(choices))
        guard let names = choices.tools else { return known.tools }
        for name in names where known[name] == nil { throw UnknownTool(name: name) }
        // What goes on in the background must be looked at and ended: these come with it.
        let companions = names.contains(BashTool().name) ? BashTool.companions : []
        return known.tools.filter { (names + companions).contains($0.name) }
    }
}

/// A tool that nobody knows.
public struct UnknownTool: Error, Sendable, Equatable, CustomStringConvertible {
    /// Its name.
    public let name: String

    /// One sentence with the names that there are.
    public var description: String {
        "there is no tool '\(name)'; there are: \(Workspace.toolNames.joined(separator: ", "))"
    }
}
