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
            try context.files.requireUnchanged(path, shown)
            let existed = FileManager.default.fileExists(atPath: path)
            // What is too large to be read can be replaced, and not be taken back.
            let before = existed ? try? FileBytes.read(path).bytes : nil
            context.files.remember(path, try FileBytes.write(bytes, to: path))
            var result = ToolResult.text("\(existed ? "Overwrote" : "Created") \(shown) (\(bytes.count) bytes).")
            result.changes = [FileChange(path: shown, existed: existed, before: before, after: bytes)]
            return result
        }
    }
}
