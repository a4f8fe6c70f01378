import BassiTesting
import Testing

@testable import BassiWorkspace

/// The front matter of Markdown files, as tolerant as what people write.
@Suite struct FrontMatterTests {
    private func text(_ matter: FrontMatter, _ name: String) -> String? {
        matter.members.first { $0.name == name }.flatMap { try? $0.value.string() }
    }

    @Test(arguments: [
        ("---\nname: a\n---\nDo it.", "a", "Do it."), ("\u{FEFF}---\nname: a\n---\nDo it.", "a", "Do it."),
        ("---\r\nname: a\r\n---\r\nDo it.\r\nNow.\r\n", "a", "Do it.\nNow.\n"), ("--- \nname: a\n---\t\nDo", "a", "Do"),
        ("---\n---\nDo it.", nil, "Do it."), ("---\n\n# only words\n---\nDo it.", nil, "Do it."),
        ("Do it.", nil, "Do it."),
        ("", nil, ""), ("\nname: a\n---\n", nil, "\nname: a\n---\n"), ("---\nname: 7\n---\nDo", "7", "Do"),
        ("---\nname: yes\n---", "yes", ""), ("---\nname: 'a'\n---\n\n---\nDo", "a", "\n---\nDo"),
        ("---\n\"name\": \"a\\tb\"\n---\n", "a\tb", ""), ("---\nNAME: a # why\n---\n", "a", ""),
    ]) func `what stands between the lines is said, and what stands behind them is the body`(
        _ file: String, _ name: String?, _ body: String
    ) {
        let matter = FrontMatter(file, path: "a.md")
        #expect(matter.problem == nil && matter.body == body)
        #expect(text(matter, "name") == name)
    }

    @Test(arguments: [
        ("description: Use it when: there is code", "Use it when: there is code"),
        ("description: Use it\n  when: there is\n  code", "Use it when: there is code"),
        ("description: *every* word", "*every* word"), ("description: R &D, @home, 100% `x`", "R &D, @home, 100% `x`"),
        ("description: &a b", "&a b"), ("description: a: b # why", "a: b"), ("description: - a", "- a"),
        ("description: \\n says: \"x\" 'y'", "\\n says: \"x\" 'y'"), ("description: é: 😀", "é: 😀"),
        ("disallowed-tools: x\ndescription: a: b", "a: b"), ("other: [a, b]\ndescription: a: b", "a: b"),
        ("other:\n  - a\n  - b\ndescription: a: b", "a: b"), ("other: >\n  a\n  b\ndescription: a: b", "a: b"),
    ]) func `a text that is no YAML is taken as it stands`(_ lines: String, _ description: String) {
        let matter = FrontMatter("---\n\(lines)\n---\nDo it.", path: "a.md")
        #expect(matter.problem == nil)
        #expect(text(matter, "description") == description)
    }

    @Test(arguments: ["maxTurns", "max-turns", "max_turns", "MaxTurns", "MAX_TURNS", "maxturns"])
    func `a name is written in every way`(_ name: String) throws {
        let matter = FrontMatter("---\n\(name): 5\n---\nDo it.", path: "a.md")
        let member = try #require(matter.members.first)
        #expect(member.name == "maxturns")
        #expect(member.value.key == name)
        #expect(try member.value.positiveInt() == 5)
    }

    @Test(arguments: [
        ("---\nname: [\n---\nDo", "a.md:3: this is not YAML"), ("---\na: 1\nname: 'b\n---\nDo", "a.md:"),
        ("---\nname: a\nname: b\n---\nDo", "a.md:2: a key stands twice in one mapping: name"),
        ("---\n- a\n- b\n---\nDo", "a.md:2: the document is a list"),
        ("---\nwords\n---\nDo", "the document is 'words'"),
        ("---\nname: a\nDo", "a.md:1: the line '---' that ends its front matter is missing"),
        ("---\nx: {a: &b [c]}\ny: *b\n---\nDo", "a.md:2: front matter takes no anchors"),
        ("---\n? [a]\n: b\n---\nDo", "a mapping with names as keys"),
        ("---\n\tname: a\n---\nDo", "a.md:2: this is not"),
        ("---\nname: *x\ny: [\n---\nDo", "a.md:2: this is not YAML"),
    ]) func `what cannot be read says nothing, and the body counts`(_ file: String, _ words: String) {
        let matter = FrontMatter(file, path: "a.md")
        #expect(matter.members.isEmpty)
        #expect(matter.problem?.description.contains(words) == true, "\(matter.problem?.description ?? "no problem")")
        #expect(matter.body.hasSuffix("Do"))
    }

    /// Pieces of YAML and Markdown, put together without sense.
    private static let pieces = [
        "---", "\n", "\n---\n", "\r\n", "\r", " ", "  ", "\t", ":", ": ", "- ", "? ", "[", "]", "{", "}", "|", ">",
        ">-\n",
        "#", " # ", "&a ", "*a", "!", "!!int ", "!<x>", "%YAML 1.1\n", "%TAG ! x\n", "...", "\"", "'", "\\", "\\u", "@",
        "`", ",", "<<: ", "name", "tools", "a", "0", "~", "null", "é", "\u{FEFF}", "\u{0}", "\u{85}", "\u{2028}", "😀",
        "Bash(", ")", "\u{7}",
    ]

    @Test func `garbage is never a crash, and what gives no agent is said`() async throws {
        try await Property("any file is read", seed: 20, lists: 2000).check { random in
            Self.pieces.randomElement(using: &random) ?? ""
        } holds: { pieces in
            let text = pieces.joined()
            for file in [text, "---\n" + text, "---\n\(text)\n---\n\(text)"] {
                let matter = FrontMatter(file, path: "a.md")
                try #require(matter.body.utf8.count <= file.utf8.count)
                try #require(matter.problem == nil || matter.members.isEmpty)
                let agent = AgentFile(Array(file.utf8), path: "agents/a.md")
                try #require(agent.definition != nil || !agent.notices.isEmpty)
            }
        }
    }

    @Test(arguments: ["[", "{", "- ", "a: {", "? ", "!", "\"", ">\n", "a:\n ", "#", "\n", "a: b\n", "Read,"])
    func `what repeats without end is read in time`(_ piece: String) {
        let text = String(repeating: piece, count: AgentFile.bytesMax / piece.utf8.count)
        let start = ContinuousClock.now
        let matter = FrontMatter("---\n\(text)\n---\nDo it.", path: "a.md")
        #expect(matter.body == "Do it.")
        #expect(ContinuousClock.now - start < .seconds(20))
    }
}
