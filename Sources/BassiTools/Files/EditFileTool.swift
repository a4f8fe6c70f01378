import BassiEvents
import Foundation

/// `edit_file`: one exact text for another.
public struct EditFileTool: Tool, FileChangingTool {
    /// `edit_file`.
    public let name = "edit_file"
    /// For the model.
    public let description =
        "Replaces old_text by new_text in a file. old_text must be in the file exactly, and once unless replace_all is "
        + "true: add lines around it until it is unique. Leave out the line numbers that read_file shows."
    /// `path`, `old_text`, `new_text`, `replace_all`.
    public let inputSchema: JSONValue = .schema(
        [
            "path": .stringSchema("The file, relative to the session's folder or absolute."),
            "old_text": ["type": "string", "minLength": 1, "description": "The text to replace."],
            "new_text": .stringSchema("The text to put there."),
            "replace_all": ["type": "boolean", "description": "Replace every occurrence."],
        ], required: ["path", "old_text", "new_text"])
    /// The session's folder.
    public let reach = ToolReach.folder

    /// The tool.
    public init() {}

    /// The file.
    public func paths(in input: JSONValue) -> [String] { [input["path"]?.string ?? "."] }

    package func content(_ input: JSONValue, over before: [UInt8]?, named name: String) throws -> [UInt8] {
        guard let before else { throw ToolError.system(ENOENT, name, doing: "read") }
        return try TextEdit(ToolInput(json: input)).apply(to: before, in: name).result
    }

    /// Edits.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        let place = try context.place(try input.string("path"))
        let edit = try TextEdit(input)
        return try await FileWork.run { cancellation in
            let found = try FileLook(place)
            try context.files.requireUnchanged(place, found.state)
            guard let entry = try place.entry(), let status = found.status else {
                throw ToolError.system(ENOENT, place.shown, doing: "read")
            }
            // Read again where that failed: for what stood in the way.
            let bytes = try found.bytes ?? entry.read().bytes
            let (result, count) = try edit.apply(to: bytes, in: place.shown)
            try cancellation.check()
            try entry.write(result, over: status)
            var done = ToolResult.text("Edited \(place.shown): \(count == 1 ? "1 place" : "\(count) places").")
            done.seen = [context.remember(place, FileText.sha256(result))]
            done.changes = [FileChange(place, found, after: result)]
            return done
        }
    }
}
