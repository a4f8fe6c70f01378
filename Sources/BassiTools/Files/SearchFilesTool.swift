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
            "glob": .stringSchema("Search only files whose name matches this glob."),
            "context_lines": [
                "type": "integer", "minimum": 0, "maximum": 20, "description": "Lines to show around each match.",
            ],
            "limit": .countSchema("The most lines to give.", atMost: 2000),
        ], required: ["pattern"])
    /// The session's folder.
    public let reach = ToolReach.folder

    static let outputBytesMax = 1 << 20
    static let lineCharactersMax = 500

    /// The tool.
    public init() {}

    /// Looking changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }
    /// The folder or file.
    public func paths(in input: JSONValue) -> [String] { [input["path"]?.string ?? "."] }

    /// Searches.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        let target = context.shown(context.absolute(input.optionalString("path") ?? "."))
        let command = try Self.command(input, target, context)
        let output = try await ChildProcess.collect(
            command, limits: ProcessLimits(timeout: .seconds(30)), outputBytesMax: Self.outputBytesMax)
        switch output.ending {
        case .exited(0): return Self.shown(output.standardOutput, limit: input.int("limit") ?? 200)
        // Both programs say 1 when nothing matches, and 2 for what is wrong.
        case .exited(1): return .text("(nothing matches)")
        case .cancelled: throw CancellationError()
        case .timedOut:
            throw ToolError("timed_out", "the search took more than 30 s: narrow it down", outcome: .timedOut)
        case .exited, .signalled:
            let words = String(decoding: output.standardError.prefix(2000), as: UTF8.self)
            throw ToolError("failed", "the search failed: \(words.trimmingCharacters(in: .whitespacesAndNewlines))")
        }
    }

    private static func command(
        _ input: ToolInput, _ target: String, _ context: ToolContext
    ) throws(ToolError) -> ProcessCommand {
        let (pattern, around) = (try input.string("pattern"), input.int("context_lines") ?? 0)
        let path = context.environment["PATH"] ?? "/usr/bin:/bin"
        var arguments: [String]
        let program: String
        if let ripgrep = Executable.find("rg", path: path) {
            program = ripgrep
            arguments = [
                "--line-number", "--with-filename", "--no-heading", "--color=never", "--no-config", "--hidden",
            ]
            arguments += ["--glob=!.git", "--sort=path", "--max-columns=\(lineCharactersMax)", "--max-columns-preview"]
            if let glob = input.optionalString("glob") { arguments.append("--glob=\(glob)") }
        } else if let grep = Executable.find("grep", path: path) {
            program = grep
            arguments = ["-rnHIE", "--color=never", "--exclude-dir=.git"]
            if let glob = input.optionalString("glob") { arguments.append("--include=\(glob)") }
        } else {
            throw ToolError("not_available", "neither rg nor grep is on the PATH: install ripgrep to search")
        }
        // With a context, even of no lines, grep puts a line between matches.
        if around > 0 { arguments.append("--context=\(around)") }
        arguments += ["--regexp=\(pattern)", "--", target]
        return ProcessCommand(
            executable: program, arguments: arguments, environment: ChildEnvironment.scrubbed(context.environment),
            workingDirectory: context.folder)
    }

    private static func shown(_ output: [UInt8], limit: Int) -> ToolResult {
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        var shown = lines.prefix(limit).map { line in
            let bare = line.hasPrefix("./") ? line.dropFirst(2) : line
            return bare.count > lineCharactersMax ? "\(bare.prefix(lineCharactersMax))…" : String(bare)
        }
        if lines.count > limit { shown.append("(\(lines.count - limit) more lines: narrow it down, or raise limit)") }
        return .text(shown.joined(separator: "\n"))
    }
}
