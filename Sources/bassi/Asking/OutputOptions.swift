import ArgumentParser

/// What is printed.
struct OutputOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        /// The answer.
        case text
        /// One object.
        case json
        /// Every event as a line, then the object.
        case streamJSON = "stream-json"
    }

    @Flag(name: [.customShort("p"), .customLong("print")], help: "Run one prompt to its end, print the answer, exit.")
    var print = false

    @Option(help: ArgumentHelp("With -p: text, json or stream-json.", valueName: "format"))
    var outputFormat: Format = .text

    @Flag(name: .shortAndLong, help: "Say more on standard error.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false
}
