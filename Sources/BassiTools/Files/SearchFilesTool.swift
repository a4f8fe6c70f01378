import BassiEvents
import BassiProcess
import Foundation

/// `search_files`: the lines that a regular expression matches, by ripgrep, else by grep.
///
/// The expression comes from a model: it runs in a child process with a time limit, never in ours.
public struct SearchFilesTool: Tool {
    /// `search_files`.
    public let name = "search_files"
    /// For the model.
    public let description =
        "Searches the files of a folder for a regular expression. Each line comes as path:line:text. What .gitignore "
        + "leaves out and binary files are left out. At most 200 lines unless limit says otherwise."
    /// `pattern`, `path`, `glob`, `context_lines`, `limit`.
    public let inputSchema: JSONValue = .schema(
        [
            "pattern": ["type": "string", "minLength": 1, "description": "The regular expression."],
            "path": .stringSchema("The folder or file to search; the session's folder if left out."),
            "glob": .stringSchema("Search only files whose name matches this glob, such as *.{c,h}."),
            "context_lines": [
                "type": "integer", "minimum": 0, "maximum": 20, "description": "Lines to show around each match.",
            ],
            "limit": .countSchema("The most lines to give.", atMost: 2000),
        ], required: ["pattern"])
    /// The session's folder.
    public let reach = ToolReach.folder

    static let outputBytesMax = 1 << 20
    /// How long all of a search may take; a test makes it shorter.
    var timeLimit = Duration.seconds(30)

    /// The tool.
    public init() {}

    /// Looking changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }
    /// The folder or file.
    public func paths(in input: JSONValue) -> [String] { [input["path"]?.string ?? "."] }

    /// Searches.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        let end = SuspendingClock.now + timeLimit
        var found = SearchResult(linesMax: input.int("limit") ?? 200)
        for command in try await SearchCommands(input, context).all() {
            guard !found.isFull else {
                found.isWhole = false
                break
            }
            let limits = ProcessLimits(timeout: max(.zero, end - SuspendingClock.now))
            try found.add(
                try await ChildProcess.collect(command, limits: limits, outputBytesMax: Self.outputBytesMax), timeLimit)
        }
        return .text(found.text)
    }
}

/// What is run to search. Ripgrep finds its files itself; grep knows nothing of `.gitignore` and is given them.
private struct SearchCommands {
    /// Bytes of names that one run of grep is given; the system takes about ten times as many.
    private static let namesBytesMax = 100_000

    private let pattern: String
    private let around: Int
    private let glob: String?
    private let target: String
    private let context: ToolContext
    private let path: String

    init(_ input: ToolInput, _ context: ToolContext) throws(ToolError) {
        pattern = try input.string("pattern")
        around = input.int("context_lines") ?? 0
        glob = input.optionalString("glob")
        target = context.shown(try context.absolute(input.optionalString("path") ?? "."))
        path = context.environment["PATH"] ?? "/usr/bin:/bin"
        self.context = context
    }

    func all() async throws -> [ProcessCommand] {
        if let ripgrep = Executable.find("rg", path: path) {
            return [command(ripgrep, ripgrepOptions, pattern, [target])]
        }
        guard let grep = Executable.find("grep", path: path) else {
            throw ToolError("not_available", "neither rg nor grep is on the PATH: install ripgrep to search")
        }
        let expression = GrepPattern.translated(pattern)
        return try await files().map { command(grep, ["-nHIE", "--color=never"], expression, $0) }
    }

    /// Without a locale that knows UTF-8, to grep `ü` is two characters and no letter.
    private var environment: [String: String] {
        ChildEnvironment.scrubbed(context.environment).merging(["LC_ALL": "C.UTF-8"]) { $1 }
    }

    private func command(
        _ program: String, _ options: [String], _ expression: String, _ targets: [String]
    ) -> ProcessCommand {
        // With a context, even of no lines, grep puts a line between matches.
        let lines = around > 0 ? ["--context=\(around)"] : []
        return ProcessCommand(
            executable: program, arguments: options + lines + ["--regexp=\(expression)", "--"] + targets,
            environment: environment, workingDirectory: context.folder)
    }

    private var ripgrepOptions: [String] {
        var options = [
            "--line-number", "--with-filename", "--no-heading", "--color=never", "--no-config", "--hidden",
            "--no-require-git", "--sort=path", "--max-columns=\(SearchResult.lineBytesMax)", "--max-columns-preview",
        ]
        if var glob {
            if glob.hasPrefix("**/") { glob.removeFirst(3) }
            // `--glob` brings back the files that .gitignore leaves out. A type does not, but it knows names only.
            let isName = !glob.contains("/") && !glob.hasPrefix("!")
            options += isName ? ["--type-add=wanted:\(glob)", "--type=wanted"] : ["--glob=\(glob)"]
        }
        // The last one counts, so nothing brings this back.
        return options + ["--glob=!.git"]
    }

    /// The files to search, in parts that fit into one command.
    private func files() async throws -> [[String]] {
        let root = try context.absolute(target)
        let (target, globs) = (target, glob.map { PathGlob.alternatives($0) })
        return try await FileWork.run { cancellation in
            var status = stat()
            if stat(root, &status) == 0, status.st_mode & S_IFMT == S_IFREG { return [[target]] }
            var parts: [[String]] = [[]]
            var bytes = 0
            var walk = FolderWalk(depthMax: 64, cancellation)
            try walk.run(root) { entry in
                guard entry.kind == .file, globs?.contains(where: { $0.matches(entry.path) }) ?? true else {
                    return true
                }
                let name = target == "." ? entry.path : "\(target)/\(entry.path)"
                bytes += name.utf8.count + 1
                if bytes > Self.namesBytesMax {
                    parts.append([])
                    bytes = name.utf8.count
                }
                parts[parts.count - 1].append(name)
                return true
            }
            return parts.filter { !$0.isEmpty }
        }
    }
}

/// The lines that were found so far.
private struct SearchResult {
    static let lineBytesMax = 500

    let linesMax: Int
    /// Whether everything was looked at.
    var isWhole = true
    private var lines: [String] = []
    private var more = 0
    private var complaint: String?

    init(linesMax: Int) { self.linesMax = linesMax }

    var isFull: Bool { lines.count >= linesMax }

    mutating func add(_ output: CollectedOutput, _ timeLimit: Duration) throws {
        switch output.ending {
        // Both programs say 1 when nothing matches.
        case .exited(0), .exited(1): break
        case .cancelled: throw CancellationError()
        case .timedOut:
            throw ToolError("timed_out", "the search took more than \(timeLimit): narrow it down", outcome: .timedOut)
        case .exited, .signalled, .tooManyProcesses:
            // They say 2 also when one file of many cannot be read: what they found still counts.
            let words = String(decoding: output.standardError.prefix(2000), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            guard !output.standardOutput.isEmpty || isFull else {
                throw ToolError("failed", "the search failed: \(words)")
            }
            complaint = words
        }
        take(output)
    }

    private mutating func take(_ output: CollectedOutput) {
        let found = TextLines.split(String(decoding: output.standardOutput, as: UTF8.self)).filter { !$0.isEmpty }
        if output.standardOutputTotalBytes > output.standardOutput.count { isWhole = false }
        let room = linesMax - lines.count
        lines += found.prefix(room).map { line in
            TextLines.shortened(line.hasPrefix("./") ? line.dropFirst(2) : line, bytesMax: Self.lineBytesMax)
        }
        more += max(0, found.count - room)
    }

    var text: String {
        var shown = lines
        if more > 0 || !isWhole {
            let count = isWhole ? "\(more)" : more > 0 ? "at least \(more)" : "perhaps"
            shown.append("(\(count) more lines: narrow it down, or raise limit)")
        }
        if let complaint { shown.append("(not everything could be searched: \(complaint))") }
        return shown.isEmpty ? "(nothing matches)" : shown.joined(separator: "\n")
    }
}
