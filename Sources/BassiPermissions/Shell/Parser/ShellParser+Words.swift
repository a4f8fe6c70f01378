extension ShellParser {
    /// Reads a word; nil, and nothing read, when none begins here.
    ///
    /// - Parameters:
    ///   - isValue: Behind `name=`: it may be empty, and it is not split.
    ///   - isExpression: Behind `=~`: parentheses and bars belong to it.
    mutating func word(isValue: Bool = false, isExpression: Bool = false) throws(Failure) -> ShellWord? {
        let start = at
        var builder = ShellWordBuilder()
        while let next = byte {
            if Self.endsWord(next), !(isExpression && "()|".utf8.contains(next)) {
                // `<(list)` and `>(list)` are part of a word, also in its middle.
                guard next == UInt8(ascii: "<") || next == UInt8(ascii: ">"), peek() == UInt8(ascii: "(") else { break }
                at += 1
                try substitution()
                builder.add(.expansion(variable: nil, splits: false))
                continue
            }
            if next == UInt8(ascii: "\\"), peek() == UInt8(ascii: "\n") {
                throw problem("a backslash at the end of a line parts a word")
            }
            try piece(next, into: &builder, isValue: isValue)
        }
        guard at > start || isValue else { return nil }
        return builder.finish()
    }

    /// One stretch of an unquoted word.
    private mutating func piece(
        _ next: UInt8, into builder: inout ShellWordBuilder, isValue: Bool
    ) throws(Failure) {
        switch next {
        case UInt8(ascii: "\\"):
            guard let escaped = peek() else { throw problem("a backslash stands at the end") }
            builder.add(quoted: CollectionOfOne(escaped))
            at += 2
        case UInt8(ascii: "'"): builder.add(quoted: try singleQuoted())
        case UInt8(ascii: "\""): try doubleQuoted(into: &builder)
        case UInt8(ascii: "$"): try dollar(into: &builder, isQuoted: false)
        case UInt8(ascii: "`"):
            try backticks(isQuoted: false)
            builder.add(.expansion(variable: nil, splits: !isValue))
        case UInt8(ascii: "*"), UInt8(ascii: "?"), UInt8(ascii: "["):
            builder.add(.glob(next))
            at += 1
        case UInt8(ascii: "~") where builder.mayBeginHome:
            builder.add(.tilde)
            at += 1
        case UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: ","):
            builder.add(brace: next)
            at += 1
        default:
            builder.add(next)
            at += 1
        }
    }

    // MARK: - Quotes

    private mutating func singleQuoted() throws(Failure) -> ArraySlice<UInt8> {
        let start = at + 1
        guard let end = bytes[start...].firstIndex(of: UInt8(ascii: "'")) else {
            throw problem("a single quote is not closed")
        }
        at = end + 1
        return bytes[start..<end]
    }

    /// `"…"`: everything but `$`, backticks and some backslashes stays as it is.
    mutating func doubleQuoted(into builder: inout ShellWordBuilder) throws(Failure) {
        let start = at
        at += 1
        builder.markQuoted()
        try nested { parser throws(Failure) in
            while let next = parser.byte, next != UInt8(ascii: "\"") {
                try parser.quotedPiece(next, into: &builder, escapes: "$`\"\\")
            }
        }
        guard byte != nil else { throw problem("a double quote is not closed", at: start) }
        at += 1
    }

    /// One stretch inside double quotes, or of a here-document.
    mutating func quotedPiece(
        _ next: UInt8, into builder: inout ShellWordBuilder, escapes: StaticString
    ) throws(Failure) {
        switch next {
        case UInt8(ascii: "\\"):
            guard let escaped = peek() else { throw problem("a backslash stands at the end") }
            if escaped == UInt8(ascii: "\n") {
                at += 2
            } else if escapes.withUTF8Buffer({ $0.contains(escaped) }) {
                builder.add(quoted: CollectionOfOne(escaped))
                at += 2
            } else {
                builder.add(quoted: CollectionOfOne(next))
                at += 1
            }
        case UInt8(ascii: "$"): try dollar(into: &builder, isQuoted: true)
        case UInt8(ascii: "`"):
            try backticks(isQuoted: true)
            builder.add(.expansion(variable: nil, splits: false))
        default:
            builder.add(quoted: CollectionOfOne(next))
            at += 1
        }
    }

    /// Behind `$`: `'…'` with the escapes of C.
    mutating func ansiQuoted() throws(Failure) -> [UInt8] {
        let start = at
        at += 1
        var text: [UInt8] = []
        while let next = byte, next != UInt8(ascii: "'") {
            at += 1
            if next == UInt8(ascii: "\\") { try ansiEscape(into: &text) } else { text.append(next) }
        }
        guard byte != nil else { throw problem("a single quote is not closed", at: start) }
        at += 1
        guard !text.contains(0) else { throw problem("a quote makes a NUL byte", at: start) }
        return text
    }

    private mutating func ansiEscape(into text: inout [UInt8]) throws(Failure) {
        guard let letter = byte else { throw problem("a single quote is not closed") }
        at += 1
        if let value = Self.ansiLetters[letter] { return text.append(value) }
        switch letter {
        case UInt8(ascii: "0")...UInt8(ascii: "7"):
            at -= 1
            text.append(UInt8(truncatingIfNeeded: number(radix: 8, digitsMax: 3)))
        case UInt8(ascii: "x"):
            guard let digit = byte, digit.hexValue != nil else { throw problem("\\x needs digits") }
            text.append(UInt8(truncatingIfNeeded: number(radix: 16, digitsMax: 2)))
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            // What a value beyond ASCII becomes depends on the language that is set.
            let value = number(radix: 16, digitsMax: letter == UInt8(ascii: "u") ? 4 : 8)
            guard value > 0, value < 0x80 else { throw problem("\\u with a character beyond ASCII") }
            text.append(UInt8(value))
        default: throw problem("an escape that shells read in different ways")
        }
    }

    private mutating func number(radix: Int, digitsMax: Int) -> Int {
        var (value, count) = (0, 0)
        while count < digitsMax, let digit = byte?.hexValue, digit < radix {
            value = value * radix + digit
            count += 1
            at += 1
        }
        return value
    }

    private static let ansiLetters: [UInt8: UInt8] = [
        UInt8(ascii: "n"): 10, UInt8(ascii: "t"): 9, UInt8(ascii: "r"): 13, UInt8(ascii: "a"): 7, UInt8(ascii: "b"): 8,
        UInt8(ascii: "e"): 27, UInt8(ascii: "E"): 27, UInt8(ascii: "f"): 12, UInt8(ascii: "v"): 11,
        UInt8(ascii: "\\"): 0x5C, UInt8(ascii: "'"): 0x27, UInt8(ascii: "\""): 0x22, UInt8(ascii: "?"): 0x3F,
    ]
}

extension UInt8 {
    fileprivate var hexValue: Int? {
        switch self {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): Int(self - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): Int(self - UInt8(ascii: "a")) + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): Int(self - UInt8(ascii: "A")) + 10
        default: nil
        }
    }
}
