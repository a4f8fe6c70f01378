import ArgumentParser
import BassiEvents
import BassiModels
import BassiPermissions
import BassiWorkspace

/// What the agent is and how far it may go.
struct AgentOptions: ParsableArguments {
    @Option(
        name: .shortAndLong,
        help: ArgumentHelp(
            "The model, such as anthropic/claude-sonnet-5-5, demo, or replay:FILE.", valueName: "provider/model"))
    var model: String?

    @Option(help: "What may be done without asking: ask, accept-edits, plan, dont-ask, bypass.")
    var permissionMode: PermissionMode?

    @Option(help: ArgumentHelp("Allow what a rule names, such as 'Bash(git status)'. Repeatable.", valueName: "rule"))
    var allow: [String] = []

    @Option(help: ArgumentHelp("Deny what a rule names. Repeatable.", valueName: "rule"))
    var deny: [String] = []

    @Option(help: ArgumentHelp("Always ask for what a rule names. Repeatable.", valueName: "rule"))
    var ask: [String] = []

    @Option(help: ArgumentHelp("Whether commands run in a sandbox (default: on).", valueName: "on|off"))
    var sandbox: SandboxSwitch?

    @Flag(help: "Load what the folder's own files would start or allow, for this call.")
    var trust = false

    @Option(
        help: ArgumentHelp(
            "The tools the model is offered, separated by commas (default: all): "
                + Workspace.toolNames.joined(separator: ", ") + ".", valueName: "list"))
    var tools: String?

    @Flag(help: "Offer no tools.")
    var noTools = false

    @Option(help: ArgumentHelp("End the run after so many messages of the model.", valueName: "n"))
    var maxTurns: Int?

    @Option(help: ArgumentHelp("End the run before it costs more.", valueName: "usd"))
    var maxCost: String?

    @Option(help: ArgumentHelp("End the run before it uses more tokens.", valueName: "n"))
    var maxTokensTotal: Int?

    @Option(help: ArgumentHelp("End the run after so many seconds.", valueName: "seconds"))
    var timeout: Int?

    @Option(help: ArgumentHelp("In place of the built-in system prompt.", valueName: "text"))
    var systemPrompt: String?

    @Option(help: ArgumentHelp("Behind the system prompt.", valueName: "text"))
    var appendSystemPrompt: String?

    @Option(help: ArgumentHelp("What the demo model answers (YAML).", valueName: "file"))
    var script: String?

    @Option(help: ArgumentHelp("The answer must fit this JSON Schema, and is printed as JSON.", valueName: "file"))
    var jsonSchema: String?

    @Option(
        help: ArgumentHelp(
            "Record the exchange with the model in a new file, for --model replay:FILE.", valueName: "file"))
    var record: String?

    func validate() throws {
        for (name, value) in [
            ("--max-turns", maxTurns), ("--max-tokens-total", maxTokensTotal), ("--timeout", timeout),
        ] {
            if let value, value < 1 { throw ValidationError("\(name) takes a whole number of 1 or more") }
        }
        if let maxCost, (Money(maxCost) ?? .zero) <= .zero {
            throw ValidationError("--max-cost takes an amount in dollars, such as 0.50")
        }
        if record?.isEmpty == true { throw ValidationError("--record takes the name of a new file") }
        if noTools, tools != nil { throw ValidationError("--tools and --no-tools exclude each other") }
        if let toolNames, toolNames.contains("") {
            throw ValidationError(
                toolNames.count == 1
                    ? "--tools takes names of tools, separated by commas; for no tools use --no-tools"
                    : "--tools \(tools ?? ""): a name is missing before or behind a comma")
        }
    }

    /// The names of `--tools`; an empty one where there is nothing between two commas.
    private var toolNames: [String]? {
        tools?.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// The name of an option that was given; nil when there is none.
    var firstGiven: String? {
        let given: [(String, Bool)] = [
            ("--model", model != nil), ("--permission-mode", permissionMode != nil), ("--allow", !allow.isEmpty),
            ("--deny", !deny.isEmpty), ("--ask", !ask.isEmpty), ("--sandbox", sandbox != nil), ("--trust", trust),
            ("--tools", tools != nil), ("--no-tools", noTools),
            ("--max-turns", maxTurns != nil), ("--max-cost", maxCost != nil),
            ("--max-tokens-total", maxTokensTotal != nil), ("--timeout", timeout != nil),
            ("--system-prompt", systemPrompt != nil), ("--append-system-prompt", appendSystemPrompt != nil),
            ("--script", script != nil), ("--json-schema", jsonSchema != nil), ("--record", record != nil),
        ]
        return given.first { $0.1 }?.0
    }

    /// What was chosen, for the workspace.
    func choices(streaming: Bool) throws -> Workspace.Choices {
        var choices = Workspace.Choices()
        choices.model = model
        choices.systemPrompt = systemPrompt
        choices.appendedSystemPrompt = appendSystemPrompt
        choices.permissionMode = permissionMode
        let rules = try RuleSet(allow: allow, deny: deny, ask: ask, source: "command line")
        choices.rules = try rules.checkingSpelling()
        choices.sandbox = sandbox.map { $0 == .on }
        choices.tools = noTools ? [] : toolNames
        choices.limits = RunLimits(
            maxTurns: maxTurns, maxCostUSD: maxCost.flatMap { Money($0) }, maxTokensTotal: maxTokensTotal,
            timeoutS: timeout)
        choices.outputSchema = try jsonSchema.map(SchemaFile.read)
        if let script {
            guard model == nil || model == "demo" else {
                throw ValidationError("--script is for the model demo; --model says '\(model ?? "")'")
            }
            choices.model = "demo"
            choices.demo = DemoModel(script: try ModelScriptFile.read(script))
        } else if streaming {
            choices.demo = DemoModel(delayMilliseconds: 12)
        }
        return choices
    }
}

extension PermissionMode: ExpressibleByArgument {}

/// `--sandbox on|off`.
enum SandboxSwitch: String, ExpressibleByArgument, CaseIterable {
    case on, off
}
