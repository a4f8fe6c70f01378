/// How far something can be what a rule means.
enum Likeness: Int, Sendable, Comparable {
    /// It cannot.
    case none
    /// Nobody can tell before it runs.
    case possible
    /// It can, and says enough to be meant so.
    case aimed

    static func < (one: Likeness, other: Likeness) -> Bool { one.rawValue < other.rawValue }
}

extension Glob {
    /// How far a name of this shape can be one that matches.
    ///
    /// `*` and `???` say nothing: what they become is for the folder to say. `.e*` says enough to be `.env`.
    func likeness(to name: WordShape) -> Likeness {
        if let literal = name.literal { return matches(literal[...]) ? .aimed : .none }
        guard meets(name.pieces) else { return .none }
        if name.isUnknown { return .possible }
        return isLiteral && name.saysSomething || agrees(with: name.pieces) ? .aimed : .possible
    }

    /// Whether both begin with known bytes, or both end with some; that these are the same is known by then.
    private func agrees(with pieces: [WordShape.Piece]) -> Bool {
        func isKnown(_ token: Token?) -> Bool { if case .byte? = token { true } else { false } }
        func isKnown(_ piece: WordShape.Piece?) -> Bool { if case .byte? = piece { true } else { false } }
        return isKnown(tokens.first) && isKnown(pieces.first) || isKnown(tokens.last) && isKnown(pieces.last)
    }

    /// Whether some name has the shape and matches. Time grows with one times the other.
    private func meets(_ pieces: [WordShape.Piece]) -> Bool {
        // A wildcard at the beginning of a name takes no dot.
        if case .byte(UInt8(ascii: "."))? = tokens.first, pieces.first?.isWildcard ?? true { return false }
        // reached[i]: the tokens so far can take the first i pieces.
        var reached = [Bool](repeating: false, count: pieces.count + 1)
        reached[0] = true
        Self.skip(pieces, &reached)
        for token in tokens {
            var next = token == .anyText ? reached : [Bool](repeating: false, count: pieces.count + 1)
            for index in pieces.indices where reached[index] || token == .anyText && next[index] {
                if token == .anyText {
                    next[index + 1] = true
                } else if Self.fits(pieces[index], token) {
                    // A gap can go on behind the byte that it has taken, and so can a character of several.
                    if pieces[index].isLong || token.isPartOfCharacter { next[index] = true }
                    next[index + 1] = true
                }
            }
            if token == .anyCharacter { Self.skip(pieces, &next, where: \.continuesCharacter) }
            Self.skip(pieces, &next)
            reached = next
        }
        return reached[pieces.count]
    }

    /// What can be empty is passed by.
    private static func skip(
        _ pieces: [WordShape.Piece], _ reached: inout [Bool], where isPassed: (WordShape.Piece) -> Bool = \.isLong
    ) {
        for index in pieces.indices where reached[index] && isPassed(pieces[index]) { reached[index + 1] = true }
    }

    /// Whether the piece can be what the token takes.
    private static func fits(_ piece: WordShape.Piece, _ token: Token) -> Bool {
        switch (piece, token) {
        case (.byte(let byte), .byte(let other)): byte == other
        case (.oneOf(let bytes), .byte(let byte)): bytes.contains(byte)
        case (.anyCharacter, _), (.anyText, _), (.unknown, _), (_, .anyCharacter), (_, .anyText): true
        }
    }
}

extension WordShape.Piece {
    /// Whether it stands for any number of bytes.
    fileprivate var isLong: Bool { self == .anyText || self == .unknown }

    /// Whether it is a byte inside of a character.
    fileprivate var continuesCharacter: Bool { if case .byte(0x80..<0xC0) = self { true } else { false } }

    /// Whether the names of files take its place.
    fileprivate var isWildcard: Bool {
        switch self {
        case .oneOf, .anyCharacter, .anyText: true
        case .byte, .unknown: false
        }
    }
}

extension Glob.Token {
    /// Whether it is a byte of a character that has several.
    fileprivate var isPartOfCharacter: Bool { if case .byte(0x80...) = self { true } else { false } }
}
