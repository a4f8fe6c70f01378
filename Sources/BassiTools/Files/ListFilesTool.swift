import BassiEvents

/// `list_files`: what is in a folder.
public struct ListFilesTool: Tool {
    /// `list_files`.
    public let name = "list_files"
    /// For the model.
    public let description =
        "Lists a folder, sorted; folders end with a slash. What .gitignore leaves out is left out. At most 1000 entries."
    /// `path` and `depth`.
    public let inputSchema: JSONValue = .schema(
        [
            "path": .stringSchema("The folder; the session's folder if left out."),
            "depth": .countSchema("How deep to look: 1 is the folder alone (default).", atMost: 20),
        ], required: [])
    /// The session's folder.
    public let reach = ToolReach.folder

    static let entriesMax = 1000

    /// The tool.
    public init() {}

    /// Looking changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }
    /// The folder.
    public func paths(in input: JSONValue) -> [String] { [input["path"]?.string ?? "."] }

    /// Lists.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        let folder = context.absolute(input.optionalString("path") ?? ".")
        let depth = input.int("depth") ?? 1
        return try await FileWork.run {
            try FileListing.collect(folder, depth: depth, none: "(the folder is empty)") { _ in true }
        }
    }
}

/// `find_files`: the files whose path a glob matches.
public struct FindFilesTool: Tool {
    /// `find_files`.
    public let name = "find_files"
    /// For the model.
    public let description =
        "Finds files by a glob such as *.swift or src/**/test_*.py, sorted by path, relative to the folder searched. "
        + "What .gitignore leaves out is left out. At most 1000 files."
    /// `pattern` and `path`.
    public let inputSchema: JSONValue = .schema(
        [
            "pattern": ["type": "string", "minLength": 1, "description": "The glob; ** stands for any folders."],
            "path": .stringSchema("The folder to search; the session's folder if left out."),
        ], required: ["pattern"])
    /// The session's folder.
    public let reach = ToolReach.folder

    /// The tool.
    public init() {}

    /// Looking changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }
    /// The folder.
    public func paths(in input: JSONValue) -> [String] { [input["path"]?.string ?? "."] }

    /// Finds.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        let folder = context.absolute(input.optionalString("path") ?? ".")
        let glob = PathGlob(try input.string("pattern"))
        return try await FileWork.run {
            try FileListing.collect(folder, depth: 64, none: "(no file matches)") { entry in
                !entry.isFolder && glob.matches(entry.path)
            }
        }
    }
}

/// The entries of a walk as one text.
enum FileListing {
    static func collect(
        _ folder: String, depth: Int, none: String, where isWanted: (FolderWalk.Entry) -> Bool
    ) throws(ToolError) -> ToolResult {
        var lines: [String] = []
        var hasMore = false
        var walk = FolderWalk(depthMax: depth)
        try walk.run(folder) { entry in
            guard isWanted(entry) else { return true }
            hasMore = lines.count == ListFilesTool.entriesMax
            if !hasMore { lines.append(entry.path) }
            return !hasMore
        }
        if hasMore { lines.append("(only the first \(ListFilesTool.entriesMax) are shown: narrow it down)") }
        if walk.gaveUp { lines.append("(the search gave up after \(FolderWalk.visitsMax) entries: narrow it down)") }
        return .text(lines.isEmpty ? none : lines.joined(separator: "\n"))
    }
}
