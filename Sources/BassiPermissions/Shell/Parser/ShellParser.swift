/// Reads a script from left to right, once, and collects its simple commands.
///
/// It is stricter than a shell: where two shells, or two versions of one, could read a text in two ways, the text is not
/// understood. After the first place that makes no sense nothing more is read.
struct ShellParser {
    let bytes: [UInt8]
    var at = 0
    var depth: Int
    /// How deep the script as a whole stands in another.
    let baseDepth: Int
    var commands: [ShellCommand] = []
    var problems: [ShellProblem] = []
    var values: ShellValues = [:]
    /// Whether commands are looked for behind a place that is not understood; not when this is what is being done.
    var recovers = true
    /// Whether it has come to the end, in the scripts within too.
    var isWhole = true
    /// Loops and functions around this place.
    var repeats = 0
    /// Here-documents whose text begins behind the next end of a line.
    var pending: [HereDocument] = []
    /// Here-documents whose text has been read.
    var documentsRead = 0
    /// Whether a here-document of a line around this substitution still waits for its text.
    var outerIsPending = false

    typealias Failure = ShellProblem

    init(_ bytes: [UInt8], depth: Int = 0) {
        self.bytes = bytes
        self.depth = depth
        baseDepth = depth
    }

    /// Reads the whole script.
    mutating func parse() {
        do throws(Failure) {
            if let zero = bytes.firstIndex(of: 0) {
                note("a NUL byte", at: zero)
                isWhole = false
            }
            try list()
            guard at >= bytes.count else { throw unexpected() }
            guard pending.isEmpty else { throw problem("a here-document has no text") }
        } catch {
            problems.append(error)
            isWhole = false
            if recovers { recover(from: error.offset) }
        }
    }

    // MARK: - Bytes

    var byte: UInt8? { at < bytes.count ? bytes[at] : nil }

    func peek(_ distance: Int = 1) -> UInt8? { at + distance < bytes.count ? bytes[at + distance] : nil }

    func isAt(_ text: StaticString) -> Bool {
        text.withUTF8Buffer { wanted in
            guard at + wanted.count <= bytes.count else { return false }
            for index in 0..<wanted.count where bytes[at + index] != wanted[index] { return false }
            return true
        }
    }

    func problem(_ reason: String, at offset: Int? = nil) -> Failure { ShellProblem(reason, at: offset ?? at) }

    func unexpected() -> Failure {
        guard let byte else { return problem("it ends too early") }
        let shown = byte == UInt8(ascii: "\n") ? "the end of a line" : "'\(String(decoding: [byte], as: UTF8.self))'"
        return problem("\(shown) is not expected here")
    }

    mutating func note(_ reason: String, at offset: Int? = nil) { problems.append(problem(reason, at: offset)) }

    /// Runs the body one level deeper.
    mutating func nested(_ body: (inout ShellParser) throws(Failure) -> Void) throws(Failure) {
        guard depth < ShellScript.depthMax else {
            throw problem("it is nested deeper than \(ShellScript.depthMax) levels")
        }
        depth += 1
        try body(&self)
        depth -= 1
    }

    // MARK: - Between words

    /// Skips blanks, a comment, and the end of a line behind a backslash when a blank stands before it.
    mutating func skipBlanks() throws(Failure) {
        while let byte {
            switch byte {
            case UInt8(ascii: " "), UInt8(ascii: "\t"): at += 1
            case UInt8(ascii: "\\") where peek() == UInt8(ascii: "\n"):
                // `&\` and `&` on the next line are one `&&`: only between blanks does it part nothing.
                guard at == 0 || Self.isBlankOrLineEnd(bytes[at - 1]) else {
                    throw problem("a backslash at the end of a line has no blank before it")
                }
                at += 2
            case UInt8(ascii: "#"):
                while let byte = self.byte, byte != UInt8(ascii: "\n") { _ = byte; at += 1 }
                return
            default: return
            }
        }
    }

    /// Skips blanks and the ends of lines, and reads the here-documents that begin behind them.
    mutating func skipLines() throws(Failure) {
        try skipBlanks()
        while byte == UInt8(ascii: "\n") {
            at += 1
            try hereDocuments()
            try skipBlanks()
        }
    }

    static func isBlankOrLineEnd(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\n")
    }

    /// Whether a word ends before this byte.
    static func endsWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\n"), UInt8(ascii: ";"), UInt8(ascii: "&"),
            UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// The word at this place when it is a word of the grammar: written without quotes.
    func reserved() -> String? {
        // Most words begin like none of them.
        guard let first = byte, Self.reservedBeginnings[Int(first)] else { return nil }
        var end = at
        while end < bytes.count, end - at < 10, !Self.endsWord(bytes[end]) { end += 1 }
        guard end > at, end == bytes.count || Self.endsWord(bytes[end]) else { return nil }
        let word = String(decoding: bytes[at..<end], as: UTF8.self)
        return Self.reservedWords.contains(word) ? word : nil
    }

    mutating func expect(_ word: String) throws(Failure) {
        guard reserved() == word else { throw problem("'\(word)' is expected here") }
        at += word.utf8.count
    }

    private static let reservedWords: Set<String> = [
        "!", "{", "}", "[[", "if", "then", "elif", "else", "fi", "while", "until", "do", "done", "for", "select",
        "case",
        "esac", "in", "function", "time", "coproc",
    ]
    private static let reservedBeginnings: [Bool] = (0...255).map { byte in
        reservedWords.contains { $0.utf8.first == byte }
    }
    static let closers: Set<String> = ["}", "then", "elif", "else", "fi", "do", "done", "esac"]

    // MARK: - Lists and pipelines

    /// Commands up to something that closes them, which the caller looks at.
    mutating func list() throws(Failure) {
        while true {
            try skipLines()
            guard let first = byte, first != UInt8(ascii: ")"), !isAt(";;"), !isAt(";&") else { return }
            if let word = reserved(), Self.closers.contains(word) { return }
            try conditional()
            try skipBlanks()
            switch byte {
            case UInt8(ascii: ";") where peek() != UInt8(ascii: ";") && peek() != UInt8(ascii: "&"): at += 1
            case UInt8(ascii: "&"): at += 1
            case nil, UInt8(ascii: "\n"), UInt8(ascii: ")"), UInt8(ascii: ";"): break
            default: throw unexpected()
            }
        }
    }

    /// Pipelines with `&&` and `||` between them.
    private mutating func conditional() throws(Failure) {
        try pipeline()
        while isAt("&&") || isAt("||") {
            at += 2
            try skipLines()
            try pipeline()
        }
    }

    /// Behind `time`: `-p`, and `--` that ends the options.
    private mutating func timeOptions() throws(Failure) {
        for option in ["-p", "--"] as [StaticString] where isAt(option) && peek(2).map(Self.endsWord) ?? true {
            at += 2
            try skipBlanks()
        }
    }

    private mutating func pipeline() throws(Failure) {
        while let word = reserved(), word == "!" || word == "time" {
            at += word.utf8.count
            try skipBlanks()
            if word == "time" { try timeOptions() }
        }
        try command()
        try skipBlanks()
        while byte == UInt8(ascii: "|"), peek() != UInt8(ascii: "|") {
            at += peek() == UInt8(ascii: "&") ? 2 : 1
            try skipLines()
            try command()
            try skipBlanks()
        }
    }
}
