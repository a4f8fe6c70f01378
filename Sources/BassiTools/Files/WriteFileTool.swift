import BassiEvents
import Foundation

/// `write_file`: a whole file, seen whole or not at all.
public struct WriteFileTool: Tool {
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

    /// Writes.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        let path = try context.absolute(try input.string("path"))
        let bytes = Array(try input.string("content").utf8)
        return try await FileWork.run { _ in
            let shown = context.shown(path)
            try FileChange.requireUnchanged(path, shown, context.files)
            let existed = FileManager.default.fileExists(atPath: path)
            context.files.remember(path, try FileBytes.write(bytes, to: path))
            return .text("\(existed ? "Overwrote" : "Created") \(shown) (\(bytes.count) bytes).")
        }
    }
}

/// The rule that both writing tools keep.
enum FileChange {
    static func requireUnchanged(_ path: String, _ shown: String, _ files: FileMemory) throws {
        guard files.hasChanged(path) else { return }
        throw ToolError(
            "file_changed", "'\(shown)' has changed since it was last read: read it again before you change it")
    }
}
