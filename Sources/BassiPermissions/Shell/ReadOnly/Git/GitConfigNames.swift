/// The names that a file of git's settings sets, without their values and without the names of branches and remotes,
/// which people choose.
///
/// What git takes for the rest of a value in a second line is taken for a name here: one name too many makes a
/// question, one too few would let a program run.
struct GitConfigNames {
    /// Sections and keys, in small letters.
    private(set) var names: Set<String> = []

    init(_ bytes: [UInt8]) {
        for line in bytes.split(whereSeparator: { $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") || $0 == 0 }) {
            take(line)
        }
    }

    /// `[section "name"] key = value`: several sections, and a key behind them, can be in one line.
    private mutating func take(_ line: ArraySlice<UInt8>) {
        var rest = Self.trimmed(line)
        while rest.first == UInt8(ascii: "[") {
            rest = rest.dropFirst()
            let section = rest.prefix { $0 != UInt8(ascii: "]") && $0 != UInt8(ascii: "\"") && !Self.isBlank($0) }
            // The old form [section.name] has the name in it, which is one name too many at most.
            add(section)
            rest = Self.trimmed(Self.afterHeader(rest.dropFirst(section.count)))
        }
        add(rest.prefix { $0 != UInt8(ascii: "=") && !Self.isBlank($0) })
    }

    private mutating func add(_ name: ArraySlice<UInt8>) {
        guard !name.isEmpty else { return }
        names.insert(String(decoding: name, as: UTF8.self).lowercased())
    }

    /// What follows the bracket that closes a header; a name in quotes can hold one.
    private static func afterHeader(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var isQuoted = false
        var isEscaped = false
        for (index, byte) in zip(text.indices, text) {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\") where isQuoted: isEscaped = true
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: "]") where !isQuoted: return text[(index + 1)...]
            default: break
            }
        }
        return []
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || (9...13).contains(byte) }

    private static func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> { text.drop(while: isBlank) }
}
