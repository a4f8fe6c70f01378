/// A text with wildcards, matched byte by byte.
///
/// Bytes and not characters: `;` with a combining accent is one character that differs from `;`, and the shell does
/// not see it that way. Two spellings of an accented letter are two file names.
struct Glob: Sendable, Equatable {
    enum Token: Sendable, Equatable {
        case byte(UInt8)
        case anyCharacter
        case anyText
    }

    let tokens: [Token]

    /// `*` stands for any text; `?` for one character if `questionMark`, else for itself.
    init(_ text: some Sequence<UInt8>, questionMark: Bool) {
        var tokens: [Token] = []
        for byte in text {
            switch byte {
            // Two in a row say the same as one and would only cost time.
            case UInt8(ascii: "*"): if tokens.last != .anyText { tokens.append(.anyText) }
            case UInt8(ascii: "?") where questionMark: tokens.append(.anyCharacter)
            default: tokens.append(.byte(byte))
            }
        }
        self.tokens = tokens
    }

    init(tokens: [Token]) { self.tokens = tokens }

    /// This text and nothing else.
    init(literal text: some Sequence<UInt8>) { tokens = text.map { .byte($0) } }

    /// Whether there is no wildcard.
    var isLiteral: Bool { !tokens.contains { $0 == .anyCharacter || $0 == .anyText } }

    /// Whether the text matches from one of these beginnings, given in rising order, to its end.
    ///
    /// Where the bytes before the first `*` fit and the rest does not, it fits from no later beginning either: the `*`
    /// could have taken what lies between. So a long text is read once, not once for each beginning.
    func matches(_ text: ArraySlice<UInt8>, fromAnyOf beginnings: [Int]) -> Bool {
        let head = tokens.prefix { $0 != .anyText }
        for beginning in beginnings {
            let part = text[beginning...]
            guard head.count < tokens.count else {
                if matches(part) { return true }
                continue
            }
            let fits = zip(head, part).allSatisfy { $0 == .byte($1) } && part.count >= head.count
            if fits { return matches(part) }
        }
        return false
    }

    /// Whether the whole text matches. Time grows with pattern times text, never faster.
    func matches(_ text: ArraySlice<UInt8>) -> Bool {
        var token = 0
        var at = text.startIndex
        var retry: (token: Int, at: Int)?
        while at < text.endIndex {
            if let next = step(token, text, at) {
                token += 1
                at = next
            } else if token < tokens.count, tokens[token] == .anyText {
                token += 1
                retry = (token, at)
            } else if let last = retry {
                token = last.token
                at = last.at + 1
                retry = (last.token, at)
            } else {
                return false
            }
        }
        return tokens[token...].allSatisfy { $0 == .anyText }
    }

    /// Where the text goes on after this token took a byte or a character, or nil when it does not fit.
    private func step(_ token: Int, _ text: ArraySlice<UInt8>, _ at: Int) -> Int? {
        guard token < tokens.count else { return nil }
        switch tokens[token] {
        case .byte(let byte): return text[at] == byte ? at + 1 : nil
        case .anyText: return nil
        case .anyCharacter:
            guard !text[at].continuesCharacter else { return nil }
            var next = at + 1
            while next < text.endIndex, text[next].continuesCharacter { next += 1 }
            return next
        }
    }
}

extension UInt8 {
    /// Whether the byte is inside a UTF-8 character, not at its start.
    fileprivate var continuesCharacter: Bool { self & 0b1100_0000 == 0b1000_0000 }
}
