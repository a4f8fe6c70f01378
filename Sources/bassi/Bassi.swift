import ArgumentParser
import BassiModels
import BassiSession
import Foundation

/// The program: it reads the command line and puts the pieces together.
@main
struct Bassi: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bassi",
        abstract: "An event-sourced runtime for AI agents.",
        usage: """
            bassi [PROMPT] [OPTIONS]        talk in this folder
            bassi -p PROMPT [OPTIONS]       run one prompt to its end, print the answer, exit
            bassi COMMAND …
            """,
        discussion: """
            Without a key the built-in model `demo` answers: it needs no network and drives the real tools. \
            With one (ANTHROPIC_API_KEY, OPENAI_API_KEY, …) a real model does: `bassi models` shows which.

            Exit codes of -p: 0 completed, 1 failed, 2 wrong usage, 3 a limit was reached, 4 a call was denied \
            because nobody could be asked, 130 interrupted.
            """,
        version: BassiVersion.current,
        subcommands: [
            Sessions.self, Events.self, Verify.self, Compact.self, Collect.self, Backup.self, UsageCommand.self,
            Models.self, Demo.self, Doctor.self, Permissions.self, Why.self, TrustCommand.self, Undo.self,
        ])

    // Shown by --help; `Talk` reads them. A root with an argument of its own would take the name of a command for it.
    @OptionGroup(title: "The agent") var agent: AgentOptions
    @OptionGroup(title: "The session") var session: SessionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        try await Asking(agent: agent, session: session, output: output, prompt: nil).run()
    }

    static func main() async {
        Confinement.hideProgram()
        Standard.prepare()
        defer { Confinement.tidy() }
        do {
            var command = try parse(Array(CommandLine.arguments.dropFirst()))
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let report = Report(of: error)
            if !report.text.isEmpty { report.code == 0 ? _ = Standard.print(report.text) : Standard.say(report.text) }
            Confinement.tidy()
            Foundation.exit(report.code)
        }
    }

    /// A command is named by the first word; everything else is a prompt with its options.
    private static func parse(_ arguments: [String]) throws -> any ParsableCommand {
        let names = configuration.subcommands.map { $0._commandName }
        let first = arguments.first ?? ""
        let isForRoot =
            ["help", "--help", "-h", "--version"].contains(first) || first.hasPrefix("--generate-")
            || first.hasPrefix("--experimental-")
        if arguments.isEmpty || isForRoot || names.contains(first) { return try parseAsRoot(arguments) }
        if arguments.count == 1, let meant = Self.meant(by: first, among: names) {
            throw ExitWith.usage(
                "there is no command '\(first)': did you mean `bassi \(meant)`? To say it to the model: bassi -p \(first)"
            )
        }
        return try Talk.parseAsRoot(SessionOptions.withListForBareResume(arguments))
    }

    private static func meant(by word: String, among names: [String]) -> String? {
        guard word.count > 3, !word.hasPrefix("-"), !word.contains(where: \.isWhitespace) else { return nil }
        return names.first { EditDistance.between(word, $0) <= 2 }
    }
}

/// A prompt with its options: `bassi [PROMPT]` and `bassi -p PROMPT`.
struct Talk: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bassi", abstract: Bassi.configuration.abstract, usage: Bassi.configuration.usage,
        discussion: Bassi.configuration.discussion, version: BassiVersion.current)

    @OptionGroup(title: "The agent") var agent: AgentOptions
    @OptionGroup(title: "The session") var session: SessionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    @Argument(help: "What to do; `-` reads it from standard input.")
    var prompt: String?

    func run() async throws {
        try await Asking(agent: agent, session: session, output: output, prompt: prompt).run()
    }
}
