import BassiEvents
import BassiTools

/// All that a person allows who allows a call: nothing of it is left out, since what is not seen is not approved.
struct QuotedCall: Sendable {
    /// More rows than this do not stand on the screen at once.
    private static let rowsMax = 40
    private static let charactersMax = 4_000
    /// Rows of ours around the call.
    private static let rowsAround = 8

    private let rows: [String]
    private let count: Int
    private let isShort: Bool
    private let shownRows: Int

    init(_ question: PermissionRequested, on size: PlainScreen.Size) async {
        let writes = question.toolName == WriteFileTool().name
        let present: PresentFile? =
            if writes, let place = question.places.first { await .at(place) } else { nil }
        var text = QuotedText(columns: size.columns)
        text.add(question.toolInput, of: question.toolName, over: present)
        rows = text.rows
        count = text.count
        shownRows = min(Self.rowsMax, max(6, size.rows - Self.rowsAround))
        isShort = rows.count <= shownRows && count <= Self.charactersMax
    }

    /// All of it.
    var all: String { rows.joined(separator: "\n") }

    /// Its beginning and its end where it is too long to be seen at once, and how much is in between.
    var excerpt: (text: String, isWhole: Bool) {
        guard !isShort else { return (all, true) }
        let half = min(shownRows, rows.count - 1) / 2
        let hidden = rows[half..<(rows.count - half)]
        let characters = hidden.reduce(0) { $0 + max(0, $1.count - QuotedText.Margin.text.rawValue.count) }
        let gap = "  … \(characters) characters in \(hidden.count) rows are not shown …"
        return ((rows.prefix(half) + [gap] + rows.suffix(half)).joined(separator: "\n"), false)
    }
}

extension QuotedText {
    /// The input of a call: what it is about, then what it does to a file, then every other member.
    fileprivate mutating func add(_ input: JSONValue, of tool: String, over present: PresentFile?) {
        guard case .object(let object) = input else { return add(line: input.text, .note) }
        var told: Set<String> = []
        func text(_ key: String) -> String? {
            guard let text = object[key]?.string else { return nil }
            told.insert(key)
            return text
        }
        if let main = text("command") ?? text("path") { add(main) }
        if tool == EditFileTool().name, let old = text("old_text"), let new = text("new_text") {
            add(old, becoming: new)
        }
        if tool == WriteFileTool().name, let content = text("content") { add(content, over: present) }
        for member in object.members where !told.contains(member.key) {
            // A name with blanks could be made to read like a sentence of ours.
            let isPlain = member.key.utf8.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "z") ~= $0 }
            let name = isPlain ? member.key : JSONValue.string(member.key).text
            add(line: "\(name): \(member.value.text)", .note)
        }
    }

    private mutating func add(_ old: String, becoming new: String) {
        // Pieces of a file: that neither ends with a line is not worth a word.
        let isInLine = old.utf8.last != 0x0A && new.utf8.last != 0x0A && !new.isEmpty
        let end = isInLine ? "\n" : ""
        add(diff: UnifiedDiff.lines(before: old + end, after: new + end), ofPiece: true)
    }

    private mutating func add(_ content: String, over present: PresentFile?) {
        switch present {
        case .text(let before):
            let lines = UnifiedDiff.lines(before: before, after: content)
            if lines.isEmpty { add(line: "The file has this content already.", .note) }
            return add(diff: lines, ofPiece: false)
        case .absent: add(line: "A new file:", .note)
        case .incomparable: add(line: "In place of what is there, which cannot be compared:", .note)
        case nil: add(line: "Its content:", .note)
        }
        if content.isEmpty { return add(line: "(empty)", .note) }
        let hasEnd = content.utf8.last == 0x0A
        add(hasEnd ? String(content.unicodeScalars.dropLast()) : content, .inserted)
        if !hasEnd { add(line: "(without a line end)", .note) }
    }

    private mutating func add(diff lines: [String], ofPiece isPiece: Bool) {
        for (index, line) in lines.enumerated() {
            let rest = String(line.unicodeScalars.dropFirst())
            switch line.unicodeScalars.first {
            case "-": add(line: rest, .removed)
            case "+": add(line: rest, .inserted)
            case "@" where isPiece: if index > 0 { add(line: "…", .note) }
            case "@": add(line: line, .note)
            case "\\": add(line: "(without a line end)", .note)
            default: add(line: rest, .text)
            }
        }
    }
}
