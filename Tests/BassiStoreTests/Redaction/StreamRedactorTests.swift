import BassiStore
import BassiTesting
import Testing

@Suite struct StreamRedactorTests {
    static let values = ["p@ss w/rd\"é", "aaaaaaaabaaaa", "multi\nline-value", "👩‍👩‍👧-family"]
    static let redactor = Redactor(secrets: values.enumerated().map { ("V\($0)", $1) })

    private func stream(_ pieces: [String]) -> String {
        var stream = Self.redactor.makeStream()
        let output = pieces.reduce(into: "") { $0 += stream.push($1) }
        return output + stream.finish()
    }

    /// Pieces are cut between scalars: a grapheme may well be torn.
    private func pieces(_ text: String, at cuts: [Int]) -> [String] {
        let scalars = Array(text.unicodeScalars)
        return zip([0] + cuts, cuts + [scalars.count]).map { start, end in
            String(String.UnicodeScalarView(scalars[start..<end]))
        }
    }

    @Test(arguments: values + RedactorTests.tokens.map(\.secret))
    func `a secret cut in one or two places, or into single characters, never leaves`(secret: String) {
        let text = "é\(secret)! sk-learn"
        let whole = Self.redactor.redact(text)
        #expect(!whole.contains(secret.dropFirst(5).dropLast(5)))
        let count = text.unicodeScalars.count
        for first in 0...count {
            #expect(stream(pieces(text, at: [first])) == whole)
            for second in first...count where (second - first) % 3 == 1 {
                #expect(stream(pieces(text, at: [first, second])) == whole)
            }
        }
        #expect(stream(text.unicodeScalars.map { String($0) }) == whole)
    }

    @Test func `however a text is cut, what comes out is the redaction of the whole and holds no planted secret`()
        async throws
    {
        let planted = Self.values + RedactorTests.tokens.map(\.secret)
        let words =
            planted + planted.map { String($0.prefix($0.count / 2)) } + planted.map { String($0.dropFirst(3)) } + [
                " ", "\n", "sk-", "gh", "-----", "aaaa", "é", "a", "=", "task-", "%3D", "\\n", "END PRIVATE KEY-----",
            ]
        try await Property("redaction of a stream", seed: 11, lists: 600, operationsMax: 12).check { random in
            (word: words.randomElement(using: &random) ?? "", seed: random.next())
        } holds: { operations in
            let text = operations.map(\.word).joined()
            var random = SplitMix64(seed: operations.reduce(0) { $0 ^ $1.seed })
            let whole = Self.redactor.redact(text)
            for _ in 0..<4 {
                let count = text.unicodeScalars.count
                let cuts = (0..<Int.random(in: 0...9, using: &random)).map { _ in
                    Int.random(in: 0...count, using: &random)
                }
                let output = stream(pieces(text, at: cuts.sorted()))
                guard output.utf8.elementsEqual(whole.utf8) else {
                    throw ConformanceFailure("\(output.debugDescription), not \(whole.debugDescription)")
                }
            }
            for value in Self.values where whole.contains(value) { throw ConformanceFailure("'\(value)' survives") }
            let again = Self.redactor.redact(whole)
            guard again == whole else { throw ConformanceFailure("a second redaction finds more: \(again)") }
        }
    }

    @Test func `only an end that could begin a secret is held back`() {
        var stream = Redactor(secrets: [("V", "multiplexing")]).makeStream()
        for (piece, output) in [
            ("hello ", "hello "), ("desk", "de"), (" ", "sk "), ("sk-", ""), ("learn", ""), ("-", "sk-learn"),
            ("ok ", "-ok "), ("multi", ""), ("ply ", "multiply "), ("multiplexin", ""), ("g!", "[redacted:V]!"),
        ] {
            #expect(stream.push(piece) == output, "after \(piece.debugDescription)")
        }
        #expect(stream.finish() == "")
    }

    @Test func `a token's marker leaves as soon as it is long enough, and the rest never does`() {
        var stream = Self.redactor.makeStream()
        #expect(stream.push("key sk-ant-") == "key ")
        #expect(stream.push("abcdefghijklmnopqrs") == "")
        #expect(stream.push("t") == "[redacted:anthropic-key]")
        #expect(stream.push("uvwxyz") == "")
        #expect(stream.push(".") == ".")
    }

    @Test func `a stream begins afresh after its end`() {
        var stream = Self.redactor.makeStream()
        #expect(stream.push("sk-ant-abc") == "")
        #expect(stream.finish() == "sk-ant-abc")
        #expect(stream.push("defghijklmnopqrstuvwxyz.") == "defghijklmnopqrstuvwxyz.")
    }
}
