/// All the places of a command line where a command could begin, for rules that restrict.
///
/// Quotes are not understood, so `echo "a; rm x"` has a fragment `rm x` too: a deny rule then denies more than it must,
/// never less. The line is cut as it stands, without its quotes and backslashes, and with the commas of braces as blanks.
struct CommandFragments: Sendable {
    /// A part of the line with one blank between words, and where in it a command could begin.
    private struct Fragment {
        let text: ArraySlice<UInt8>
        let beginnings: [Int]
    }

    private var fragments: [Fragment] = []

    init(_ commandLine: String) {
        let raw = Array(commandLine.utf8)
        let plain = Self.unquoted(raw)
        add(whole: raw)
        add(whole: plain)
        addFragments(of: raw)
        if plain != raw { addFragments(of: plain) }
        if raw.contains(UInt8(ascii: "{")) {
            addFragments(of: plain.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: " ") : $0 })
        }
    }

    /// Whether a command that could begin somewhere matches.
    func contains(_ pattern: Glob) -> Bool {
        fragments.contains { pattern.matches($0.text, fromAnyOf: $0.beginnings) }
    }

    /// Without quotes and backslashes; a backslash at the end of a line joins it with the next.
    private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        plain.reserveCapacity(bytes.count)
        var isEscaped = false
        for byte in bytes {
            if isEscaped, byte == UInt8(ascii: "\n") {
                isEscaped = false
            } else if byte == UInt8(ascii: "\\") {
                isEscaped = true
            } else {
                isEscaped = false
                if !ShellWords.isQuote(byte) { plain.append(byte) }
            }
        }
        return plain
    }

    private mutating func add(whole bytes: [UInt8]) {
        let words = ShellWords.split(bytes.map { $0 == UInt8(ascii: "\n") ? UInt8(ascii: " ") : $0 })
        if !words.isEmpty { fragments.append(Fragment(text: Self.joined(words), beginnings: [0])) }
    }

    private mutating func addFragments(of bytes: [UInt8]) {
        var start = bytes.startIndex
        var followsRedirection = false
        for index in bytes.indices where ShellWords.isMeta(bytes[index]) {
            add(bytes[start..<index], followsRedirection)
            followsRedirection = bytes[index] == UInt8(ascii: "<") || bytes[index] == UInt8(ascii: ">")
            start = index + 1
        }
        add(bytes[start...], followsRedirection)
    }

    /// Behind `>` stands a file, and the command may come after it.
    private mutating func add(_ fragment: ArraySlice<UInt8>, _ followsRedirection: Bool) {
        let words = ShellWords.split(fragment)
        guard !words.isEmpty else { return }
        var beginnings: [Int] = []
        var isBehindWrapper = false
        var mayBegin = true
        var offset = 0
        for (index, word) in words.enumerated() {
            if mayBegin || isBehindWrapper {
                beginnings.append(offset)
                // `/bin/rm x` is `rm x`.
                if let slash = word.lastIndex(of: UInt8(ascii: "/")) { beginnings.append(offset + slash + 1) }
            }
            isBehindWrapper = isBehindWrapper || mayBegin && Self.runsOthers(word)
            mayBegin = mayBegin && ShellWords.isAssignment(word) || index == 0 && followsRedirection
            offset += word.count + 1
        }
        fragments.append(Fragment(text: Self.joined(words), beginnings: beginnings))
    }

    private static func runsOthers(_ word: [UInt8]) -> Bool {
        ShellWords.isWrapper(word) || ShellWords.Searcher(word) != nil
    }

    private static func joined(_ words: [[UInt8]]) -> ArraySlice<UInt8> {
        Array(words.joined(separator: CollectionOfOne(UInt8(ascii: " "))))[...]
    }
}
