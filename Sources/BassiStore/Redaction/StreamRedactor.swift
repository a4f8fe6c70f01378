/// Redacts a text that comes in pieces: the pieces of what comes out join to the redaction of the whole, however the
/// text was cut.
///
/// Only an end that may be the beginning of a secret is held back; `finish` gives it out.
public struct StreamRedactor: Sendable {
    /// A private key that does not end is taken to be no longer than this.
    static let privateKeyBytesMax = 16_384

    private let patterns: SecretPatterns
    /// What was held back.
    private var held: [UInt8] = []
    /// The last bytes before `held`: whether a token begins a word depends on them.
    private var history: [UInt8] = []
    /// So many of the coming bytes belong to a secret whose marker is out already.
    private var covered = 0
    private var tail = Tail()
    /// So many bytes came since the last of a secret. What stands before those is no part of a word any more.
    private var plain = 0

    init(_ patterns: SecretPatterns) { self.patterns = patterns }

    /// Takes the next piece, and gives back what can leave.
    public mutating func push(_ text: String) -> String {
        if text.isEmpty { return "" }
        if held.isEmpty && covered == 0 && tail.kind == .none, isPlain(text) {
            history = Array((history + text.utf8.suffix(3)).suffix(3))
            plain += text.utf8.count
            return text
        }
        held.append(contentsOf: text.utf8)
        return release(isWhole: false)
    }

    /// Takes the end of the text, and gives back what was held.
    public mutating func finish() -> String {
        defer { self = StreamRedactor(patterns) }
        return held.isEmpty ? "" : release(isWhole: true)
    }

    /// Whether no secret can begin anywhere in the text: the usual case, without a copy.
    private func isPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { patterns.candidate(in: $0, from: 0) == $0.count }
    }

    private mutating func release(isWhole: Bool) -> String {
        let bytes = held
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count)
        let end = bytes.withUnsafeBufferPointer { scan($0, isWhole, &output) }
        history = Array((history + bytes[..<end].suffix(3)).suffix(3))
        held = Array(bytes[end...])
        return String(decoding: output, as: UTF8.self)
    }

    /// Decides byte by byte whether a secret begins there; gives back where that is not clear yet.
    private mutating func scan(_ text: UnsafeBufferPointer<UInt8>, _ isWhole: Bool, _ output: inout [UInt8]) -> Int {
        var index = 0
        while index < text.count {
            if covered == 0 && tail.kind == .none {
                let next = patterns.candidate(in: text, from: index)
                output.append(contentsOf: text[index..<next])
                plain += next - index
                index = next
                if index == text.count { break }
            }
            if covered == 0, tail.takes(text[index]) { covered = 1 }
            let match = patterns.match(text, at: index, isWhole: isWhole) { back in
                if back > plain { return nil }
                if index >= back { return text[index - back] }
                let place = history.count + index - back
                return place >= 0 ? history[place] : nil
            }
            switch match {
            case .undecided: return index
            case .found(let length, let name, let kind):
                if covered == 0 { output.append(contentsOf: "[redacted:\(name)]".utf8) }
                covered = max(covered, length)
                tail.begin(kind)
            case .none: if covered == 0 { output.append(text[index]) }
            }
            plain = covered == 0 ? plain + 1 : 0
            covered = max(0, covered - 1)
            index += 1
        }
        return index
    }
}

extension StreamRedactor {
    /// What still belongs to the secret that was found last.
    fileprivate struct Tail: Sendable {
        private(set) var kind = SecretPatterns.Tail.none
        private var dashes = 0
        private var rules = 0
        private var bytes = 0

        /// A private key goes on to its end, whatever is found within it.
        mutating func begin(_ kind: SecretPatterns.Tail) {
            guard kind != .none, self.kind != .privateKey else { return }
            self = Tail()
            self.kind = kind
        }

        /// Whether the byte belongs to the secret; the first that does not ends it.
        mutating func takes(_ byte: UInt8) -> Bool {
            let isTaken =
                switch kind {
                case .none: false
                case .token: TokenPattern.Characters.word.contains(byte)
                case .privateKey: takesOfKey(byte)
                }
            if !isTaken { kind = .none }
            return isTaken
        }

        /// Base64 and header lines, perhaps with escaped line ends, to the second row of five hyphens.
        private mutating func takesOfKey(_ byte: UInt8) -> Bool {
            bytes += 1
            if rules == 2 || bytes > StreamRedactor.privateKeyBytesMax { return false }
            dashes = byte == UInt8(ascii: "-") ? dashes + 1 : 0
            if dashes == 5 { (dashes, rules) = (0, rules + 1) }
            return TokenPattern.Characters.word.contains(byte) || " \r\n\t\\\"'+/=:,".utf8.contains(byte)
        }
    }
}
