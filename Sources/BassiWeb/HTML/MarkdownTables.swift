/// The tables that are open. One with rows of short cells is written as a table; one that only arranges the page (with a
/// table or a program's text in it, or with long cells) becomes paragraphs.
struct MarkdownTables {
    private struct Table {
        var isLayout = false
        var rows: [[[UInt8]]] = []
        var cell: [UInt8]?
        var hasHeader = false
    }

    /// The longest cell of a table that is one.
    static let cellBytesMax = 4096

    private var open: [Table] = []
    private(set) var byteCount = 0

    /// Whether lines belong to a cell that is being kept.
    var isInCell: Bool { open.last.map { !$0.isLayout && $0.cell != nil } ?? false }
    /// Whether the innermost table is one that is kept.
    var isKeeping: Bool { open.last.map { !$0.isLayout } ?? false }

    mutating func begin() { open.append(Table()) }

    mutating func beginRow() {
        guard isKeeping else { return }
        endCell()
        open[open.count - 1].rows.append([])
    }

    mutating func beginCell(isHeader: Bool) {
        guard isKeeping else { return }
        endCell()
        let last = open.count - 1
        if open[last].rows.isEmpty { open[last].rows.append([]) }
        if isHeader, open[last].rows.count == 1 { open[last].hasHeader = true }
        open[last].cell = []
    }

    mutating func endCell() {
        guard isKeeping, let cell = open[open.count - 1].cell else { return }
        let last = open.count - 1
        open[last].rows[open[last].rows.count - 1].append(cell)
        open[last].cell = nil
    }

    /// Adds a paragraph to the cell; whether the cell is now too long for a table.
    mutating func add(_ line: [UInt8]) {
        guard isInCell else { return }
        let last = open.count - 1
        var cell = open[last].cell ?? []
        open[last].cell = nil
        if !cell.isEmpty { cell.append(0x20) }
        for byte in line {
            if byte == UInt8(ascii: "|") { cell.append(UInt8(ascii: "\\")) }
            cell.append(byte == 0x0A ? 0x20 : byte)
        }
        byteCount += line.count + 8
        open[last].cell = cell
    }

    var isTooLong: Bool { open.last.map { !$0.isLayout && ($0.cell?.count ?? 0) > Self.cellBytesMax } ?? false }

    /// The innermost table is no table: gives what there is of it, as paragraphs.
    mutating func giveUp() -> [[UInt8]] {
        guard isKeeping else { return [] }
        endCell()
        let last = open.count - 1
        defer {
            open[last].isLayout = true
            open[last].rows = []
        }
        byteCount = 0
        return Self.paragraphs(open[last].rows)
    }

    /// Ends the innermost table and gives its blocks.
    mutating func end() -> [[UInt8]] {
        endCell()
        guard let table = open.popLast(), !table.isLayout else { return [] }
        byteCount = 0
        let rows = table.rows.filter { $0.contains { !$0.isEmpty } }
        let columns = rows.map(\.count).max() ?? 0
        guard columns > 1 else { return Self.paragraphs(rows) }
        var lines = rows.map(Self.line)
        if !table.hasHeader { lines.insert(Self.line([[UInt8]](repeating: [], count: columns)), at: 0) }
        lines.insert(Self.line([[UInt8]](repeating: Array("---".utf8), count: columns)), at: 1)
        return [Array(lines.joined(separator: [0x0A]))]
    }

    private static func line(_ cells: [[UInt8]]) -> [UInt8] {
        Array("| ".utf8) + Array(cells.joined(separator: Array(" | ".utf8))) + Array(" |".utf8)
    }

    private static func paragraphs(_ rows: [[[UInt8]]]) -> [[UInt8]] {
        rows.map { Array($0.filter { !$0.isEmpty }.joined(separator: [0x20])) }.filter { !$0.isEmpty }
    }
}
