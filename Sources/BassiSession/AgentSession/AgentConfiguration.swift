import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTools
import Foundation

/// What an agent is: its model, its tools, what it may do and how far it may go. A value.
///
///     let configuration = AgentConfiguration(model: "anthropic/claude-sonnet-5-5", tools: [.bash, .readFile])
///         .beforeTool { call in call.commandLine.contains("rm -rf") ? .deny("too dangerous") : .allow }
public struct AgentConfiguration: Sendable {
    /// Watches a call that has ended.
    public typealias AfterTool = @Sendable (ToolCallRequest, Result<ToolResult, ToolError>) async throws -> Void

    /// The model: `provider/model`, or `demo`.
    public var model: String
    /// The models that stand in, in this order, when the model fails for good; each run begins with the model again.
    public var fallbackModels: [String] = []
    /// The JSON Schema that the last answer of each run must fit, an object; nil for any text.
    public var outputSchema: JSONValue?
    /// What the model is told before the conversation.
    public var systemPrompt: String?
    /// The tools that it is offered, in a stable order.
    public var tools: [any Tool]
    /// Where every run must end.
    public var limits = RunLimits()
    /// What may be done without asking.
    public var permissionMode = PermissionMode.ask
    /// The rules of permission.
    public var rules = RuleSet()
    /// The folder in which the tools work: absolute.
    public var folder: String
    /// The environment of child processes; secrets are taken out of it before a process gets it.
    public var environment: [String: String]
    /// The real path of the folder whose own files may start and allow things, as the person has said; nil where they may
    /// not. The log says when that changes.
    public var trustedFolder: String?
    /// Whether there is somebody who can answer. Where not, what would be asked is denied at once.
    public var canAsk = false
    /// How long a question waits for its answer before it counts as denied.
    public var answerDeadline: Duration = .seconds(24 * 3600)
    /// Where adapters come from; nil for those that the environment has keys for.
    public var providers: ProviderRegistry?
    /// How long a model may send nothing but signs of life before its answer counts as stalled.
    public var contentSilence: Duration = .seconds(600)
    /// The name of the client, as events show it.
    public var client = "library"
    /// Tool calls that run at the same time.
    public var callsMax = 8
    /// Sub-agents that work at the same time, for one run in all.
    public var agentsMax = 8
    /// How deep sub-agents may start sub-agents of their own; 0 for none at all.
    public var agentDepthMax = 3
    /// Commands that are asked and told what happens; nil for none.
    public var hooks: HookSet?
    /// Keeps an allow rule for a scope beyond the session; nil where nothing is kept.
    public var saveRule: (@Sendable (String, PermissionScope) async throws -> Void)?
    /// Times back-off, deadlines and limits.
    public var clock: any Clock<Duration> = ContinuousClock()

    /// Found out when a session opens: commands should be confined, and nothing here can.
    var asksForCommands = false
    /// For whom a sub-agent works; nil where a person or a program speaks to the session.
    var delegated: DelegatedPlace?
    var beforeHooks: [ToolHook] = []
    var afterHooks: [(name: String, run: AfterTool)] = []
    var retry = RetryPolicy()

    /// An agent that works in the current folder.
    public init(
        model: String, systemPrompt: String? = nil, tools: [any Tool] = [],
        folder: String = FileManager.default.currentDirectoryPath,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.model = model
        self.systemPrompt = systemPrompt
        self.tools = tools
        self.folder = folder
        self.environment = environment
    }

    /// The same with a hook that is asked before each tool call: it may allow, ask, deny, or change the input.
    public func beforeTool(
        named name: String? = nil, _ hook: @escaping @Sendable (ToolCallRequest) async throws -> HookDecision
    ) -> Self {
        var copy = self
        copy.beforeHooks.append(ToolHook(name: name ?? "beforeTool \(beforeHooks.count + 1)", run: hook))
        return copy
    }

    /// The same with a hook that sees each call after it has ended.
    public func afterTool(named name: String? = nil, _ hook: @escaping AfterTool) -> Self {
        var copy = self
        copy.afterHooks.append((name ?? "afterTool \(afterHooks.count + 1)", hook))
        return copy
    }

    /// Takes secrets out of everything before it is appended: the values of secret variables, and tokens of known form.
    var redactor: Redactor { Redactor(secrets: SecretVariables.all(in: environment)) }

    /// Asks this model in place of the other; it does not stand in for itself.
    public mutating func setModel(_ name: String) {
        model = name
        fallbackModels.removeAll { $0 == name }
    }

    /// The models that are asked.
    ///
    /// - Throws: `ModelNameError` for one that cannot be, ``SessionError/unknownPrice(_:)`` for one that could cost more
    ///   than a limit allows.
    package func modelChain() throws -> ModelChain {
        ModelChain(try found(model), fallbacks: try fallbackModels.map(found))
    }

    /// The model of this name, if it can be asked and its cost be limited.
    func found(_ name: String) throws -> ProviderRegistry.Found {
        let model = try (providers ?? .standard(environment: environment)).adapter(for: name)
        if limits.maxCostUSD != nil, model.profile.price == nil { throw SessionError.unknownPrice(model.name) }
        return model
    }

    /// Whether questions of the model have somebody to answer them: where permissions are not asked for, neither are they.
    var asksQuestions: Bool { canAsk && permissionMode != .dontAsk }

    /// Whether the model is offered a tool of this name.
    func offers(_ name: String) -> Bool {
        switch name {
        case AskUserTool().name: asksQuestions
        case TaskTool(agents: []).name: depth < agentDepthMax
        default: true
        }
    }

    /// What the log says where another folder is trusted than when the session was open last.
    func trustChange(from before: String?) -> [EventPayload] {
        guard trustedFolder != before, let path = trustedFolder ?? before else { return [] }
        return [
            .trustChanged(
                TrustChanged(path: path, trusted: trustedFolder != nil, by: Actor(kind: .user, client: client)))
        ]
    }

    /// The home folder of the environment, for paths that begin with `~`.
    var home: String { environment["HOME"] ?? "/" }

    /// How the paths of calls are resolved.
    var resolver: PathResolver { PathResolver(folder: folder, home: home) }

    /// What is decided by, with the rules that were allowed for the rest of a session.
    func policy(sessionRules: [String]) -> PermissionPolicy {
        var rules = self.rules
        if let more = try? RuleSet(allow: sessionRules, source: "session") { rules.add(more) }
        var policy = PermissionPolicy(
            mode: permissionMode, rules: rules, folder: folder, home: home, bassiHome: environment["BASSI_HOME"])
        policy.asksForCommands = asksForCommands
        return policy
    }

    /// The same, knowing whether this machine confines commands.
    func lookingForSandbox() async -> Self {
        var copy = self
        for case let bash as BashTool in tools where await bash.missingSandbox() != nil { copy.asksForCommands = true }
        return copy
    }
}
