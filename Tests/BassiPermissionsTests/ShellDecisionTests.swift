import BassiPermissions
import Testing

@Suite struct ShellDecisionTests {
    static let allow = [
        "Bash(git status)", "Bash(git log *)", "Bash(git add *)", "Bash(git commit *)", "Bash(swift build *)",
        "Bash(swift test *)", "Bash(npm run *)", "Bash(make)",
    ]
    static let deny = ["Bash(rm *)", "Bash(sudo *)", "Bash(curl *)"]

    @Test(arguments: ShellDecisions.groups)
    func `each command of the table gets its decision`(group: ShellDecisions.Group) throws {
        let policy = try policy(allow: Self.allow, deny: Self.deny)
        for (commands, expected) in [
            (group.allowed, Decision.Verdict.allow), (group.asked, .ask), (group.denied, .deny),
        ] {
            for command in commands {
                let decision = policy.decide(bash(command))
                #expect(decision.verdict == expected, "\(command.debugDescription): \(decision.reason)")
            }
        }
    }

    @Test func `the table has at least two hundred commands, each once`() {
        let all = ShellDecisions.groups.flatMap { $0.allowed + $0.asked + $0.denied }
        #expect(all.count >= 200)
        #expect(Set(all).count == all.count)
    }

    @Test func `a coding session of a hundred commands needs at most three questions`() throws {
        let policy = try policy(allow: CodingSession.rules)
        let asked = CodingSession.commands.filter { policy.decide(bash($0)).verdict != .allow }
        let byPrefix = CodingSession.commands.filter { !allowedByPrefix($0) }
        print(
            "coding session: \(CodingSession.commands.count) commands, asked \(asked.count), by prefix \(byPrefix.count)"
        )
        #expect(CodingSession.commands.count >= 100)
        #expect(asked.count <= 3, "\(asked)")
        #expect(byPrefix.count > asked.count)
    }

    /// What a match of the text's beginning would say, with some programs that read added to the rules.
    private func allowedByPrefix(_ command: String) -> Bool {
        let reading = [
            "cat", "head", "tail", "git status", "git log", "git diff", "git show", "find", "rg", "echo", "pwd",
        ]
        let prefixes = CodingSession.rules.map { String($0.dropFirst(5).prefix { $0 != "*" && $0 != ")" }) } + reading
        let isPlain = !command.contains { ";&|<>`$\n(){}".contains($0) }
        return isPlain && prefixes.contains { command.hasPrefix($0) }
    }

    @Test func `what is not understood says where and why`() {
        for (command, words) in [
            ("echo 'a", "byte 5: a single quote is not closed"), ("ls; echo \"a", "a double quote is not closed"),
            ("$x y", "known only when it runs"), ("coproc a", "coproc"),
            (String(repeating: "(a;", count: 100), "nested deeper"),
            (String(repeating: "a", count: 1 << 20), "longer than 65536 bytes"), ("a\u{0}", "not visible"),
        ] {
            let script = ShellScript(command)
            #expect(!script.isUnderstood)
            #expect(script.problems.contains { $0.description.contains(words) }, "\(script.problems)")
        }
    }

    @Test func `the commands of a script are found in their order`() {
        func names(_ text: String) -> [String?] { ShellScript(text).commands.map(\.name) }
        #expect(names("a | b && c; d & e\nf") == ["a", "b", "c", "d", "e", "f"])
        #expect(names("timeout 5 nice -n 3 make") == ["timeout", "nice", "make"])
        #expect(names("bash -c 'a; b'") == ["bash", "a", "b"])
        #expect(names("find . -exec a {} \\; -exec b {} +") == ["find", "a", "b"])
        #expect(names("cat <<X; b\n$(a)\nX\nc") == ["cat", "b", "a", "c"])
    }
}
