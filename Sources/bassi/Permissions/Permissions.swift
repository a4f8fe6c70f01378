import ArgumentParser
import BassiEvents
import BassiPermissions
import BassiWorkspace
import Foundation

/// `bassi permissions`: what would be allowed.
struct Permissions: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what would be allowed, and why.", subcommands: [Check.self])

    /// `bassi permissions check COMMAND`: what is said of a shell command, without running it.
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print allow, ask or deny for a shell command or an address, and why. Nothing is run.",
            discussion: """
                It takes the rules and the mode as a prompt does: --allow RULE, --deny RULE, --ask RULE (repeatable) and \
                --permission-mode ask|accept-edits|plan|dont-ask|bypass, beside those of the settings.
                """)

        @Argument(help: "The command, as one word: 'git log | head -5'.")
        var command: String?

        @Option(help: ArgumentHelp("An address for web_fetch in place of a command.", valueName: "url"))
        var fetch: String?

        /// Of these the rules and the mode: the root has them, and second ones of those names would never be seen.
        @OptionGroup(visibility: .hidden) var agent: AgentOptions

        @Flag(help: "For programs.") var json = false

        func validate() throws {
            guard (command == nil) != (fetch == nil) else {
                throw ValidationError("give a command as one word, or an address with --fetch URL")
            }
        }

        func run() async throws {
            let folder = FileManager.default.currentDirectoryPath
            let environment = ProcessInfo.processInfo.environment
            let settings = try Workspace(folder: folder, environment: environment, trustsFolder: agent.trust).settings
            var rules = settings.rules
            let given = try RuleSet(allow: agent.allow, deny: agent.deny, ask: agent.ask, source: "command line")
            rules.add(try given.checkingSpelling())
            let policy = PermissionPolicy(
                mode: agent.permissionMode ?? settings.permissionMode ?? .ask, rules: rules, folder: folder,
                home: environment["HOME"] ?? "/")
            let call = fetch.map { ToolCallRequest(fetch: $0) } ?? ToolCallRequest(bash: command ?? "")
            let decision = policy.decide(call)
            let findings = policy.findings(for: call)
            Standard.print(json ? Self.document(decision, findings).text : Self.text(decision, findings))
        }

        private static func text(_ decision: Decision, _ findings: [CommandFinding]) -> String {
            let lines = findings.map { "  \($0.isAllowed ? "ok " : "ask") \($0.part): \($0.reason)" }
            return ([decision.verdict.word, decision.reason] + lines).map(PlainScreen.harmless).joined(separator: "\n")
        }

        private static func document(_ decision: Decision, _ findings: [CommandFinding]) -> JSONValue {
            let parts = findings.map { finding -> JSONValue in
                [
                    "part": .string(finding.part), "allowed": .bool(finding.isAllowed),
                    "reason": .string(finding.reason), "rule": finding.rule.map { .string($0) } ?? .null,
                ]
            }
            return [
                "decision": .string(decision.verdict.word), "reason": .string(decision.reason),
                "rule": decision.rule.map { .string($0) } ?? .null, "parts": .array(parts),
            ]
        }
    }
}
