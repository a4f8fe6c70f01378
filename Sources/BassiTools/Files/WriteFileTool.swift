import BassiEvents

/// `write_file`: a whole file, seen whole or not at all.
public struct WriteFileTool: Tool, FileChangingTool {
    /// `write_file`.
    public let name = "write_file"
    /// For the model.
    public let description =
        "Writes a whole file, making folders as needed. A file that changed since it was last read is not overwritten: "
        + "read it again first. To change a part of a file, use edit_file."
    /// `path` and `content`.
    public let inputSchema: JSONValue = .schema(
        [
            "path": .stringSchema("The file, relative to the session's folder or absolute."),
            "content": .stringSchema("All that the file is to hold."),
        ], required: ["path", "content"])
    /// The session's folder.
    public let reach = ToolReach.folder

    /// The tool.
    public init() {}

    /// Writing the same bytes again changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .idempotent }
    /// The file.
    public func paths(in input: JSONValue) -> [String] { [input["path"]?.string ?? "."] }

    package func content(_ input: JSONValue, over before: [UInt8]?, named name: String) throws -> [UInt8] {
        Array(try ToolInput(json: input).string("content").utf8)
    }

    /// Writes.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let place = try context.place(try ToolInput(json: input).string("path"))
        let bytes = try content(input, over: nil, named: place.shown)
        return try await FileWork.run { cancellation in
            let found = try FileLook(place)
            let after = FileText.sha256(bytes)
            guard try context.mustStillHappen(place, found.state, after: .content(after)) else {
                var done = ToolResult.text(
                    "\(place.shown) has this content (\(bytes.count) bytes): it was written before the program stopped."
                )
                done.seen = [context.remember(place, after)]
                return done
            }
            try context.files.requireUnchanged(place, found.state)
            try cancellation.check()
            try place.entryInMadeFolders().write(bytes, over: found.status)
            let verb = found.status != nil ? "Overwrote" : "Created"
            var done = ToolResult.text("\(verb) \(place.shown) (\(bytes.count) bytes).")
            done.seen = [context.remember(place, after)]
            done.changes = [FileChange(place, found, after: bytes)]
            return done
        }
    }
}
