import BassiPermissions
import Testing

@Suite struct RuleTextTests {
    @Test(
        arguments: [
            ("Bash", "Bash", nil), ("Bash(git status)", "Bash", "git status"),
            (" Read( ./src/** ) ", "Read", "./src/**"),
            ("Edit(~/notes/**)", "Edit", "~/notes/**"),
            ("WebFetch(domain:example.org)", "WebFetch", "domain:example.org"),
            ("mcp__github__search", "mcp__github__search", nil), ("mcp__github__*", "mcp__github__*", nil),
            ("Task(reviewer)", "Task", "reviewer"), ("Edit(./app/(group)/x)", "Edit", "./app/(group)/x"),
            ("Bash(f() { x; })", "Bash", "f() { x; }"), ("my_tool", "my_tool", nil),
            ("Read(//etc/hosts)", "Read", "//etc/hosts"),
        ] as [(String, String, String?)])
    func `a rule has a tool and perhaps a pattern`(text: String, tool: String, pattern: String?) throws {
        let rule = try Rule(text)
        #expect(rule.toolName == tool)
        #expect(rule.pattern == pattern)
        #expect(rule.description == pattern.map { "\(tool)(\($0))" } ?? tool)
        #expect(try Rule(rule.description) == rule)
    }

    @Test(arguments: [
        ("", "empty"), ("  ", "empty"), ("Bash(", "parentheses"), ("Bash)", "parentheses"), ("Bash(a", "parentheses"),
        ("Bash(a))", "parentheses"), ("Bash)a(", "parentheses"), ("Bash(a) b", "parentheses"),
        ("Bash()", "pattern is empty"),
        ("Bash(  )", "pattern is empty"), ("(git)", "tool's name"), ("Ba sh", "tool's name"),
        ("Bash (x)", "tool's name"),
        ("Bash;rm", "tool's name"), ("*", "MCP"), ("B*", "MCP"), ("mcp__*__x", "MCP"), ("mcp__a__b(x)", "no pattern"),
        ("WebFetch(example.org)", "domain:"), ("WebFetch(domain:)", "domain:"), ("WebFetch(domain:a b)", "domain:"),
        ("WebFetch(https://x.org)", "domain:"), ("WebFetch(domain:*)", "domain:"), ("Read(src/)", "**"),
        ("Read(/)", "pattern is empty"), ("Read(//)", "pattern is empty"), ("Read(~/)", "pattern is empty"),
        ("Read(*.{a,b})", "braces"), ("Read(src/**/../x)", ".."), ("Read(src/**.swift)", "**"),
        ("Read(~root/x)", "home"),
        ("update_plan(x)", "no pattern"), ("Bash(a\nb)", "control"),
    ])
    func `a text that is no rule is quoted with the right form`(text: String, advice: String) throws {
        let error = #expect(throws: RuleError.self) { try Rule(text) }
        let description = try #require(error?.description)
        #expect(description.contains("\"\(text)\""))
        #expect(description.contains(advice))
    }

    @Test(arguments: [
        ("Read", "read_file", true), ("Read", "list_files", true), ("Read", "search_files", false),
        ("read", "read_file", true), ("read_file", "list_files", false), ("Edit", "write_file", true),
        ("Edit", "edit_file", true), ("Write", "edit_file", true), ("edit_file", "write_file", false),
        ("Glob", "find_files", true), ("Grep", "search_files", true), ("WebFetch", "web_fetch", true),
        ("Task", "task", true), ("update_plan", "update_plan", true), ("BASH", "bash", true),
        ("mcp__github__search", "mcp__github__search", true), ("mcp__github__*", "mcp__github__search", true),
        ("mcp__github", "mcp__github__search", true), ("mcp__github", "mcp__github2__search", false),
        ("mcp__github__*", "mcp__gitlab__search", false), ("mcp__github__search", "mcp__github__search_all", false),
        ("mcp__*", "mcp__a__b", true), ("my_tool", "my_tool", true), ("my_tool", "My_tool", false),
    ])
    func `a name in a rule stands for its tools`(rule: String, tool: String, holds: Bool) throws {
        let paths = PathResolver(folder: "/bassi-test/site", home: "/bassi-test")
        #expect(try Rule(rule).matches(other(tool), in: paths, reading: .strict) == holds)
    }

    @Test func `a deny rule for reading also holds for what shows a file's content`() throws {
        let policy = try policy(deny: ["Read(secrets/**)"])
        for tool in ["read_file", "list_files", "search_files", "find_files", "edit_file"] {
            #expect(policy.decide(file(tool, "secrets/a")).verdict == .deny, "\(tool)")
        }
        #expect(policy.decide(write("secrets/a")).verdict == .ask)
        #expect(policy.deniesReading("./secrets/b"))
        #expect(!policy.deniesReading("src/b"))
    }

    @Test(arguments: [
        ("Bsh(rm *)", "Bash"), ("Raed(.env)", "Read"), ("READD", "Read"), ("bahs", "Bash"), ("Bassh", "Bash"),
        ("Edti(x)", "Edit"), ("Wrtie(x)", "Write"), ("Webfech", "WebFetch"), ("web-fetch", "WebFetch"),
        ("WebFtch", "WebFetch"), ("web_fetsch", "web_fetch"), ("readfile", "read_file"), ("edit_fiel(x)", "edit_file"),
        ("taks", "Task"), ("BashOutput", "bash_output"), ("update_pan", "update_plan"), ("ask_usr", "ask_user"),
        ("Gerp", "Grep"), ("Glb", "Glob"),
    ])
    func `a name that is nearly that of a tool is refused where a person wrote it`(text: String, meant: String) throws {
        let error = #expect(throws: RuleError.self) { try Rule(text).checkingSpelling() }
        #expect(error?.text == text)
        #expect(error?.description.hasSuffix("did you mean \(meant)?") == true, "\(error?.description ?? "")")
        #expect(throws: RuleError.self) { try RuleSet(deny: [text], source: "f").checkingSpelling() }
    }

    @Test(arguments: [
        "Bash", "bash(ls)", "BASH", "Read", "Edit", "Write(x)", "Glob", "Grep", "WebFetch", "Task(x)", "mcp__bash",
        "mcp__rea__d", "mcp__*", "my_tool", "move_file", "test", "bash_output", "bash_kill", "list_files", "TodoWrite",
        "MultiEdit", "NotebookEdit", "WebSearch", "LS", "KillShell", "x",
    ])
    func `a known name and one that is like none are left as they are`(text: String) throws {
        let rule = try Rule(text)
        #expect(try rule.checkingSpelling() == rule)
    }

    @Test func `the rules of several sources add up and keep their source`() throws {
        var rules = try RuleSet(allow: ["Read"], source: "user")
        rules.add(try RuleSet(allow: ["Bash"], deny: ["Edit"], ask: ["Task"], source: "project"))
        #expect(rules.allow.map(\.description) == ["Read", "Bash"])
        #expect(rules.allow.map(\.source) == ["user", "project"])
        #expect(rules.deny.count == 1 && rules.ask.count == 1)
    }

    @Test func `a set of rules with a bad text names it`() {
        let error = #expect(throws: RuleError.self) { try RuleSet(deny: ["Bash", "Read("], source: "user") }
        #expect(error?.text == "Read(")
    }
}
