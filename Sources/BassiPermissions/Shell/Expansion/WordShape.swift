/// What a word, or one component of a path, can become when it runs: known bytes with gaps between them.
struct WordShape: Sendable, Equatable {
    /// A known byte, or a gap.
    enum Piece: Sendable, Equatable {
        case byte(UInt8)
        /// One of these bytes: `[a-f]`.
        case oneOf(Set<UInt8>)
        /// One character: `?`.
        case anyCharacter
        /// Any text without a slash: `*`.
        case anyText
        /// Whatever it is, slashes too: a variable, a substitution.
        case unknown
    }

    var pieces: [Piece]

    init(_ pieces: [Piece]) { self.pieces = pieces }

    /// Whether a part of it is known only when it runs.
    var isUnknown: Bool { pieces.contains(.unknown) }

    /// The bytes, when there is no gap.
    var literal: [UInt8]? {
        var bytes: [UInt8] = []
        for piece in pieces {
            guard case .byte(let byte) = piece else { return nil }
            bytes.append(byte)
        }
        return bytes
    }

    /// Whether any byte of it is known.
    var saysSomething: Bool { pieces.contains { if case .byte = $0 { true } else { false } } }

    /// The shapes between its slashes.
    var components: [WordShape] {
        pieces.split(separator: .byte(UInt8(ascii: "/"))).map { WordShape(Array($0)) }
    }

    /// What it says behind its last slash: of `$x/a` the `a`, of `a/$x` what is not known.
    var lastComponent: WordShape {
        let slash = pieces.lastIndex(of: .byte(UInt8(ascii: "/")))
        return WordShape(Array(pieces[(slash.map { $0 + 1 } ?? 0)...]))
    }

    /// Whether it is a path from the root.
    var beginsWithSlash: Bool { pieces.first == .byte(UInt8(ascii: "/")) }

    /// The parts of it that can be a path as well: `x` in `--of=x`, `@x` and `-fx`.
    var parts: [WordShape] {
        let marks = Set("=:,@".utf8.map { Piece.byte($0) })
        var found: [WordShape] = []
        for part in pieces.split(whereSeparator: marks.contains) {
            if part.count < pieces.count { found.append(WordShape(Array(part))) }
            guard part.first == .byte(UInt8(ascii: "-")), part.count > 1, part.dropFirst().first != part.first else {
                continue
            }
            found += [WordShape(Array(part.dropFirst())), WordShape(Array(part.dropFirst(2)))]
        }
        return found
    }
}

extension WordShape.Piece: Hashable {}

extension WordShape {
    /// What of a word is plain, and what stands for something: before the brackets of `[a-f]` are read.
    enum Atom: Sendable, Equatable {
        case byte(UInt8)
        /// `*`, `?` or `[`, which stand for parts of names.
        case wildcard(UInt8)
        case unknown
    }

    /// Reads the wildcards.
    ///
    /// - Parameter isPlain: Nothing was quoted and no variable stands in it, so that brackets are as they are written.
    init(_ atoms: [Atom], isPlain: Bool) {
        var pieces: [Piece] = []
        var at = 0
        while at < atoms.count {
            switch atoms[at] {
            case .byte(let byte): pieces.append(.byte(byte))
            case .unknown: if pieces.last != .unknown { pieces.append(.unknown) }
            case .wildcard(UInt8(ascii: "?")): pieces.append(.anyCharacter)
            case .wildcard(UInt8(ascii: "[")):
                let choice = Bracket(atoms[at...], isPlain: isPlain)
                pieces.append(choice.piece)
                at += choice.count
                continue
            // Two in a row say the same as one and would only cost time.
            case .wildcard: if pieces.last != .anyText { pieces.append(.anyText) }
            }
            at += 1
        }
        self.pieces = pieces
    }

    /// `[abc]`, `[a-f]` or `[!a]`: one of some characters. Generously: what it may take in doubt, it takes.
    private struct Bracket {
        var piece = Piece.byte(UInt8(ascii: "["))
        /// How many atoms it has.
        var count = 1

        init(_ atoms: ArraySlice<Atom>, isPlain: Bool) {
            let component = atoms.prefix { $0 != .byte(UInt8(ascii: "/")) }
            guard isPlain else {
                // A quoted `]` closes nothing, and what a variable holds may: the rest of the name is not known.
                let rest = component.dropFirst()
                if rest.contains(where: { $0 == .byte(UInt8(ascii: "]")) || $0 == .unknown }) {
                    (piece, count) = (rest.contains(.unknown) ? .unknown : .anyText, component.count)
                }
                return
            }
            var bytes = component.dropFirst().map { atom -> UInt8? in
                switch atom {
                case .byte(let byte), .wildcard(let byte): byte
                case .unknown: nil
                }
            }[...]
            let isNegated = bytes.first == UInt8(ascii: "!") || bytes.first == UInt8(ascii: "^")
            if isNegated { bytes.removeFirst() }
            // A `]` at the first place is one of the characters.
            guard let end = bytes.dropFirst().firstIndex(of: UInt8(ascii: "]")) else { return }
            let inner = bytes[..<end].compactMap { $0 }
            // A class has brackets of its own.
            guard !inner.contains(UInt8(ascii: "[")) else {
                (piece, count) = (.anyText, component.count)
                return
            }
            count = inner.count + 2 + (isNegated ? 1 : 0)
            piece = Self.choice(inner, isNegated: isNegated)
        }

        private static func choice(_ inner: [UInt8], isNegated: Bool) -> Piece {
            // Characters of several bytes.
            guard inner.allSatisfy({ $0 < 0x80 }) else { return .anyCharacter }
            var (single, ranges) = (Set<UInt8>(), Set<UInt8>())
            var at = 0
            while at < inner.count {
                guard at + 2 < inner.count, inner[at + 1] == UInt8(ascii: "-") else {
                    single.insert(inner[at])
                    at += 1
                    continue
                }
                // Which letters lie between two depends on the language that is set; capital ones may.
                if inner[at] <= inner[at + 2] { ranges.formUnion(inner[at]...inner[at + 2]) }
                ranges.formUnion(ranges.filter(\.isLetter).map { $0 ^ 0x20 })
                at += 3
            }
            guard isNegated else { return .oneOf(single.union(ranges)) }
            return single.isEmpty ? .anyCharacter : .oneOf(Set((1...UInt8.max).filter { !single.contains($0) }))
        }
    }
}

extension UInt8 {
    fileprivate var isLetter: Bool { isNameStart && self != UInt8(ascii: "_") }
}
