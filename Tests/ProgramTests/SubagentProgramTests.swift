import BassiEvents
import Foundation
import Testing

/// Sub-agents of the built program: killed, called off, asked about, listed and deleted.
@Suite(.serialized, .timeLimit(.minutes(5))) struct SubagentProgramTests {
    private static let delegating = """
        answers:
          - tools: [{name: task, input: {agent: general, prompt: "Write it."}}]
          - tools: [{name: bash, input: {command: "COMMAND"}}]
          - text: I have written it.
          - text: The agent has done it.
        """

    private func script(_ program: Program, _ command: String) throws -> String {
        try program.script(Self.delegating.replacingOccurrences(of: "COMMAND", with: command))
    }

    private func ran(_ program: Program) -> String? {
        try? String(contentsOf: program.folder.appendingPathComponent("ran.txt"), encoding: .utf8)
    }

    private func sessions(_ program: Program, _ options: String...) throws -> [JSONValue] {
        try program.run(["sessions", "list", "--json"] + options).lines.last?["sessions"]?.array ?? []
    }

    /// Begins a run whose sub-agent's command has started and does not end.
    private func begun(_ program: Program) throws -> (Process, LineReader) {
        let process = program.process([
            "-p", "go", "--script", try script(program, "echo ran >> ran.txt; sleep 1000"), "--permission-mode",
            "bypass", "--output-format", "stream-json",
        ])
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        try process.run()
        let reader = LineReader(output)
        #expect(reader.read(until: "subagent_started"))
        while ran(program) == nil { _ = try program.run("--version") }
        return (process, reader)
    }

    @Test func `after kill -9 the sub-agent goes on, and its command is not run again`() async throws {
        try await Program.with { program in
            let (process, reader) = try begun(program)
            kill(process.processIdentifier, SIGKILL)
            reader.drain()
            process.waitUntilExit()
            let rest = try program.script("answers: [{text: I was cut off.}, {text: So it may be there.}]")
            let next = try program.run("-p", "--continue", "--script", rest, "--output-format", "stream-json")
            #expect(next.code == 0 && next.lines.last?["text"] == "So it may be there.", "\(next.errors)")
            #expect(next.types.filter { $0.hasPrefix("subagent_") } == ["subagent_completed"])
            #expect(ran(program) == "ran\n")
            let child = try #require(
                next.lines.first { $0["type"] == "subagent_completed" }?["child_session_id"]?.string)
            let failed = try program.run("events", child, "--type", "tool_call_failed").lines
            #expect(failed.map { $0["outcome"] } == ["in_doubt"])
            try #expect(program.run("verify").code == 0)
        }
    }

    @Test func `Ctrl-C ends the sub-agent and its processes too`() async throws {
        try await Program.with { program in
            let (process, reader) = try begun(program)
            kill(process.processIdentifier, SIGINT)
            #expect(reader.read(until: "subagent_completed"))
            reader.drain()
            process.waitUntilExit()
            #expect(process.terminationStatus == 130)
            #expect(try sessions(program, "--subagents").map { $0["state"] } == ["idle", "idle"])
        }
    }

    @Test func `its session is in no list unless it is asked for, and goes with the one that it worked for`()
        async throws
    {
        try await Program.with { program in
            let script = try script(program, "echo ran >> ran.txt")
            let first = try program.run("-p", "go", "--script", script, "--allow", "Bash", "--output-format", "json")
            #expect(first.code == 0, "\(first.errors)")
            #expect(first.lines.last?["turns"] == 4)
            let id = try #require(first.lines.last?["session_id"]?.string)
            #expect(try sessions(program).map { $0["id"]?.string } == [id])
            let all = try sessions(program, "--subagents")
            #expect(all.count == 2 && all.count { $0["parent_id"] == .string(id) } == 1)

            let words = try program.script("answers: [{text: Gladly.}]")
            let more = try program.run(
                "-p", "and?", "--continue", "--script", words, "--output-format", "json")
            #expect(more.lines.last?["session_id"]?.string == id)
            #expect(try program.run("sessions", "delete", id, "--yes").code == 0)
            #expect(try sessions(program, "--subagents").isEmpty)
        }
    }

    @Test func `what a sub-agent was not allowed is in the result of the run`() async throws {
        try await Program.with { program in
            let run = try program.run(
                "-p", "go", "--script", try script(program, "touch x"), "--output-format", "json")
            #expect(run.code == 4)
            let denials = run.lines.last?["permission_denials"]?.array ?? []
            #expect(denials.map { $0["tool_name"] } == ["bash"])
        }
    }

    @Test func `a terminal asks for a sub-agent by its name`() async throws {
        try await Program.with { program in
            let terminal = try Terminal(program, ["--script", try script(program, "echo ran >> ran.txt")])
            #expect(terminal.read(until: "> ") != nil)
            try terminal.type("go")
            #expect(terminal.read(until: "May general run bash?") != nil)
            #expect(terminal.read(until: "no  > ") != nil)
            let start = ContinuousClock.now
            while ContinuousClock.now - start < .milliseconds(600) { _ = try program.run("--version") }
            try terminal.type("y")
            #expect(terminal.read(until: "general completed") != nil)
            #expect(terminal.read(until: "The agent has done it.") != nil)
            #expect(ran(program) == "ran\n")
            try terminal.type("exit")
            #expect(terminal.read(until: "To go on: bassi --resume") != nil)
            terminal.process.waitUntilExit()
        }
    }
}
