import Foundation

extension AbsolutePath {
    /// The path in the spelling that stands for all that some file system takes for the same.
    var foldingCase: AbsolutePath { AbsolutePath(components.map(\.foldingCase)) }
}

extension AbsolutePath.Component {
    /// A name as the most forgiving file system reads it: `.GIT` is `.git` where case does not matter, and so is a name
    /// with a Kelvin sign for a K, with a long s, or with characters in it that nobody sees and HFS+ does not either.
    ///
    /// Names that are not the same anywhere may become one here; then a call is asked or denied that need not be.
    var foldingCase: AbsolutePath.Component {
        if allSatisfy({ $0 < 0x80 }) { return foldingCaseOfLetters }
        let name = String(decoding: self, as: UTF8.self)
        let seen = String(String.UnicodeScalarView(name.unicodeScalars.filter { !$0.isIgnoredInNames }))
        // Up, then down: some letters have a small form that is not their own. An accent can be a character of its own.
        return Array(seen.uppercased().lowercased().precomposedStringWithCanonicalMapping.utf8)
    }
}

extension Unicode.Scalar {
    /// Whether HFS+ leaves it out when it compares names.
    fileprivate var isIgnoredInNames: Bool {
        switch value {
        case 0x200C...0x200F, 0x202A...0x202E, 0x206A...0x206F, 0xFEFF: true
        default: false
        }
    }
}

extension Glob {
    /// The same for names in this spelling.
    var foldingCase: Glob {
        var folded: [Token] = []
        var known: AbsolutePath.Component = []
        func flush() {
            folded += known.foldingCase.map { .byte($0) }
            known = []
        }
        for token in tokens {
            if case .byte(let byte) = token {
                known.append(byte)
            } else {
                flush()
                folded.append(token)
            }
        }
        flush()
        return Glob(tokens: folded)
    }
}

extension WordShape {
    /// The shape of the same names in this spelling; of letters beyond ASCII only where it is known as a whole.
    var foldingCase: WordShape {
        if let literal { return WordShape(literal.foldingCase.map { .byte($0) }) }
        return WordShape(
            pieces.map { piece in
                switch piece {
                case .byte(let byte): .byte([byte].foldingCaseOfLetters[0])
                // Of `[!e]`, which is nearly all, the capital letter is not meant.
                case .oneOf(let bytes) where bytes.count < 128: .oneOf(Set(Array(bytes).foldingCaseOfLetters))
                case .oneOf, .anyCharacter, .anyText, .unknown: piece
                }
            })
    }
}

extension PathPattern {
    /// The same for paths in this spelling.
    var foldingCase: PathPattern {
        var copy = self
        copy.prefix = prefix.map(\.foldingCase)
        copy.rest = rest.map { part in
            if case .name(let glob) = part { .name(glob.foldingCase) } else { part }
        }
        return copy
    }
}

extension PossiblePath {
    /// The path in this spelling.
    var foldingCase: PossiblePath {
        var copy = self
        copy.names = names.map(\.foldingCase)
        copy.last = last.foldingCase
        return copy
    }
}

extension [UInt8] {
    /// With small letters for capital ones of ASCII.
    var foldingCaseOfLetters: [UInt8] { map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 } }
}
