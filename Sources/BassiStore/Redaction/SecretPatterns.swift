/// What is looked for, in tables by first byte and by the first two, so that nearly every byte costs one look-up.
final class SecretPatterns: Sendable {
    /// Some exact bytes, and the name that takes their place.
    struct Literal: Sendable {
        let bytes: [UInt8]
        let name: String
    }

    /// What may follow a match and still belongs to the secret.
    enum Tail: Sendable { case none, token, privateKey }

    enum Match {
        case none
        /// The text ends before it is clear.
        case undecided
        case found(length: Int, name: String, tail: Tail)
    }

    private let literals: [[Literal]]
    private let tokens: [[TokenPattern]]
    private let starts: [Bool]
    private let pairs: [Bool]

    init(_ secrets: [(name: String, value: String)]) {
        var literals: [[Literal]] = Array(repeating: [], count: 256)
        var tokens: [[TokenPattern]] = Array(repeating: [], count: 256)
        var starts = Array(repeating: false, count: 256)
        var pairs = Array(repeating: false, count: 65_536)
        func enter(_ bytes: [UInt8]) {
            starts[Int(bytes[0])] = true
            pairs[Int(bytes[0]) << 8 | Int(bytes[1])] = true
        }
        for secret in secrets {
            for form in SecretForms.all(of: secret.value) {
                literals[Int(form[0])].append(Literal(bytes: form, name: secret.name))
                enter(form)
            }
        }
        for token in TokenPattern.known {
            tokens[Int(token.prefix[0])].append(token)
            enter(token.prefix)
        }
        (self.literals, self.tokens, self.starts, self.pairs) = (literals, tokens, starts, pairs)
    }

    /// The first place from `index` where a secret may begin.
    func candidate(in text: UnsafeBufferPointer<UInt8>, from index: Int) -> Int {
        starts.withUnsafeBufferPointer { starts in
            pairs.withUnsafeBufferPointer { pairs in
                var index = index
                while index < text.count {
                    let byte = Int(text[index])
                    if starts[byte], index + 1 == text.count || pairs[byte << 8 | Int(text[index + 1])] { break }
                    index += 1
                }
                return index
            }
        }
    }

    /// The longest secret at `index`. `before` gives the byte so many places before it; `isWhole` says that nothing
    /// follows the text.
    func match(
        _ text: UnsafeBufferPointer<UInt8>, at index: Int, isWhole: Bool, before: (Int) -> UInt8?
    ) -> Match {
        var best = Match.none
        var longest = 0
        for literal in literals[Int(text[index])] {
            let length = literal.bytes.commonLength(with: text, at: index)
            if length == literal.bytes.count {
                if length > longest {
                    (longest, best) = (length, .found(length: length, name: literal.name, tail: .none))
                }
            } else if index + length == text.count, !isWhole {
                return .undecided
            }
        }
        for token in tokens[Int(text[index])] {
            switch token.match(text, at: index, before: before) {
            case .none: continue
            case .undecided: if !isWhole { return .undecided }
            case .found(let length, let name, let tail):
                let name = if case .found(_, let first, _) = best { first } else { name }
                best = .found(length: max(longest, length), name: name, tail: tail)
                longest = max(longest, length)
            }
        }
        return best
    }
}

extension [UInt8] {
    /// How many of these bytes stand in the text at `index`, from the first on.
    func commonLength(with text: UnsafeBufferPointer<UInt8>, at index: Int) -> Int {
        let end = Swift.min(count, text.count - index)
        var length = 0
        while length < end, self[length] == text[index + length] { length += 1 }
        return length
    }
}
