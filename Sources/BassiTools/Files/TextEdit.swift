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
        let matches = matches(in: bytes)
        guard !matches.isEmpty else { throw notFound(bytes, name) }
        guard everywhere || matches.count == 1 else {
            throw ToolError(
                "not_unique",
                "old_text is in '\(name)' \(matches.count) times: add lines around it, or set replace_all")
        }
        var result: [UInt8] = []
        var end = 0
        for (range, replacement) in matches {
            result += bytes[end..<range.lowerBound] + replacement
            end = range.upperBound
        }
        return (result + bytes[end...], matches.count)
    }

    /// Where the text is, and what takes its place there: byte for byte, else with the line ends that the file has.
    private func matches(in bytes: [UInt8]) -> [(range: Range<Int>, replacement: [UInt8])] {
        let plain = (old: Array(old.utf8), new: Array(new.utf8))
        let crlf = (old: Self.withCRLF(old), new: Self.withCRLF(new))
        for form in Self.usesCRLF(bytes) ? [crlf] : [plain, crlf] {
            let ranges = Self.ranges(of: form.old, in: bytes)
            if !ranges.isEmpty { return ranges.map { ($0, form.new) } }
        }
        // The lines that are replaced end in both ways.
        let lines = Array(old.replacing("\r\n", with: "\n").utf8)
        return Self.ranges(of: lines, in: bytes, withAnyLineEnd: true).map { range in
            (range, bytes[range].contains(0x0D) ? crlf.new : plain.new)
        }
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

    private static func ranges(
        of wanted: [UInt8], in bytes: [UInt8], withAnyLineEnd: Bool = false
    ) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var at = 0
        while at < bytes.count {
            if let end = end(of: wanted, at: at, in: bytes, withAnyLineEnd) {
                ranges.append(at..<end)
                at = end
            } else {
                at += 1
            }
        }
        return ranges
    }

    /// Where the text ends that begins here; nil where another one does.
    private static func end(of wanted: [UInt8], at start: Int, in bytes: [UInt8], _ withAnyLineEnd: Bool) -> Int? {
        var at = start
        for byte in wanted {
            if withAnyLineEnd, byte == 0x0A, at < bytes.count, bytes[at] == 0x0D { at += 1 }
            guard at < bytes.count, bytes[at] == byte else { return nil }
            at += 1
        }
        return at
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
