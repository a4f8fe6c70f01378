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

    @Flag(help: "Use no colours; NO_COLOR in the environment says the same.")
    var noColor = false

    @Flag(help: "Only append to the screen, for screen readers. This build never does anything else.")
    var accessible = false

    @Flag(name: .shortAndLong, help: "With -p: say on standard error what goes on.")
    var verbose = false

    @Flag(name: .shortAndLong, help: "Say nothing but errors on standard error.")
    var quiet = false
}
