import BassiEvents
import Foundation
import Testing

/// Commands in the background of the built program: none is left behind, however it ends.
@Suite(.serialized, .timeLimit(.minutes(5))) struct BackgroundProgramTests {
    /// A daemon that ignores SIGTERM and holds a lock as long as it lives.
    private static let serve =
        "setsid flock lock bash -c 'trap : TERM; echo up; while true; do /bin/sleep 1000; done' & wait"

    private func script(_ program: Program, _ last: String) throws -> String {
        try program.script(
            """
            answers:
              - tools: [{name: bash, input: {command: "\(Self.serve)", run_in_background: true}}]
              - tools: [{name: bash_output, input: {id: bg_1, wait_ms: 60000}}]
              - \(last)
            """)
    }

    private func isLocked(_ program: Program) -> Bool {
        let descriptor = open(program.folder.appendingPathComponent("lock").path, O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        return descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// Reads until something runs in the background and has said so.
    private func begun(_ program: Program, _ last: String) throws -> (Process, LineReader) {
        let (process, output) = (
            program.process([
                "-p", "go", "--script", try script(program, last), "--allow", "Bash", "--output-format", "stream-json",
            ]), Pipe()
        )
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (output, FileHandle.nullDevice)
        try process.run()
        let reader = LineReader(output)
        #expect(reader.read(until: "background_started") && reader.read(until: "tool_output_delta"))
        return (process, reader)
    }

    /// A process that was killed takes its commands with it, in a moment: the lock is waited for.
    private func waitUntilFree(_ program: Program) throws -> Bool {
        let start = ContinuousClock.now
        while isLocked(program) {
            if ContinuousClock.now - start > .seconds(10) { return false }
            _ = try program.run("--version")
        }
        return true
    }

    @Test func `bassi -p ends what it started when its run is over, and the log says so`() async throws {
        try await Program.with { program in
            let run = try program.run(
                "-p", "go", "--script", try script(program, "text: It is up."), "--allow", "Bash", "--output-format",
                "json")
            #expect(run.code == 0 && run.lines.last?["text"] == "It is up.", "\(run.errors)")
            #expect(FileManager.default.fileExists(atPath: program.folder.appendingPathComponent("lock").path))
            #expect(!isLocked(program))
            let id = try #require(run.lines.last?["session_id"]?.string)
            let end = try program.run("events", id, "--type", "background_ended").lines
            #expect(end.map { $0["outcome"] } == ["session_ended"])
            try #expect(program.run("verify").code == 0)
        }
    }

    @Test(.enabled(if: Program.hasSandbox, "there is no sandbox here"))
    func `kill -9 of the program leaves nothing behind, and the next one says that it is lost`() async throws {
        try await Program.with { program in
            let (process, reader) = try begun(program, "{text: one two three four, stall_after: 3}")
            #expect(isLocked(program))
            kill(process.processIdentifier, SIGKILL)
            reader.drain()
            process.waitUntilExit()
            #expect(try waitUntilFree(program))
            let next = try program.run(
                "-p", "go on", "--continue", "--script", try program.script("answers: [{text: I see.}]"),
                "--output-format", "stream-json")
            let end = try #require(next.lines.first { $0["type"] == "background_ended" })
            #expect(next.code == 0 && end["outcome"] == "lost" && end["output_file"] != nil)
            try #expect(program.run("verify").code == 0)
        }
    }

    @Test func `ctrl-c ends the run, then what runs in the background, and leaves with 130`() async throws {
        try await Program.with { program in
            let (process, reader) = try begun(program, "{text: one two three four, stall_after: 3}")
            #expect(isLocked(program))
            process.interrupt()
            reader.drain()
            process.waitUntilExit()
            #expect(process.terminationStatus == 130)
            #expect(!isLocked(program))
        }
    }
}
