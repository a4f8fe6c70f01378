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
        let folder = try context.place(input.optionalString("path") ?? ".")
        let depth = input.int("depth") ?? 1
        return try await FileWork.run { cancellation in
            try FileListing.collect(folder, depth: depth, none: "(the folder is empty)", cancellation) { _ in true }
        }
    }
}

/// `find_files`: the files whose path a glob matches.
public struct FindFilesTool: Tool {
    /// `find_files`.
    public let name = "find_files"
    /// For the model.
    public let description =
        "Finds files by a glob such as *.swift or src/**/test_*.{py,pyi}, sorted by path, relative to the folder searched. "
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
        let folder = try context.place(input.optionalString("path") ?? ".")
        let pattern = try input.string("pattern")
        // `./x` is the `x` of this folder, and no other.
        let globs = PathGlob.alternatives(pattern.hasPrefix("./") ? String(pattern.dropFirst()) : pattern)
        return try await FileWork.run { cancellation in
            try FileListing.collect(folder, depth: 64, none: "(no file matches)", cancellation) { entry in
                !entry.isFolder && globs.contains { $0.matches(entry.path) }
            }
        }
    }
}

/// The entries of a walk as one text.
enum FileListing {
    static func collect(
        _ place: FilePlace, depth: Int, none: String, _ cancellation: FileWork.Cancellation,
        where isWanted: (FolderWalk.Entry) -> Bool
    ) throws -> ToolResult {
        var lines: [String] = []
        var hasMore = false
        var walk = FolderWalk(depthMax: depth, cancellation)
        try walk.run(place) { entry in
            guard isWanted(entry) else { return true }
            hasMore = lines.count == ListFilesTool.entriesMax
            if !hasMore { lines.append(shown(entry.path)) }
            return !hasMore
        }
        if hasMore { lines.append("(only the first \(ListFilesTool.entriesMax) are shown: narrow it down)") }
        if walk.gaveUp { lines.append("(the search gave up after \(FolderWalk.visitsMax) entries: narrow it down)") }
        return .text(lines.isEmpty ? none : lines.joined(separator: "\n"))
    }

    /// A name with a line end in it could pass for two files, or for words of ours: it is shown quoted.
    private static func shown(_ path: String) -> String {
        path.contains(where: \.isNewline) ? path.debugDescription : path
    }
}
