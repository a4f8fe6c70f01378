/// Text of others as rows of a question: all of it can be seen, and no row of it can be taken for one of ours.
struct QuotedText {
    /// What stands before the text of a row.
    enum Margin: String {
        /// A line of text.
        case text = "  | "
        /// The row before goes on.
        case continued = "  \\ "
        /// A line that goes.
        case removed = "  - "
        /// A line that comes.
        case inserted = "  + "
        /// What we say about it.
        case note = "  "
    }

    /// A longer run of blanks is told by its length: it could push what follows it out of sight.
    private static let blanksMax = 24
    private static let tabColumns = 8

    private(set) var rows: [String] = []
    /// Characters that are quoted.
    private(set) var count = 0
    /// Of the window; a row is never longer, or the terminal would begin one without a margin.
    let columns: Int

    init(columns: Int) { self.columns = columns }

    /// A text with its line ends as such.
    mutating func add(_ text: String, _ margin: Margin = .text) {
        for line in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false) {
            add(line: String(decoding: line, as: UTF8.self), margin)
        }
    }

    /// One line. A line end in it is a mark.
    mutating func add(line: String, _ margin: Margin) {
        count += line.count
        var (row, width) = (margin.rawValue, margin.rawValue.count)
        for character in Self.visible(line) {
            let columnsTaken = Self.columns(of: character)
            if width + columnsTaken >= columns, width > Margin.continued.rawValue.count {
                rows.append(row)
                (row, width) = (Margin.continued.rawValue, Margin.continued.rawValue.count)
            }
            row.append(character)
            width += columnsTaken
        }
        rows.append(row)
    }

    /// At least as many as a terminal takes, whatever its table of widths says.
    private static func columns(of character: Character) -> Int {
        character.unicodeScalars.reduce(0) { $0 + ($1 == "\t" ? tabColumns : $1.isASCII ? 1 : 2) }
    }

    /// The line with marks for what nobody would see.
    static func visible(_ line: String) -> String {
        var (shown, blanks) = (String.UnicodeScalarView(), String.UnicodeScalarView())
        func flush() {
            shown.append(contentsOf: blanks.count > blanksMax ? "␠×\(blanks.count)".unicodeScalars : blanks)
            blanks = String.UnicodeScalarView()
        }
        for scalar in line.unicodeScalars {
            if scalar == " " || scalar == "\t" {
                blanks.append(scalar)
                continue
            }
            flush()
            shown.append(mark(of: scalar) ?? scalar)
        }
        flush()
        return PlainScreen.harmless(String(shown))
    }

    private static func mark(of scalar: Unicode.Scalar) -> Unicode.Scalar? {
        if scalar == "\n" { return "␊" }
        if scalar == "\u{2800}" || scalar.properties.generalCategory == .spaceSeparator { return "⍽" }
        return scalar.properties.isDefaultIgnorableCodePoint ? "\u{FFFD}" : nil
    }
}
