import BassiTesting

/// Texts that are no scripts, or nearly: what a parser must say "not understood" to, and at once.
struct Mutations {
    private var random: SplitMix64
    private var hidden: HiddenCommands
    private static let pieces = [
        "$(", "${", "`", "\"", "'", "$((", "))", ")", "}", "<<E\n", "<<'E'\n", "E\n", "\\", "\n", ";", "&", "|", "[[",
        "]]", "{", "(",
        "if ", "then ", "fi ", "case x in ", "a) ", ";;", "esac", "do ", "done", "for i in ", "$'", "<(", ">", "2>&1",
        "#", " ", "a", "é",
        "=", "a[", "\u{0}", "{a,b}", "*", "~", "!", "xargs ", "bash -c ", "eval ", "find -exec ",
    ]

    init(seed: UInt64) {
        random = SplitMix64(seed: seed)
        hidden = HiddenCommands(seed: seed)
    }

    /// The next text.
    mutating func next() -> String {
        switch Int.random(in: 0..<4, using: &random) {
        case 0:
            let bytes = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            return String(decoding: bytes, as: UTF8.self)
        case 1: return pieces(Int.random(in: 1...60, using: &random))
        case 2:
            let piece = Self.pieces.randomElement(using: &random) ?? "("
            return String(repeating: piece, count: Int.random(in: 1...400, using: &random))
        default:
            var bytes = Array(hidden.next().utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
                let index = Int.random(in: 0..<bytes.count, using: &random)
                bytes[index] = UInt8.random(in: 0...127, using: &random)
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    private mutating func pieces(_ count: Int) -> String {
        (0..<count).map { _ in Self.pieces.randomElement(using: &random) ?? "" }.joined()
    }
}
