/// A word of a shell script: what is known of it before it runs, and what is not.
public struct ShellWord: Sendable, Equatable {
    /// A stretch of the word.
    enum Part: Sendable, Equatable {
        /// Text that stays as it is, its quotes removed.
        case text([UInt8])
        /// An unquoted `*`, `?` or `[`: the names of files may take its place.
        case glob(UInt8)
        /// An unquoted `~` that may become a home folder.
        case tilde
        /// An unquoted `{`, `,` or `}` of a word that braces make several of.
        case brace(UInt8)
        /// A variable, a substitution or arithmetic. Without quotes it can become several words, or none.
        case expansion(variable: [UInt8]?, splits: Bool)
    }

    let parts: [Part]
    /// Whether braces make several words of it: `{a,b}`.
    let hasBraces: Bool
    /// Whether any of it was quoted.
    let isQuoted: Bool

    init(_ parts: [Part], hasBraces: Bool = false, isQuoted: Bool = false) {
        self.parts = parts
        self.hasBraces = hasBraces
        self.isQuoted = isQuoted
    }

    /// A word that is known as it is.
    init(literal bytes: [UInt8]) { self.init([.text(bytes)]) }

    /// A word that only the run can tell, and that can be several.
    static let unknown = ShellWord([.expansion(variable: nil, splits: true)])

    /// The word, when it is known; nil when something can still take the place of a part of it.
    var literal: [UInt8]? {
        guard !hasBraces else { return nil }
        switch parts.count {
        case 0: return []
        case 1:
            if case .text(let bytes) = parts[0] { return bytes }
            // `[` alone is the name of a command.
            return parts[0] == .glob(UInt8(ascii: "[")) ? [UInt8(ascii: "[")] : nil
        default: return nil
        }
    }

    /// The word, when it is known, as text.
    public var text: String? { literal.map { String(decoding: $0, as: UTF8.self) } }

    /// Whether wildcards and braces make names of it, and nothing else does: no variable and no home folder is in it.
    var isPattern: Bool {
        literal == nil
            && parts.allSatisfy {
                switch $0 {
                case .text, .glob, .brace: true
                case .tilde, .expansion: false
                }
            }
    }

    /// Whether it stays one word: no part can split it, or be several files.
    var staysOne: Bool {
        !hasBraces
            && parts.allSatisfy {
                switch $0 {
                case .text, .tilde, .brace: true
                case .expansion(_, let splits): !splits
                case .glob: false
                }
            }
    }

    /// The path that the word names, for ``PathResolver``: a quoted `~` is a file of that name.
    var path: String? {
        if let literal {
            let text = String(decoding: literal, as: UTF8.self)
            return literal.first == UInt8(ascii: "~") ? "./" + text : text
        }
        guard !hasBraces, parts.first == .tilde else { return nil }
        guard parts.count > 1 else { return "~" }
        guard parts.count == 2, case .text(let rest) = parts[1] else { return nil }
        return "~" + String(decoding: rest, as: UTF8.self)
    }

    /// All that is known of the word, with what is not known left out.
    var knownBytes: [UInt8] {
        parts.reduce(into: []) { bytes, part in
            switch part {
            case .text(let text): bytes += text
            case .glob(let byte), .brace(let byte): bytes.append(byte)
            case .tilde: bytes.append(UInt8(ascii: "~"))
            case .expansion: break
            }
        }
    }

    /// The word for a person: as it is known, with `…` for what is not.
    var shown: String {
        let text = parts.map { part in
            switch part {
            case .text(let text): String(decoding: text, as: UTF8.self)
            case .glob(let byte), .brace(let byte): String(UnicodeScalar(byte))
            case .tilde: "~"
            case .expansion(let name, _): name.map { "$" + String(decoding: $0, as: UTF8.self) } ?? "$…"
            }
        }.joined()
        return text.isEmpty || text.utf8.contains { $0 <= UInt8(ascii: " ") } ? "'\(text)'" : text
    }
}

/// Puts a word together byte by byte.
struct ShellWordBuilder {
    private var parts: [ShellWord.Part] = []
    private var text: [UInt8] = []
    private var hasText = false
    private var isQuoted = false
    /// How far an unquoted `{ , }` has come: 0, open 1, with a comma or dots 2, closed 3.
    private var braces = 0
    private var lastWasDot = false
    private var hasBraceParts = false

    mutating func add(_ byte: UInt8) {
        text.append(byte)
        hasText = true
        if byte == UInt8(ascii: "."), lastWasDot, braces == 1 { braces = 2 }
        lastWasDot = byte == UInt8(ascii: ".")
    }

    mutating func add(quoted bytes: some Sequence<UInt8>) {
        text += bytes
        hasText = true
        isQuoted = true
    }

    mutating func markQuoted() {
        hasText = true
        isQuoted = true
    }

    mutating func add(_ part: ShellWord.Part) {
        flush()
        parts.append(part)
    }

    /// An unquoted brace or comma.
    mutating func add(brace byte: UInt8) {
        switch byte {
        case UInt8(ascii: "{"): if braces == 0 { braces = 1 }
        case UInt8(ascii: ","): if braces == 1 { braces = 2 }
        default: if braces == 2 { braces = 3 }
        }
        lastWasDot = false
        hasBraceParts = true
        add(.brace(byte))
        hasText = true
    }

    /// Whether an unquoted `~` here begins a home folder.
    var mayBeginHome: Bool {
        if parts.isEmpty, !hasText { return true }
        return text.last == UInt8(ascii: "=") || text.last == UInt8(ascii: ":")
    }

    private mutating func flush() {
        guard !text.isEmpty else { return }
        parts.append(.text(text))
        // The part has the storage now: to keep its capacity would be to copy it.
        text = []
    }

    mutating func finish() -> ShellWord {
        let isEmpty = parts.isEmpty && text.isEmpty
        flush()
        if hasBraceParts, braces != 3 { joinBraces() }
        return ShellWord(isEmpty ? [.text([])] : parts, hasBraces: braces == 3, isQuoted: isQuoted)
    }

    /// Braces that make nothing of the word are text like the rest.
    private mutating func joinBraces() {
        var joined: [ShellWord.Part] = []
        for part in parts {
            switch (joined.last, part) {
            case (.text(let before)?, .text(let more)): joined[joined.count - 1] = .text(before + more)
            case (.text(let before)?, .brace(let byte)): joined[joined.count - 1] = .text(before + [byte])
            case (_, .brace(let byte)): joined.append(.text([byte]))
            default: joined.append(part)
            }
        }
        parts = joined
    }
}
