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
        let path = try context.place(input.optionalString("path") ?? ".")
        let place = try await FileWork.run { _ in try SearchPlace(path, isKept: context.isKept) }
        var found = SearchResult(in: place, linesMax: input.int("limit") ?? 200)
        for command in try await SearchCommands(input, place, context).all() {
            guard !found.isFull else {
                found.isWhole = false
                break
            }
            let limits = ProcessLimits(timeout: max(.zero, end - SuspendingClock.now))
            let output = try await ChildProcess.collect(
                command, limits: limits, outputBytesMax: Self.outputBytesMax)
            try await found.add(output, timeLimit)
        }
        return .text(found.text)
    }
}
