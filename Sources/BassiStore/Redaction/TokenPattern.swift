/// A kind of token that its issuer made recognisable: a prefix, and at least so many characters of a set.
struct TokenPattern: Sendable {
    enum Characters: Sendable { case alphanumeric, capital, word }

    let prefix: [UInt8]
    let name: String
    let characters: Characters
    let lengthMin: Int
    /// Whether a letter before it makes it another word, as in `task-…` or in the middle of a hash.
    let beginsWord: Bool

    private init(
        _ prefix: String, _ name: String, _ characters: Characters, _ lengthMin: Int, beginsWord: Bool = false
    ) {
        self.prefix = Array(prefix.utf8)
        self.name = name
        self.characters = characters
        self.lengthMin = lengthMin
        self.beginsWord = beginsWord
    }

    static let privateKeyName = "private-key"
    private static let headerBytesMax = 48

    /// `sk-` alone wants its length without a hyphen, so that `sk-learn-and-more-words` is no key.
    static let known: [TokenPattern] =
        [
            TokenPattern("sk-ant-", "anthropic-key", .word, 20),
            TokenPattern("sk-proj-", "openai-key", .word, 20, beginsWord: true),
            TokenPattern("sk-svcacct-", "openai-key", .word, 20, beginsWord: true),
            TokenPattern("sk-admin-", "openai-key", .word, 20, beginsWord: true),
            TokenPattern("sk-or-v1-", "openrouter-key", .word, 20, beginsWord: true),
            TokenPattern("sk-", "api-key", .alphanumeric, 20, beginsWord: true),
            TokenPattern("github_pat_", "github-token", .word, 22),
            TokenPattern("AKIA", "aws-key-id", .capital, 16, beginsWord: true),
            TokenPattern("ASIA", "aws-key-id", .capital, 16, beginsWord: true),
            TokenPattern("AIza", "google-key", .word, 35, beginsWord: true),
            TokenPattern("glpat-", "gitlab-token", .word, 20),
            TokenPattern("-----BEGIN ", privateKeyName, .capital, 0),
        ] + ["ghp_", "gho_", "ghs_", "ghu_", "ghr_"].map { TokenPattern($0, "github-token", .alphanumeric, 30) }
        + ["xoxb-", "xoxp-", "xoxa-", "xoxr-"].map { TokenPattern($0, "slack-token", .word, 20) }

    func match(
        _ text: UnsafeBufferPointer<UInt8>, at index: Int, before: (Int) -> UInt8?
    ) -> SecretPatterns.Match {
        let common = prefix.commonLength(with: text, at: index)
        guard common == prefix.count else { return index + common == text.count ? .undecided : .none }
        if beginsWord && continuesWord(before) { return .none }
        if name == Self.privateKeyName { return header(text, at: index) }
        var end = index + common
        let wanted = end + lengthMin
        while end < wanted {
            guard end < text.count else { return .undecided }
            guard characters.contains(text[end]) else { return .none }
            end += 1
        }
        return .found(length: wanted - index, name: name, tail: .token)
    }

    /// An escape that ends in a letter (`\n`, `%3D`) is no word.
    private func continuesWord(_ before: (Int) -> UInt8?) -> Bool {
        guard let last = before(1), Characters.alphanumeric.contains(last) else { return false }
        return before(2) != UInt8(ascii: "\\") && before(3) != UInt8(ascii: "%")
    }

    /// `-----BEGIN … PRIVATE KEY-----`, or `… PRIVATE KEY BLOCK-----`.
    private func header(_ text: UnsafeBufferPointer<UInt8>, at index: Int) -> SecretPatterns.Match {
        let start = index + prefix.count
        var end = start
        while end < text.count, end - start < Self.headerBytesMax,
            Characters.capital.contains(text[end]) || text[end] == 0x20
        {
            end += 1
        }
        let dashes = Array("-----".utf8)
        let common = dashes.commonLength(with: text, at: end)
        guard common == dashes.count else { return end + common == text.count ? .undecided : .none }
        let title = String(decoding: text[start..<end], as: UTF8.self)
        guard title.hasSuffix("PRIVATE KEY") || title.hasSuffix("PRIVATE KEY BLOCK") else { return .none }
        return .found(length: end + common - index, name: name, tail: .privateKey)
    }
}

extension TokenPattern.Characters {
    func contains(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "a")...UInt8(ascii: "z"): self != .capital
        case UInt8(ascii: "-"), UInt8(ascii: "_"): self == .word
        default: false
        }
    }
}
