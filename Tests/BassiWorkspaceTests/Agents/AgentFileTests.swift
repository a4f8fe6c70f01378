import BassiPermissions
import BassiTools
import Foundation
import Testing

@testable import BassiWorkspace

/// A file that describes an agent, in the form that people have for other programs.
@Suite struct AgentFileTests {
    private func file(_ head: String, _ body: String = "Do it.", path: String = ".bassi/agents/reviewer.md")
        -> AgentFile
    {
        AgentFile(Array("---\n\(head)\n---\n\(body)".utf8), path: path)
    }

    @Test func `every key that counts is read, and what others know besides is not mentioned`() throws {
        let file = file(
            """
            name: code-reviewer
            description: |
              Reviews code.
              Use it after a change.
            tools: Read, Grep, Bash(git log, git diff), Agent(helper, planner), update_plan
            disallowed_tools: [WebFetch, bash]
            model: sonnet
            max-turns: 12
            permissionMode: acceptEdits
            color: red
            effort: high
            skills: [a]
            mcpServers: {x: {command: y}}
            hooks: {}
            memory: user
            background: true
            isolation: worktree
            initialPrompt: Hello
            """, "\nYou review.\n\nBe kind.\n")
        let agent = try #require(file.definition)
        #expect(file.notices.isEmpty)
        #expect(agent.name == "code-reviewer" && agent.description == "Reviews code. Use it after a change.")
        #expect(agent.systemPrompt == "You review.\n\nBe kind." && agent.model == "sonnet" && agent.maxTurns == 12)
        #expect(agent.tools == ["read_file", "list_files", "search_files", "bash", "task", "update_plan"])
        #expect(agent.disallowedTools == ["web_fetch", "bash", "bash_output", "bash_kill"])
        #expect(agent.permissionMode == .acceptEdits)
    }

    @Test func `the example of the guide is an agent, all of it`() throws {
        let guide = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../../docs/agents.md")
        let text = try String(contentsOf: guide, encoding: .utf8)
        let example = try #require(
            text.components(separatedBy: "```markdown\n").dropFirst().first?.components(separatedBy: "```").first)
        let file = AgentFile(Array(example.utf8), path: ".bassi/agents/reviewer.md")
        let agent = try #require(file.definition)
        #expect(file.notices.isEmpty && agent.name == "reviewer" && agent.model == "sonnet" && agent.maxTurns == 20)
        #expect(agent.tools == ["read_file", "list_files", "search_files", "find_files", "bash"])
        #expect(agent.permissionMode == .ask && agent.systemPrompt?.hasPrefix("You review changes") == true)
    }

    @Test func `what is not said is the file's name, the first paragraph, and all of the session's`() throws {
        let file = AgentFile(Array("# Reviews\ncode.\n\nMore.".utf8), path: "/home/me/agents/a_b.md")
        #expect(
            file.definition
                == AgentDefinition("a_b", description: "# Reviews code.", systemPrompt: "# Reviews\ncode.\n\nMore."))
        #expect(file.notices.isEmpty)
        let empty = self.file("name:\ntools:\nmodel: inherit\ndescription: ~")
        #expect(empty.definition == AgentDefinition("reviewer", description: "Do it.", systemPrompt: "Do it."))
        #expect(empty.notices.isEmpty)
    }

    @Test(arguments: [
        ("Read, Grep", ["read_file", "list_files", "search_files"]),
        ("Read Grep", ["read_file", "list_files", "search_files"]),
        ("[Read, Read, LS]", ["read_file", "list_files"]),
        ("[\"Edit, Write\", glob]", ["edit_file", "write_file", "find_files"]),
        ("Bash(git log --format=%h, git *)", ["bash"]), ("Agent(a, b)", ["task"]), ("Task", ["task"]), ("[]", []),
        ("\"\"", []), ("read_file,bash_output", ["read_file", "bash_output"]),
        ("MultiEdit TodoWrite", ["edit_file", "update_plan"]),
        ("WebFetch(domain:example.org)", ["web_fetch"]), ("Bash(", ["bash"]),
        ("Read) Grep", ["read_file", "list_files", "search_files"]),
        ("AskUserQuestion", ["ask_user"]), ("READ_FILE LS", ["list_files"]), ("WebSearch", []), ("{a: b}", []),
    ]) func `tools are a list or a text, by their names here or elsewhere`(_ text: String, _ tools: [String]) {
        #expect(file("tools: \(text)").definition?.tools == tools)
    }

    @Test func `a star is all tools, and each name of another program is a tool that there is`() {
        for text in ["*", "'*'", "[\"*\"]"] { #expect(file("tools: \(text)").definition?.tools == nil) }
        let tools = AgentToolNames.others.values.flatMap(\.self)
        #expect(tools.allSatisfy(Workspace.toolNames.contains))
        #expect(Set(Workspace.toolNames).subtracting(tools).isEmpty)
    }

    @Test(arguments: [
        ("default", PermissionMode.ask), ("manual", .ask), ("ask", .ask), ("acceptEdits", .acceptEdits),
        ("accept-edits", .acceptEdits), ("plan", .plan), ("bypassPermissions", .bypass), ("bypass", .bypass),
        ("dontAsk", .dontAsk), ("dont-ask", .dontAsk), ("auto", nil), ("7", nil),
    ]) func `a mode has the name that others give it, or ours`(_ text: String, _ mode: PermissionMode?) {
        let file = file("permissionMode: \(text)")
        #expect(file.definition?.permissionMode == mode)
        #expect(file.notices.isEmpty == (mode != nil))
    }

    @Test(arguments: [
        (
            "tools: Read, WebSearch, mcp__x__y",
            ".bassi/agents/reviewer.md:2: 'tools' names WebSearch, mcp__x__y: Bassi has no such tool"
        ),
        (
            "a: 1\ndisallowedTools: Magic",
            ".bassi/agents/reviewer.md:3: 'disallowedTools' names Magic: Bassi has no such tool"
        ),
        (
            "tools: {a: b}",
            ".bassi/agents/reviewer.md:2: 'tools' is a mapping, but a list of texts was expected: the agent has no tools"
        ),
        (
            "max_turns: many",
            ".bassi/agents/reviewer.md:2: 'max_turns' is 'many', but a whole number of 1 or more was expected: this does not count"
        ),
        ("maxTurns: 0", "'maxTurns' is '0', but a whole number of 1 or more was expected: this does not count"),
        (
            "permissionMode: auto",
            "'permissionMode' is 'auto', but one of ask, accept-edits, plan, dont-ask, bypass was expected: this does not count"
        ),
        ("description: [a]", "'description' is a list, but a text was expected: this does not count"),
        ("tool: Read\nnmae: x", ".bassi/agents/reviewer.md:2: nothing is known of 'tool', 'nmae': this does not count"),
        ("model: {a: b}", "'model' is a mapping, but a text was expected: this does not count"),
        ("name: [\ntools: Read", "this is not YAML"),
    ]) func `what does not count is said with file, line and key, and the agent is there`(
        _ head: String, _ words: String
    ) {
        let file = file(head)
        #expect(file.definition?.name == "reviewer" && file.definition?.systemPrompt == "Do it.")
        #expect(file.notices.contains { $0.contains(words) }, "\(file.notices)")
    }

    @Test(arguments: [
        ("name: my agent", "Do", "'name' is 'my agent', but 1 to 64 letters a-z, digits, -, _ and : were expected"),
        ("name: ../../x", "Do", "'name' is '../../x'"), ("name: gen\u{435}ral", "Do", "'name' is 'gen\u{435}ral'"),
        ("name: \"a\\e[2Jb\"", "Do", "'name' is 'a\\u{1b}[2Jb'"), ("name: ''", "Do", "'name' is ''"),
        ("name: \(String(repeating: "x", count: 65))", "Do", "'name' is 'xxx"),
        ("name: a", " \n\t\n", "no text that the agent"),
    ]) func `a file without a name or a prompt is no agent, and a sentence says why`(
        _ head: String, _ body: String, _ words: String
    ) {
        let file = file(head, body)
        #expect(file.definition == nil)
        #expect(file.notices.count == 1 && file.notices[0].hasSuffix(": the agent is not loaded"))
        #expect(
            file.notices[0].hasPrefix(".bassi/agents/reviewer.md: ") && file.notices[0].contains(words),
            "\(file.notices)")
    }

    @Test func `a list of tools that nobody can read leaves none, whichever comes first`() {
        for head in ["disallowedTools: {a: b}\ntools: Read", "tools: Read\ndisallowedTools: {a: b}", "tools: [[Read]]"]
        {
            #expect(file(head).definition?.tools == [])
        }
    }

    @Test func `the longest name is one, and a plugin's has a colon`() {
        let name = String(repeating: "x", count: 64)
        #expect(file("name: \(name)").definition?.name == name)
        #expect(file("name: fmt:Lint_er-2").definition?.name == "fmt:Lint_er-2")
        #expect(file("", path: ".bassi/agents/not a name.md").definition == nil)
        let latin = AgentFile([0x61, 0xFF], path: "x.md")
        #expect(latin.definition == nil && latin.notices == ["x.md: the file is not UTF-8: the agent is not loaded"])
    }

    @Test func `a long description is cut, and is one line`() {
        let agent = file("description: \(String(repeating: "word ", count: 1000))").definition
        #expect(agent?.description.count == AgentFile.descriptionMax && agent?.description.hasSuffix("…") == true)
        #expect(file("description: \"a\\n\\n  b\\tc\"").definition?.description == "a b c")
    }

    @Test func `a malformed head leaves the body, with the tools of the session`() {
        let file = file("tools: Read\nname: [")
        #expect(file.definition == AgentDefinition("reviewer", description: "Do it.", systemPrompt: "Do it."))
        #expect(file.notices.count == 1 && file.notices[0].hasSuffix("nothing of its front matter counts"))
    }
}
