import BassiEvents
import Foundation
import Testing

@Suite struct PermissionsCommandTests {
    @Test func `check prints allow, ask or deny and why, and runs nothing`() async throws {
        try await Program.with { program in
            let allowed = try program.run(
                "permissions", "check", "cd src && git log | head -5", "--allow", "Bash(git log *)")
            #expect(allowed.code == 0)
            // `src` is not there, and need not be: only its name is looked at.
            #expect(allowed.text.hasPrefix("allow\nAllowed by Bash(git log *) of command line."))
            let asked = try program.run("permissions", "check", "touch made; ls")
            #expect(asked.code == 0)
            #expect(asked.text.hasPrefix("ask\n"))
            #expect(asked.text.contains("ask touch made: no rule allows it"))
            #expect(!FileManager.default.fileExists(atPath: program.folder.appendingPathComponent("made").path))
            let denied = try program.run("permissions", "check", "echo $(rm x)", "--deny", "Bash(rm *)", "--json")
            #expect(denied.lines.first?["decision"]?.string == "deny")
            #expect(denied.lines.first?["rule"]?.string == "Bash(rm *)")
        }
    }

    @Test func `check says what it did not understand`() async throws {
        try await Program.with { program in
            let outcome = try program.run("permissions", "check", "echo 'a", "--permission-mode", "accept-edits")
            #expect(outcome.code == 0)
            #expect(outcome.text.contains("byte 5: a single quote is not closed"))
        }
    }
}
