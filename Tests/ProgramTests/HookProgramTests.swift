import BassiEvents
import Foundation
import Testing

/// What hooks say, and that they failed, as a person sees it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct HookProgramTests {
    private static let settings = """

        hooks:
          SessionStart:
            - hooks: [{type: command, command: "echo '{\\"systemMessage\\":\\"Mind\\\\nthe \\\\u001b[31mgap.\\"}'"}]
          PostToolUse:
            - hooks: [{type: command, command: "echo broken >&2; exit 3"}]
          SessionEnd:
            - hooks: [{type: command, command: "echo late >&2; exit 4"}]

        """
    private static let calling = """
        answers:
          - tools: [{name: bash, input: {command: "exit 7"}}]
          - text: Done it.
        """

    private func withHooks(_ body: (Program, [String]) throws -> Void) async throws {
        try await Program.with { program in
            let folder = program.root.appendingPathComponent(".config/bassi")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let file = folder.appendingPathComponent("settings.yaml")
            let before = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
            try (before + Self.settings).write(to: file, atomically: true, encoding: .utf8)
            try body(program, ["--script", try program.script(Self.calling), "--allow", "Bash"])
        }
    }

    @Test func `bassi -p says on standard error what hooks say and that they failed, once each`() async throws {
        try await withHooks { program, options in
            let run = try program.run(["-p", "go"] + options)
            #expect(run.code == 0 && run.text == "Done it.\n")
            let lines = run.errors.split(separator: "\n")
            #expect(lines.count == 3, "\(run.errors)")
            #expect(lines.first == "bassi: Mind ⏎ the ␛[31mgap.")
            #expect(lines.dropFirst().first?.hasSuffix("it ended with status 3: broken") == true)
            #expect(lines.last?.hasSuffix("it ended with status 4: late") == true)
            try #expect(program.run(["-p", "go", "--quiet"] + options).errors.isEmpty)
            let verbose = try program.run(["-p", "go", "--verbose"] + options).errors
            #expect(verbose.components(separatedBy: "status 3: broken").count == 2)
            #expect(verbose.contains("bassi: bash exit code 7 in "))
        }
    }

    @Test func `a terminal shows them too, to the last, and how a command ended`() async throws {
        try await withHooks { program, options in
            let terminal = try Terminal(program, options)
            #expect(terminal.read(until: "\n> ") != nil)
            try terminal.type("go")
            for text in ["exit code 7 in ", "it ended with status 3: broken", "Done it.", "\n> "] {
                #expect(terminal.read(until: text) != nil, "\(text)")
            }
            try terminal.type("exit")
            #expect(terminal.read(until: "it ended with status 4: late") != nil)
            #expect(terminal.read(until: "Left.") != nil)
            terminal.process.waitUntilExit()
        }
    }
}
