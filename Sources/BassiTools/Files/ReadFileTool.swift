import BassiEvents
import Foundation

/// `read_file`: text with line numbers, pictures and PDFs as blocks.
public struct ReadFileTool: Tool {
    /// `read_file`.
    public let name = "read_file"
    /// For the model.
    public let description =
        "Reads a file. Text comes with line numbers; at most 2000 lines or 256 KiB a call, so read long files in parts. "
        + "Pictures (PNG, JPEG, GIF, WebP) and PDFs come as they are."
    /// `path`, and from which line how many.
    public let inputSchema: JSONValue = .schema(
        [
            "path": .stringSchema("The file, relative to the session's folder or absolute."),
            "from_line": .countSchema("The first line to read, 1 being the file's first.", atMost: 100_000_000),
            "line_count": .countSchema("How many lines to read.", atMost: 2000),
        ], required: ["path"])
    /// The session's folder.
    public let reach = ToolReach.folder

    static let linesMax = 2000
    static let bytesMax = 256 << 10
    static let lineBytesMax = 64 << 10

    /// The tool.
    public init() {}

    /// Reading changes nothing.
    public func effect(of input: JSONValue) -> ToolEffect { .pure }
    /// The file.
    public func paths(in input: JSONValue) -> [String] { [input["path"]?.string ?? "."] }

    /// Reads.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        let input = ToolInput(json: input)
        let place = try context.place(try input.string("path"))
        let (first, count) = (input.int("from_line") ?? 1, input.int("line_count") ?? Self.linesMax)
        return try await FileWork.run { _ in
            guard let entry = try place.entry() else { throw ToolError.system(ENOENT, place.shown, doing: "read") }
            let bytes = try entry.read().bytes
            var result = try Self.result(bytes, place.shown, first: first, count: count)
            result.seen = [context.remember(place, FileText.sha256(bytes))]
            return result
        }
    }

    private static func result(
        _ bytes: [UInt8], _ shown: String, first: Int, count: Int
    ) throws(ToolError) -> ToolResult {
        if let attachment = try Attachments.block(of: bytes, named: shown) { return ToolResult([attachment]) }
        guard let text = FileText.text(of: bytes) else {
            throw ToolError(
                "binary_file", "'\(shown)' is not text (\(FileKind.nameOfNoText(bytes)), \(bytes.count) bytes)")
        }
        return numbered(text, first: first, count: count)
    }

    /// The lines with their numbers, and a last line that says what was left out.
    static func numbered(_ text: String, first: Int, count: Int) -> ToolResult {
        let lines = TextLines.split(text)
        guard !lines.isEmpty else { return .text("(the file is empty)") }
        guard first <= lines.count else {
            return .text("(the file has \(lines.count) lines, so there is no line \(first))")
        }
        var shown: [String] = []
        var bytes = 0
        for (number, line) in zip(first..., lines[(first - 1)...].prefix(min(count, linesMax))) {
            let text = TextLines.shortened(line, bytesMax: lineBytesMax)
            bytes += text.utf8.count + 8
            if bytes > bytesMax { break }
            shown.append("\(number)\t\(text)")
        }
        let last = first + shown.count - 1
        if last < lines.count || first > 1 { shown.append("(lines \(first)–\(last) of \(lines.count))") }
        return .text(shown.joined(separator: "\n"))
    }
}
