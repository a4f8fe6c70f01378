import BassiEvents
import Foundation
import Testing

/// `--record FILE` and `-m replay:FILE`, with the built program.
@Suite(.timeLimit(.minutes(10))) struct RecordingTests {
    private let reading = """
        answers:
          - {text: I look., tools: [{name: read_file, id: t1, input: {path: apple.txt}}], usage: {input_tokens: 9}}
          - {text: It is red., usage: {input_tokens: 20, output_tokens: 4}}
        """

    /// Makes a folder beside that of the program with the same file in it.
    private func other(_ program: Program, saying text: String = "red\n") throws -> String {
        let folder = program.root.appendingPathComponent("elsewhere")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try text.write(to: folder.appendingPathComponent("apple.txt"), atomically: true, encoding: .utf8)
        return folder.path
    }

    private func record(_ program: Program) throws -> (file: String, outcome: Program.Outcome) {
        try program.write("red\n", to: "apple.txt")
        let file = program.root.appendingPathComponent("talk.jsonl").path
        let outcome = try program.run(
            "-p", "What colour?", "--script", try program.script(reading), "--record", file, "--output-format",
            "stream-json")
        #expect(outcome.code == 0)
        return (file, outcome)
    }

    /// The events but the deltas, which join as they come, without identifiers, times and places.
    private func told(_ outcome: Program.Outcome, in folder: String) -> [String] {
        let varying: Set<String> = [
            "event_id", "session_id", "run_id", "seq", "cause_seq", "timestamp", "hash", "duration_ms", "block_id",
            "time_to_first_token_ms", "estimated_input_tokens", "node_id",
        ]
        return outcome.lines.filter { $0["type"] != "token_delta" }.map { line in
            let members = (line.object?.members ?? []).filter { !varying.contains($0.key) }
            return JSONValue.object(JSONObject(members)).text.replacing(folder, with: "FOLDER")
        }
    }

    @Test func `a session plays back in another folder with the same events, without the script`() async throws {
        try await Program.with { program in
            let (file, recorded) = try record(program)
            let folder = try other(program)
            let replayed = try program.run(
                "-p", "What colour?", "-m", "replay:\(file)", "--cwd", folder, "--output-format", "stream-json")
            #expect(replayed.code == 0 && replayed.errors.isEmpty)
            #expect(told(replayed, in: folder) == told(recorded, in: program.folder.path))
            #expect(replayed.lines.last?["text"] == "It is red." && replayed.lines.last?["cost_usd"] == 0)
            let again = try program.run("-p", "What colour?", "-m", "replay:\(file)", "--record", "again.jsonl")
            #expect(again.code == 0 && again.text == "It is red.\n")
        }
    }

    @Test func `what differs ends the run with 1 and is said with its place`() async throws {
        try await Program.with { program in
            let (file, _) = try record(program)
            let prompt = try program.run("-p", "What size?", "-m", "replay:\(file)")
            #expect(prompt.code == 1 && prompt.errors.contains("request 1 is not the one"))
            #expect(prompt.errors.contains(#"/messages/0/content/0/text: recorded "What colour?", now "What size?""#))
            let result = try program.run(
                "-p", "What colour?", "-m", "replay:\(file)", "--cwd", try other(program, saying: "green\n"))
            #expect(result.code == 1 && result.errors.contains("request 2 is not the one"))
            #expect(result.errors.contains("green"))
            let more = try program.run("-p", "--continue", "And the pear?", "-m", "replay:\(file)")
            #expect(more.code == 1)
        }
    }

    @Test func `a file that cannot be played back or recorded is wrong usage, and nothing runs`() async throws {
        try await Program.with { program in
            let (file, _) = try record(program)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            func variant(_ name: String, _ text: String) throws -> String {
                try program.write(text, to: name)
                return program.folder.appendingPathComponent(name).path
            }
            let cases: [(String, String)] = [
                ("/no/such", "there is no recording"), (program.folder.path, "no plain file"),
                (try variant("a", "hello\n"), "is no recording"), (try variant("b", ""), "nothing was recorded"),
                (try variant("c", text.replacing(#""version":1"#, with: #""version":7"#)), "has version 7"),
                (try variant("d", String(text.dropLast(9))), "breaks off inside line"),
                (try variant("e", text + "{}\n"), "is damaged"),
            ]
            for (path, words) in cases {
                let result = try program.run("-p", "What colour?", "-m", "replay:\(path)")
                #expect(result.code == 2 && result.output.isEmpty && result.errors.contains(words), "\(result.errors)")
            }
            let there = try program.run("-p", "x", "--record", file)
            #expect(there.code == 2 && there.errors.contains("exists already"))
            #expect(try String(contentsOfFile: file, encoding: .utf8) == text)
        }
    }

    @Test func `no secret of the environment and of no known form is in a recording`() async throws {
        try await Program.with { program in
            let token = "ghp_" + String(repeating: "a1B2", count: 9)
            let script = try program.script(
                """
                answers:
                  - {text: "you said planted-5522 and \(token)", tools: [{name: bash, input: {command: "echo planted-5522"}}]}
                  - text: Done.
                """)
            let file = program.root.appendingPathComponent("talk.jsonl").path
            let outcome = try program.run(
                ["-p", "my word is planted-5522", "--script", script, "--allow", "Bash(echo *)", "--record", file],
                environment: ["DATABASE_PASSWORD": "planted-5522"])
            #expect(outcome.code == 0)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            #expect(!text.contains("planted-5522") && !text.contains(token))
            #expect(text.contains("[redacted:DATABASE_PASSWORD]") && text.contains("[redacted:github-token]"))
            let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `an error that was retried and one that was not are played back`() async throws {
        try await Program.with { program in
            let script = try program.script(
                """
                answers:
                  - error: {status: 429, type: rate_limited, message: slow down, retry_after: "0"}
                  - text: Now.
                  - error: {status: 401, type: authentication, message: wrong key}
                """)
            let file = program.root.appendingPathComponent("talk.jsonl").path
            let recorded = try program.run("-p", "x", "--script", script, "--record", file)
            #expect(recorded.code == 0)
            let replayed = try program.run("-p", "x", "-m", "replay:\(file)", "--output-format", "stream-json")
            #expect(replayed.code == 0 && replayed.lines.last?["text"] == "Now.")
            #expect(replayed.types.contains("retry_scheduled"))
            let failing = try program.script(
                "answers: [{error: {status: 401, type: authentication, message: wrong key}}]")
            let other = program.root.appendingPathComponent("other.jsonl").path
            let failed = try program.run("-p", "x", "--script", failing, "--record", other)
            let again = try program.run("-p", "x", "-m", "replay:\(other)")
            #expect(failed.code == 1 && again.code == 1 && again.errors == failed.errors)
        }
    }

    /// A process that records and streams an answer that never ends.
    private func stalled(_ program: Program, _ file: String) throws -> (Process, LineReader) {
        let script = try program.script("answers: [{text: one two three four, stall_after: 3}]")
        let process = program.process([
            "-p", "go", "--script", script, "--record", file, "--output-format", "stream-json",
        ])
        let output = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        let reader = LineReader(output)
        #expect(reader.read(until: "token_delta"))
        return (process, reader)
    }

    @Test func `a kill leaves a readable file, which breaks off where it broke off`() async throws {
        try await Program.with { program in
            let file = program.root.appendingPathComponent("talk.jsonl").path
            let (process, reader) = try stalled(program, file)
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            reader.drain()
            let lines = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n")
            #expect(try lines.map { try JSONParser.parse(String($0)) }.count > 3)
            let replayed = try program.run("-p", "go", "-m", "replay:\(file)")
            #expect(replayed.code == 1 && replayed.text.hasPrefix("one"))
            #expect(replayed.errors.contains("ends in the middle of this answer"))
        }
    }

    @Test func `what ctrl-c cancelled is cancelled again`() async throws {
        try await Program.with { program in
            let file = program.root.appendingPathComponent("talk.jsonl").path
            let (process, reader) = try stalled(program, file)
            process.interrupt()
            reader.drain()
            process.waitUntilExit()
            #expect(process.terminationStatus == 130)
            let replayed = try program.run("-p", "go", "-m", "replay:\(file)", "--output-format", "json")
            #expect(replayed.code == 130 && replayed.lines.last?["outcome"] == "cancelled")
            #expect(replayed.lines.last?["reason"] == "interrupted")
        }
    }
}
