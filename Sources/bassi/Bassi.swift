import ArgumentParser
import Foundation

/// The program: it reads the command line and puts the pieces together.
@main
struct Bassi: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bassi",
        abstract: "An event-sourced runtime for AI agents.",
        discussion: """
            This build has the layers below the agent: events and their store. \
            Prompts are not answered yet; CHANGELOG.md says what is there.
            """,
        version: "0.1.0",
        subcommands: [Events.self])

    /// Wrong usage ends with 2, any other failure with 1; a reader that leaves early is no crash.
    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            let text = fullMessage(for: error)
            if exitCode(for: error) == .success { return print(text) }
            try? FileHandle.standardError.write(contentsOf: Data((text + "\n").utf8))
            Foundation.exit(exitCode(for: error) == .validationFailure ? 2 : 1)
        }
    }

    func run() async throws {
        throw CleanExit.helpRequest(self)
    }
}
