import ArgumentParser

/// The program: it reads the command line and puts the pieces together.
@main
struct Bassi: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bassi",
        abstract: "An event-sourced runtime for AI agents.",
        discussion: """
            This build has the layers below the agent: events, stores, processes, permissions. \
            Prompts are not answered yet; CHANGELOG.md says what is there.
            """,
        version: "0.1.0")

    func run() async throws {
        throw CleanExit.helpRequest(self)
    }
}
