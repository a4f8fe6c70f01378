/// What the rules are held against: the files, commands, addresses or agents of one call.
///
/// Each of them must be covered by some allow rule; one that is touched is enough for a rule that restricts. A command
/// line is taken apart: see ``CommandReview``.
struct CallSubjects: Sendable {
    /// One thing that a pattern can mean.
    enum Subject: Sendable {
        case path(Places)
        case command(CommandReview)
        case address(String)
        case agent(String)
    }

    let toolName: String
    let tool: BuiltInTool?
    let subjects: [Subject]
    /// The command lines of `bash`, taken apart.
    let reviews: [CommandReview]
    /// All files that the call names, the words of a command line too.
    let files: [Places]
    /// Whether the command line is too long to look through for files.
    let isTooLong: Bool

    /// - Parameter searches: Whether files are looked for that wildcards stand for: where some are kept.
    init(_ call: ToolCallRequest, in resolver: PathResolver, searches: Bool = true) {
        toolName = call.toolName
        tool = BuiltInTool(rawValue: call.toolName)
        let touched = call.places(in: resolver)
        let commands = call.commands
        reviews = commands.map { CommandReview($0, in: resolver, searches: searches) }
        isTooLong = commands.contains { $0.utf8.count > ShellWords.commandBytesMax }
        switch tool {
        case .bash: subjects = reviews.map { .command($0) }
        case .webFetch: subjects = [.address(call.input["url"]?.string ?? "")]
        case .task: subjects = [.agent(call.input["agent"]?.string ?? "")]
        case .readFile, .listFiles, .writeFile, .editFile, .findFiles, .searchFiles, .updatePlan, .askUser, nil:
            subjects = touched.map { .path($0) }
        }
        let words =
            isTooLong
            ? [] : commands.flatMap { CommandPaths.words(in: $0, folder: resolver.folder, home: resolver.home) }
        files = touched + words.map { Places($0, in: resolver) } + (isTooLong ? [] : reviews.flatMap(\.words))
    }

    /// Whether there are more words that can become files than are looked at.
    var isCrowded: Bool { reviews.contains { $0.parts.contains(where: \.unclear.isCrowded) } }

    /// The paths that words of the command lines can become.
    var unclear: [PossiblePath] { unclearWords.flatMap(\.paths) }

    /// Those that redirections write.
    var unclearWritten: [PossiblePath] { unclearWords.filter(\.isWritten).flatMap(\.paths) }

    private var unclearWords: [UnclearWords.Word] { reviews.flatMap { $0.parts.flatMap(\.unclear.words) } }

    /// Whether the command lines are known to write nothing.
    var onlyReads: Bool { !reviews.isEmpty && reviews.allSatisfy(\.onlyReads) }
}
