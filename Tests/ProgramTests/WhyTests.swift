import BassiEvents
import Foundation
import Testing

/// `bassi why`, for each of those who can decide about a call.
@Suite struct WhyTests {
    private static let script = """
        answers:
          - tools:
              - {name: bash, id: t_deny, input: {command: "rm -rf x"}}
              - {name: bash, id: t_rule, input: {command: "touch allowed"}}
              - {name: bash, id: t_mode, input: {command: "pwd"}}
              - {name: bash, id: t_hook, input: {command: "touch hooked"}}
              - {name: bash, id: t_answering, input: {command: "touch answered"}}
              - {name: bash, id: t_nobody, input: {command: "touch nobody"}}
              - {name: bash, id: t_wrong, input: {commands: 1}}
          - text: Done.
        """

    private static let settings = """
        permissions: {allow: ["Bash(touch allowed)"], deny: ["Bash(rm *)"]}
        hooks:
          PreToolUse:
            - matcher: Bash
              hooks: [{type: command, command: "grep -q hooked && echo '{\\"permissionDecision\\":\\"allow\\"}' || true"}]
          PermissionRequest:
            - hooks: [{type: command, command: "grep -q answered && echo '{\\"permissionDecision\\":\\"allow\\"}' || true"}]

        """

    private func write(_ text: String, _ path: String, in program: Program) throws {
        let url = program.root.appendingPathComponent(path)
        try FileManager.default.createDirectory(
            at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        let before = (try? String(contentsOf: url, encoding: .utf8)).map { $0 + "\n" } ?? ""
        try (before + text).write(to: url, atomically: true, encoding: .utf8)
    }

    @Test func `each decider is named, with its rule or hook`() async throws {
        try await Program.with { program in
            try write(Self.settings, ".config/bassi/settings.yaml", in: program)
            try write(Self.script, "script.yaml", in: program)
            let script = program.root.appendingPathComponent("script.yaml").path
            let run = try program.run("-p", "Try all.", "-m", "demo", "--script", script, "--output-format", "json")
            #expect(run.code == 4)
            let session = try #require(run.lines.last?["session_id"]?.string)
            let expected = [
                ("t_deny", "denied by a rule: Bash(rm *)"), ("t_rule", "allowed by a rule: Bash(touch allowed)"),
                ("t_mode", "allowed by the permission mode"), ("t_hook", "allowed by a hook: "),
                ("t_answering", "allowed by a hook: "), ("t_nobody", "denied by the deadline: nobody could be asked"),
                ("t_wrong", "refused before anybody was asked"),
            ]
            for (tool, headline) in expected {
                let why = try program.run("why", session, tool)
                #expect(why.code == 0)
                #expect(why.text.split(separator: "\n").dropFirst().first?.hasPrefix(headline) == true, "\(why.text)")
            }
            let list = try program.run("why", session)
            #expect(list.text.split(separator: "\n").count == expected.count)
            let json = try program.run("why", session, "t_rule", "--json")
            #expect(json.lines.first?["decided"]?["rule"]?.string == "Bash(touch allowed)")
            let unknown = try program.run("why", session, "t_none")
            #expect(unknown.code == 2)
            #expect(unknown.errors.contains("has no call 't_none'"))
        }
    }
}
