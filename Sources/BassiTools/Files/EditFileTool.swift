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

/// An exact replacement, byte for byte; lines that end with CRLF are matched as if they had LF, and keep their CRLF.
struct TextEdit: Sendable {
    private let old: String
    private let new: String
    private let everywhere: Bool

    init(_ input: ToolInput) throws {
        old = try input.string("old_text")
        new = try input.string("new_text")
        everywhere = input.bool("replace_all")
    }

    func apply(to bytes: [UInt8], in name: String) throws(ToolError) -> (result: [UInt8], count: Int) {
        guard FileText.text(of: bytes) != nil else {
            throw ToolError("binary_file", "'\(name)' is not text (\(FileKind.nameOfNoText(bytes)))")
        }
        guard !old.isEmpty else { throw ToolError("invalid_input", "old_text is empty") }
        // Two texts that Swift calls equal may have different bytes, as é and e with an accent have.
        guard !old.utf8.elementsEqual(new.utf8) else {
            throw ToolError("no_change", "old_text and new_text are the same")
        }
        var (wanted, replacement) = (Array(old.utf8), Array(new.utf8))
        if Self.usesCRLF(bytes) { (wanted, replacement) = (Self.withCRLF(old), Self.withCRLF(new)) }
        var places = Self.places(of: wanted, in: bytes)
        if places.isEmpty {
            // In a file with both kinds of line end, these lines may have the other one.
            (wanted, replacement) = (Self.withCRLF(old), Self.withCRLF(new))
            places = Self.places(of: wanted, in: bytes)
        }
        guard let first = places.first else { throw notFound(bytes, name) }
        guard everywhere || places.count == 1 else {
            throw ToolError(
                "not_unique", "old_text is in '\(name)' \(places.count) times: add lines around it, or set replace_all")
        }
        var result: [UInt8] = []
        var end = 0
        for place in everywhere ? places : [first] {
            result += bytes[end..<place] + replacement
            end = place + wanted.count
        }
        return (result + bytes[end...], everywhere ? places.count : 1)
    }

    private static func withCRLF(_ text: String) -> [UInt8] {
        Array(text.replacing("\r\n", with: "\n").replacing("\n", with: "\r\n").utf8)
    }

    /// Every line of the file ends so, or it counts as LF.
    private static func usesCRLF(_ bytes: [UInt8]) -> Bool {
        var previous: UInt8 = 0
        var any = false
        for byte in bytes {
            if byte == 0x0A {
                if previous != 0x0D { return false }
                any = true
            }
            previous = byte
        }
        return any
    }

    private static func places(of wanted: [UInt8], in bytes: [UInt8]) -> [Int] {
        var places: [Int] = []
        var at = 0
        while at + wanted.count <= bytes.count {
            if bytes[at] == wanted[0], bytes[at..<(at + wanted.count)].elementsEqual(wanted) {
                places.append(at)
                at += wanted.count
            } else {
                at += 1
            }
        }
        return places
    }

    /// Says what is near: a line that is the same but for its white space, or that contains the first line's words.
    private func notFound(_ bytes: [UInt8], _ name: String) -> ToolError {
        let lines = TextLines.split(String(decoding: bytes, as: UTF8.self))
        let firstLine = old.split(whereSeparator: \.isNewline).first { $0.contains { !$0.isWhitespace } } ?? ""
        let words = firstLine.split(whereSeparator: \.isWhitespace)
        let near = lines.firstIndex { line in line.split(whereSeparator: \.isWhitespace) == words }
        guard !words.isEmpty, let near else {
            return ToolError("not_found", "old_text is not in '\(name)': read the file again and copy the text exactly")
        }
        return ToolError(
            "not_found",
            "old_text is not in '\(name)'. Line \(near + 1) is near, but the text differs there or in the lines after it: "
                + "'\(lines[near].prefix(200))'")
    }
}
