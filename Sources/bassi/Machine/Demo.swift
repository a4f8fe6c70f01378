import ArgumentParser

/// `bassi demo`: five demonstrations without a key, each of which says what it proves.
struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run the five demonstrations: no key and no network needed.")

    func run() async throws { Standard.print("TODO") }
}
