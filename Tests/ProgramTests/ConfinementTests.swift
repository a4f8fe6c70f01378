import BassiEvents
import Foundation
import Testing

/// The program and the commands that it runs, kept apart.
@Suite(.timeLimit(.minutes(5))) struct ConfinementTests {
    private func script(_ program: Program, _ command: String) throws -> String {
        try program.script(
            """
            answers:
              - tools: [{name: bash, input: {command: "\(command)"}}]
              - text: done
            """)
    }

    private func run(_ program: Program, _ command: String, _ options: [String]) throws -> Program.Outcome {
        try program.run(
            ["-p", "go", "--script", try script(program, command), "--output-format", "stream-json"] + options)
    }

    @Test(.enabled(if: Program.hasSandbox, "there is no sandbox here"))
    func `a command writes outside the folder only when the person turns the sandbox off`() async throws {
        try await Program.with { program in
            let canary = "/var/tmp/bassi-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: canary) }
            let confined = try run(program, "echo x >\(canary)", ["--allow", "Bash"])
            #expect(confined.code == 0 && !FileManager.default.fileExists(atPath: canary))
            let free = try run(program, "echo x >\(canary)", ["--allow", "Bash", "--sandbox", "off"])
            #expect(free.code == 0 && FileManager.default.fileExists(atPath: canary))
        }
    }

    @Test(.enabled(if: Program.hasSandbox, "there is no sandbox here"))
    func `a folder cannot turn the sandbox off`() async throws {
        try await Program.with { program in
            for name in [".bassi/settings.yaml", ".bassi/settings.local.yaml"] {
                let url = program.folder.appendingPathComponent(name)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try "sandbox: off".write(to: url, atomically: true, encoding: .utf8)
            }
            let canary = "/var/tmp/bassi-\(UUID().uuidString)"
            defer { try? FileManager.default.removeItem(atPath: canary) }
            _ = try run(program, "echo x >\(canary)", ["--allow", "Bash"])
            #expect(!FileManager.default.fileExists(atPath: canary))
        }
    }

    @Test(.enabled(if: Program.hasSandbox, "there is no sandbox here"))
    func `what cannot be written in the sandbox is said at the start`() async throws {
        try await Program.with { program in
            let home = ["HOME": program.folder.path]
            let config = program.folder.appendingPathComponent(".config/bassi")
            try FileManager.default.createDirectory(at: config, withIntermediateDirectories: true)
            try "sandbox: {write: [/nowhere]}".write(
                to: config.appendingPathComponent("settings.yaml"), atomically: true, encoding: .utf8)
            let errors = try program.run("-p", "hi", environment: home).errors
            #expect(errors.contains("commands can read this folder and not write it"))
            #expect(errors.contains("'/nowhere' of sandbox.write is not there, too broad or protected"))
            try #expect(program.run("-p", "hi", "--sandbox", "off", environment: home).errors.isEmpty)
        }
    }

    @Test(.enabled(if: Program.hasSandbox && getuid() == 0, "bubblewrap cannot be taken away here"))
    func `without a sandbox the start says that hooks run unconfined, if there are any`() async throws {
        try await Program.with { program in
            let run = "mount --bind /bin/false $(readlink -f /usr/bin/bwrap) && exec \"$BASSI\" -p hi"
            func start(_ options: String) throws -> String {
                try program.shell("unshare --mount --propagation private sh -c '\(run) \(options)'").errors
            }
            let plain = try start("")
            #expect(plain.contains("no sandbox, so each command is asked") && !plain.contains("hooks"))
            let config = program.root.appendingPathComponent(".config/bassi")
            try FileManager.default.createDirectory(at: config, withIntermediateDirectories: true)
            try "hooks: {Stop: [{hooks: [{type: command, command: \"true\"}]}]}".write(
                to: config.appendingPathComponent("settings.yaml"), atomically: true, encoding: .utf8)
            try #expect(start("").contains("is asked, whatever rules allow, and hooks run unconfined"))
            try #expect(start("--tools read_file").contains("no sandbox, so hooks run unconfined"))
            try #expect(!start("--sandbox off").contains("sandbox"))
        }
    }

    @Test func `a wrong word for the sandbox is refused`() async throws {
        try await Program.with { program in
            let outcome = try program.run("-p", "hi", "--sandbox", "maybe")
            #expect(outcome.code == 64 || outcome.code == 2)
        }
    }

    @Test func `another process of the same user cannot read the program's environment`() async throws {
        try await Program.with { program in
            let stalled = try program.script("answers: [{text: one two three four, stall_after: 3}]")
            let process = program.process(
                ["-p", "go", "--script", stalled, "--output-format", "stream-json"],
                environment: ["BASSI_CANARY": "canary"])
            // Root may read everything: both are somebody else then.
            let ordinary = ["--reuid", "65534", "--regid", "65534", "--clear-groups", "--"]
            if getuid() == 0 {
                try FileManager.default.setAttributes(
                    [.ownerAccountID: 65534, .groupOwnerAccountID: 65534], ofItemAtPath: program.root.path)
                process.arguments = ordinary + [Program.url.path] + (process.arguments ?? [])
                process.executableURL = URL(fileURLWithPath: "/usr/bin/setpriv")
            }
            let output = Pipe()
            process.standardOutput = output
            try process.run()
            defer { process.terminate() }
            let reader = LineReader(output)
            #expect(reader.read(until: "token_delta"))
            let look = "cat /proc/$0/environ >/dev/null 2>&1 && echo read; : </proc/$0/mem 2>/dev/null && echo opened"
            let sleeper = "sleep 9 >/dev/null 2>&1 & \(look.replacing("$0", with: "$!")); kill $!"
            let prefix = getuid() == 0 ? "setpriv \(ordinary.joined(separator: " ")) " : ""
            let quoted = look.replacing("$0", with: "\(process.processIdentifier)")
            try #expect(program.shell("\(prefix)bash -c '\(quoted)' 2>/dev/null").text == "")
            try #expect(program.shell("\(prefix)bash -c '\(sleeper)' 2>/dev/null").text.contains("read"))
        }
    }
}
