import Foundation
import Testing

/// Ctrl-Z on one program holds up no other.
@Suite(.timeLimit(.minutes(10))) struct StopTests {
    @Test func `a program that is stopped in a run lets others write, and goes on afterwards`() async throws {
        try await Program.with { program in
            let script = try program.script(
                """
                answers:
                  - {text: "one two three four five six seven eight nine ten", delay_ms: 30}
                """)
            for _ in 0..<5 {
                let process = program.process(["-p", "go", "--script", script, "--output-format", "stream-json"])
                let output = Pipe()
                process.standardOutput = output
                process.standardInput = FileHandle.nullDevice
                try process.run()
                defer { kill(process.processIdentifier, SIGKILL) }
                let reader = LineReader(output)
                #expect(reader.read(until: "token_delta"))
                kill(process.processIdentifier, SIGTSTP)
                #expect(try program.run("-p", "hi").code == 0)
                kill(process.processIdentifier, SIGCONT)
                #expect(reader.read(until: "run_completed"))
                reader.drain()
                process.waitUntilExit()
                #expect(process.terminationStatus == 0)
            }
            #expect(try program.run("verify").code == 0)
        }
    }
}
