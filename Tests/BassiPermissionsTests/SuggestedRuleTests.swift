import BassiPermissions
import Testing

@Suite struct SuggestedRuleTests {
    static let suggestions: [(ToolCallRequest, [String])] = [
        (bash(" git push  origin "), ["Bash(git push  origin)"]),
        (bash("make"), ["Bash(make)"]),
        (bash("sudo make"), ["Bash(sudo make)"]),
        (bash("make; rm x"), []),
        (bash("rm *"), []),
        (bash("A=1 make"), []),
        (bash("echo \u{202E}x"), []),
        (edit("src/a.swift"), ["Edit(./src/a.swift)"]),
        (write("src/../a"), ["Edit(./a)"]),
        (read("/opt/x"), ["Read(//opt/x)"]),
        (read("../notes/a"), ["Read(~/notes/a)"]),
        (edit("a*"), []),
        (edit("a{b}"), []),
        (edit("app/(x)/[id]"), ["Edit(./app/(x)/[id])"]),
        (edit("a)b"), []),
        (file("search_files", "/opt"), ["Grep(//opt)"]),
        (fetch("https://Example.org/a?b"), ["WebFetch(domain:example.org)"]),
        (fetch("https://a@example.org"), []),
        (task("reviewer"), ["Task(reviewer)"]),
        (other("mcp__github__push"), ["mcp__github__push"]),
        (other("my_tool"), ["my_tool"]),
        (edit(".envrc"), []),
    ]

    @Test(arguments: suggestions)
    func `a suggested rule is what was asked`(call: ToolCallRequest, rules: [String]) throws {
        let policy = try policy()
        #expect(policy.suggestedRules(for: call) == rules)
        guard !rules.isEmpty else { return }
        let saved = try BassiPermissionsTests.policy(allow: rules)
        #expect(saved.decide(call).verdict == .allow)
    }

    @Test func `a suggested rule allows nothing else`() throws {
        for (call, rules) in Self.suggestions where !rules.isEmpty {
            let saved = try policy(allow: rules)
            // A sub-agent's own calls are asked, and not that it works.
            for (other, otherRules) in Self.suggestions where otherRules != rules && other.toolName != "task" {
                #expect(saved.decide(other).verdict == .ask, "\(rules) and \(other.input)")
            }
            #expect(saved.decide(bash(call.commandLine + " x")).verdict == .ask)
        }
    }

    @Test func `nothing is suggested where a rule would not spare the question`() throws {
        let policy = try policy(deny: ["Bash(rm *)"], ask: ["Bash(git push *)"])
        #expect(policy.suggestedRules(for: bash("rm x")).isEmpty)
        #expect(policy.suggestedRules(for: bash("git push")).isEmpty)
        #expect(policy.suggestedRules(for: bash("git pull")) == ["Bash(git pull)"])
    }

    @Test func `each file of a call gets its rule`() throws {
        let call = ToolCallRequest(
            toolID: "t", toolName: "move_file", input: [:], effect: .write, reach: .folder, paths: ["a", "b", "./a"])
        #expect(try policy().suggestedRules(for: call) == ["move_file(./a)", "move_file(./b)"])
        let server = ToolCallRequest(
            toolID: "t", toolName: "mcp__files__move", input: [:], effect: .write, reach: .network, paths: ["a"])
        #expect(try policy().suggestedRules(for: server) == ["mcp__files__move"])
    }
}
