/// All the places of a command line where a command could begin, for rules that restrict.
///
/// Quotes are not understood, so `echo "a; rm x"` has a fragment `rm x` too: a deny rule then denies more than it must,
/// never less. The line is cut as it stands, without its quotes and backslashes, and with the commas of braces as blanks.
struct CommandFragments: Sendable {
    /// Texts with one blank between words, each a place where a command could begin.
    private(set) var texts: [ArraySlice<UInt8>] = []

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
        if !words.isEmpty { texts.append(words.joined(separator: CollectionOfOne(UInt8(ascii: " "))).slice) }
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
        let text = words.joined(separator: CollectionOfOne(UInt8(ascii: " "))).slice
        var isBehindWrapper = false
        var mayBegin = true
        var offset = text.startIndex
        for (index, word) in words.enumerated() {
            if mayBegin || isBehindWrapper { addBeginning(text[offset...], word) }
            isBehindWrapper = isBehindWrapper || mayBegin && Self.runsOthers(word)
            mayBegin = mayBegin && ShellWords.isAssignment(word) || index == 0 && followsRedirection
            offset += word.count + 1
        }
    }

    private static func runsOthers(_ word: [UInt8]) -> Bool {
        ShellWords.isWrapper(word) || ShellWords.Searcher(word) != nil
    }

    /// The text from here, and from behind the last slash of its first word: `/bin/rm x` is `rm x`.
    private mutating func addBeginning(_ text: ArraySlice<UInt8>, _ word: [UInt8]) {
        texts.append(text)
        if let slash = word.lastIndex(of: UInt8(ascii: "/")) { texts.append(text.dropFirst(slash + 1)) }
    }
}

extension Sequence<UInt8> {
    fileprivate var slice: ArraySlice<UInt8> { Array(self)[...] }
}
