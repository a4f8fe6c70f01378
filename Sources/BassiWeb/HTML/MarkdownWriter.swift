/// Writes Markdown: the line that is being made, the blocks around it, and the text so far.
struct MarkdownWriter {
    /// What marks a part of a line.
    enum Span: Equatable {
        case emphasis, strong, code, deleted
        case link(String)
    }

    private struct Container {
        /// `> `, or the mark of a list's item.
        let mark: [UInt8]
        let isItem: Bool
        var isUsed = false
    }

    /// Quotes and lists within each other that are shown; what lies deeper stands with the deepest of them.
    private static let containersMax = 16

    private(set) var text: [UInt8] = []
    /// Where lines go while a table's cell is made.
    var tables = MarkdownTables()
    /// The level of the heading that is being made.
    var headingLevel: Int?

    private var line: [UInt8] = []
    private var spans: [(span: Span, start: Int)] = []
    private var containers: [Container] = []
    private var hiddenContainers = 0
    private var wasInItem = false
    /// The text of `pre`, as it stands, and the language it is said to be in.
    private var verbatim: (text: [UInt8], language: String)?

    /// What has been written, and what is being made.
    var byteCount: Int { text.count + line.count + (verbatim?.text.count ?? 0) + tables.byteCount }
    var isVerbatim: Bool { verbatim != nil }

    // MARK: - Lines

    /// Adds text; runs of white space become one blank.
    mutating func add(_ bytes: some Sequence<UInt8>) {
        if verbatim != nil {
            verbatim?.text.append(contentsOf: bytes)
            return
        }
        for byte in bytes {
            if byte <= 0x20 || byte == 0x7F {
                if let last = line.last, last != 0x20, last != 0x0A { line.append(0x20) }
            } else {
                line.append(byte)
            }
        }
    }

    /// Adds what is made here, such as a picture.
    mutating func add(markdown: String) { line += Array(markdown.utf8) }

    /// Ends a line within a paragraph.
    mutating func breakLine() {
        if verbatim != nil {
            verbatim?.text.append(0x0A)
        } else if headingLevel != nil || tables.isInCell {
            add([0x20])
        } else if !line.isEmpty {
            while line.last == 0x20 { line.removeLast() }
            line.append(0x0A)
        }
    }

    /// Begins a part of a line; false where one like it, or code, is open already.
    mutating func begin(_ span: Span) -> Bool {
        guard verbatim == nil, !spans.contains(where: { $0.span.kind == span.kind || $0.span == .code }) else {
            return false
        }
        spans.append((span, line.count))
        return true
    }

    /// Ends a part, and those that began within it.
    mutating func end(_ kind: Int) {
        guard let index = spans.lastIndex(where: { $0.span.kind == kind }) else { return }
        while spans.count > index { close(spans.removeLast()) }
    }

    private mutating func close(_ open: (span: Span, start: Int)) {
        var start = open.start
        while start < line.count, line[start] == 0x20 || line[start] == 0x0A { start += 1 }
        var end = line.count
        while end > start, line[end - 1] == 0x20 || line[end - 1] == 0x0A { end -= 1 }
        guard start < end else { return }
        let (before, after) = open.span.marks(around: line[start..<end])
        line.insert(contentsOf: after, at: end)
        line.insert(contentsOf: before, at: start)
    }

    // MARK: - Blocks

    /// Ends the paragraph, if one is there.
    mutating func endBlock() {
        if verbatim != nil {
            if let last = verbatim?.text.last, last != 0x0A { verbatim?.text.append(0x0A) }
            return
        }
        let open = spans
        while let span = spans.popLast() { close(span) }
        while let last = line.last, last == 0x20 || last == 0x0A { line.removeLast() }
        let hasText = !line.isEmpty
        if hasText {
            let made = line
            line = []
            if tables.isInCell {
                tables.add(made)
            } else {
                write(made, heading: headingLevel)
            }
        }
        // What goes on in the next paragraph is marked there again; a link leads from one place only.
        spans = open.filter { !($0.span.isLink && hasText) }.map { ($0.span, 0) }
    }

    mutating func beginVerbatim(language: String) {
        endBlock()
        spans = []
        verbatim = ([], language)
    }

    mutating func setLanguage(_ language: String) {
        if verbatim?.language == "" { verbatim?.language = language }
    }

    mutating func endVerbatim() {
        guard let made = verbatim else { return }
        verbatim = nil
        var code = made.text[...]
        if code.first == 0x0A { code = code.dropFirst() }
        while code.last == 0x0A || code.last == 0x20 { code = code.dropLast() }
        guard !code.isEmpty else { return }
        let fence = [UInt8](repeating: UInt8(ascii: "`"), count: max(3, code.longestRun(of: UInt8(ascii: "`")) + 1))
        write(fence + Array(made.language.utf8) + [0x0A] + code + [0x0A] + fence)
    }

    mutating func writeRule() {
        endBlock()
        if !tables.isInCell { write(Array("---".utf8)) }
    }

    /// Writes lines as a block of their own.
    mutating func write(_ block: [UInt8], heading: Int? = nil) {
        let isItemStart = containers.last.map { $0.isItem && !$0.isUsed } ?? false
        let isInItem = containers.contains { $0.isItem }
        if !text.isEmpty {
            text.append(0x0A)
            if !(isItemStart && wasInItem) {
                text += trimmed(prefix(isBlank: true))
                text.append(0x0A)
            }
        }
        wasInItem = isInItem
        var lines = block.split(separator: 0x0A, omittingEmptySubsequences: false)
        if let heading, let first = lines.first {
            lines[0] = ([UInt8](repeating: UInt8(ascii: "#"), count: heading) + [0x20] + first)[...]
        }
        for (index, line) in lines.enumerated() {
            if index > 0 { text.append(0x0A) }
            let start = prefix()
            text += line.isEmpty ? trimmed(start) : start
            text += line
        }
    }

    /// What stands before a line; the mark of an item stands before its first line only.
    private mutating func prefix(isBlank: Bool = false) -> [UInt8] {
        var prefix: [UInt8] = []
        for index in containers.indices {
            let container = containers[index]
            if !container.isItem || (!container.isUsed && !isBlank) {
                prefix += container.mark
                containers[index].isUsed = true
            } else if container.isUsed {
                prefix += [UInt8](repeating: 0x20, count: container.mark.count)
            }
        }
        return prefix
    }

    private func trimmed(_ prefix: [UInt8]) -> [UInt8] {
        Array(prefix[..<((prefix.lastIndex { $0 != 0x20 } ?? -1) + 1)])
    }

    mutating func beginContainer(_ mark: String, isItem: Bool) {
        endBlock()
        if containers.count < Self.containersMax {
            containers.append(Container(mark: Array(mark.utf8), isItem: isItem))
        } else {
            hiddenContainers += 1
        }
    }

    mutating func endContainer() {
        endBlock()
        if hiddenContainers > 0 { hiddenContainers -= 1 } else if !containers.isEmpty { containers.removeLast() }
    }
}

extension MarkdownWriter.Span {
    /// A number that is the same for all links.
    var kind: Int {
        switch self {
        case .emphasis: 0
        case .strong: 1
        case .code: 2
        case .deleted: 3
        case .link: 4
        }
    }

    fileprivate var isLink: Bool { kind == 4 }

    fileprivate func marks(around text: ArraySlice<UInt8>) -> (before: [UInt8], after: [UInt8]) {
        switch self {
        case .emphasis: return (Array("*".utf8), Array("*".utf8))
        case .strong: return (Array("**".utf8), Array("**".utf8))
        case .deleted: return (Array("~~".utf8), Array("~~".utf8))
        case .link(let address): return (Array("[".utf8), Array("](\(address))".utf8))
        case .code:
            let tick = UInt8(ascii: "`")
            let run = text.longestRun(of: tick)
            let mark = [UInt8](repeating: tick, count: run + 1)
            return run > 0 ? (mark + [0x20], [0x20] + mark) : (mark, mark)
        }
    }
}

extension Sequence<UInt8> {
    func longestRun(of byte: UInt8) -> Int {
        var (longest, run) = (0, 0)
        for next in self {
            run = next == byte ? run + 1 : 0
            longest = Swift.max(longest, run)
        }
        return longest
    }
}
