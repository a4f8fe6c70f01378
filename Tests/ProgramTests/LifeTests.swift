import BassiEvents
import Foundation
import Testing

/// Runs that are interrupted, killed, watched by others and gone on with.
@Suite(.timeLimit(.minutes(10))) struct LifeTests {
    private static let slow = """
        answers:
          - {text: one two three four five six seven eight nine ten, delay_ms: 50}
          - text: Going on.
        """

    /// Says a little and then nothing more: whatever happens to it happens in mid-answer, however busy the machine is.
    private static let stalled = "answers: [{text: one two three four, stall_after: 3}]"

    /// Starts a run that streams, and gives it once a piece of the answer has come.
    private func streaming(_ program: Program, _ script: String, _ more: [String] = []) throws -> (
        Process, LineReader, Data
    ) {
        let (process, output) = (
            program.process(["-p", "go", "--script", script, "--output-format", "stream-json"] + more), Pipe()
        )
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let reader = LineReader(output)
        #expect(reader.read(until: "token_delta"))
        return (process, reader, reader.all)
    }

    private func session(_ output: Data) throws -> String {
        let line = String(decoding: output, as: UTF8.self).split(separator: "\n").first ?? ""
        return try #require(try JSONParser.parse(String(line))["session_id"]?.string)
    }

    @Test func `events prints the bytes that stream-json printed`() async throws {
        try await Program.with { program in
            let printed = try program.run("-p", "What is here?", "--output-format", "stream-json")
            let id = try session(printed.output)
            let events = try program.run("events", id)
            #expect(printed.text.hasPrefix(events.text))
            #expect(printed.lines.count == events.lines.count + 1)
            #expect(printed.types.last == "result" && events.types.last == "run_completed")
            #expect(
                try program.run("-p", "again", "--continue", "--output-format", "stream-json").types.first
                    == "prompt_received")
        }
    }

    @Test func `another process follows a run while it goes on`() async throws {
        try await Program.with { program in
            let (process, reader, begun) = try streaming(program, try program.script(Self.slow))
            let (follower, output) = (program.process(["events", try session(begun), "--follow"]), Pipe())
            follower.standardOutput = output
            try follower.run()
            let watching = LineReader(output)
            #expect(watching.read(until: "token_delta"))
            #expect(process.isRunning)
            #expect(watching.read(until: "run_completed"))
            follower.terminate()
            reader.drain()
            process.waitUntilExit()
            let printed = String(decoding: reader.all, as: UTF8.self)
            #expect(printed.hasPrefix(String(decoding: watching.all, as: UTF8.self)))
        }
    }

    @Test func `while a process runs a session another is told which, and after its death it is free`() async throws {
        try await Program.with { program in
            let (process, reader, begun) = try streaming(program, try program.script(Self.stalled))
            let id = try session(begun)
            let second = try program.run("-p", "--resume", id, "me too")
            #expect(second.code == 1 && second.errors.contains("process \(process.processIdentifier)"))
            try #expect(program.run("sessions", "list").text.contains("running"))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            reader.drain()
            try #expect(program.run("sessions", "list").text.contains("interrupted"))
            try #expect(program.run("-p", "--resume", id, "me now").code == 0)
        }
    }

    @Test func `after a kill in mid-answer all that was printed is there, and the session goes on`() async throws {
        try await Program.with { program in
            let (process, reader, _) = try streaming(program, try program.script(Self.stalled))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            reader.drain()
            let id = try session(reader.all)
            let stored = try program.run("events", id)
            #expect(stored.output.starts(with: reader.all))

            let next = try program.run(
                "-p", "--continue", "go on", "--script", try program.script("answers: [{text: Gladly.}]"),
                "--output-format", "stream-json")
            #expect(next.code == 0 && next.lines.last?["text"] == "Gladly.")
            #expect(next.types.prefix(4) == ["content_block_end", "request_ended", "run_interrupted", "run_cancelled"])
        }
    }

    @Test func `continue without a prompt resumes the run that was killed`() async throws {
        try await Program.with { program in
            let (process, reader, _) = try streaming(program, try program.script(Self.stalled))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            reader.drain()
            let next = try program.run(
                "-p", "--continue", "--script", try program.script("answers: [{text: Where was I?}]"),
                "--output-format", "stream-json")
            #expect(next.code == 0 && next.types.contains("run_resumed") && !next.types.contains("prompt_received"))
        }
    }

    @Test func `ctrl-c cancels the run, ends with 130 and keeps the session`() async throws {
        try await Program.with { program in
            let (process, reader, _) = try streaming(program, try program.script(Self.stalled))
            process.interrupt()
            reader.drain()
            process.waitUntilExit()
            #expect(process.terminationStatus == 130)
            let lines = String(decoding: reader.all, as: UTF8.self).split(separator: "\n").compactMap {
                try? JSONParser.parse(String($0))
            }
            #expect(
                lines.suffix(4).map { $0["type"]?.string } == [
                    "content_block_end", "request_ended", "run_cancelled", "result",
                ])
            #expect(lines.last?["outcome"] == "cancelled")
            try #expect(program.run("-p", "--continue", "go on").code == 0)
        }
    }

    /// Marks are numbers that no other process has as an argument.
    @Test(arguments: [
        "trap '' TERM; sleep MARK & sleep MARK & echo ready; wait",
        "setsid sh -c 'trap \"\" TERM; sleep MARK & exec sleep MARK' & echo ready; wait",
    ])
    func `no process of a tool outlives a cancel or a time-out`(_ command: String) async throws {
        try await Program.with { program in
            for limit in ["1000", "600000"] {
                let mark = "\(Int.random(in: 1_000_000...9_999_999))"
                let line = command.replacing("MARK", with: mark)
                let script = try program.script(
                    """
                    answers:
                      - tools: [{name: bash, input: {command: \(JSONValue.string(line).text), timeout_ms: \(limit)}}]
                      - text: Over.
                    """)
                let process = program.process([
                    "-p", "go", "--script", script, "--allow", "Bash", "--output-format", "stream-json",
                ])
                let output = Pipe()
                process.standardInput = FileHandle.nullDevice
                process.standardOutput = output
                try process.run()
                let reader = LineReader(output)
                #expect(reader.read(until: "tool_output_delta"))
                if limit == "600000" { process.interrupt() }
                #expect(reader.read(until: "tool_call_failed"))
                reader.drain()
                process.waitUntilExit()
                #expect(Self.processes(with: mark) == 0)
            }
        }
    }

    @Test func `sessions are listed and shown, for people and for programs`() async throws {
        try await Program.with { program in
            try #expect(program.run("sessions", "list").errors.contains("no sessions yet"))
            try #expect(program.run("sessions", "list", "--json").text == "{\"sessions\":[],\"next_cursor\":null}\n")
            let id = try session(try program.run("-p", "hello", "--output-format", "stream-json").output)
            let table = try program.run("sessions", "list")
            #expect(table.text.contains(id) && table.text.contains("idle") && table.text.contains("hello"))
            let rows = try #require(try program.run("sessions", "list", "--json").lines.first?["sessions"]?.array)
            #expect(rows.count == 1 && rows.first?["id"]?.string == id)
            let shown = try program.run("sessions", "show", id)
            #expect(shown.text.contains("> hello") && shown.text.contains("demonstration model"))
            try #expect(program.run("sessions", "show", SessionID().description).code == 2)
        }
    }

    @Test func `a session is exported, verified and deleted`() async throws {
        try await Program.with { program in
            let id = try session(try program.run("-p", "hello <b>", "--output-format", "stream-json").output)
            try #expect(program.run("verify").text == "1 session: as written\n")
            let (exported, log) = (try program.run("sessions", "export", id), try program.run("events", id))
            #expect(exported.lines.map { $0["event_id"] } == log.lines.map { $0["event_id"] })
            #expect(exported.lines.first?["salt"]?.string?.count == 24)
            try #expect(program.run("sessions", "export", id, "--format", "markdown").text.contains("> hello <b>"))
            try #expect(program.run("sessions", "export", id, "--format", "html").text.contains("> hello &lt;b>"))
            try #expect(program.run("sessions", "delete", id).code == 2)
            try #expect(program.run("sessions", "delete", id, "--yes").code == 0)
            try #expect(program.run("events", id).code == 2)
            try #expect(program.run("sessions", "delete", id, "--yes").code == 2)
        }
    }

    @Test func `demo, doctor, models and completions work without anything`() async throws {
        try await Program.with { program in
            let demo = try program.run("demo")
            #expect(demo.code == 0 && demo.text.components(separatedBy: "✓").count == 14 && demo.errors.isEmpty)
            try #expect(program.run("doctor").code == 0)
            try #expect(program.run("models").text.contains("set ANTHROPIC_API_KEY"))
            try #expect(program.run("--generate-completion-script", "bash").text.contains("sessions"))
            try #expect(program.run("--version").code == 0)
        }
    }

    /// Processes with this argument.
    private static func processes(with argument: String) -> Int {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.count { entry in
            // A file of /proc says that its size is 0, and `contents(atPath:)` believes it.
            guard Int(entry) != nil, let file = FileHandle(forReadingAtPath: "/proc/\(entry)/cmdline"),
                let line = try? file.readToEnd()
            else { return false }
            let words = line.split(separator: 0)
            return words.count == 2 && words.last.map { String(decoding: $0, as: UTF8.self) } == argument
        }
    }
}
