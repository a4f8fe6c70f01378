import BassiEvents
import Foundation
import Testing

/// The commands that copy, erase, drop and carry what is stored, as a person calls them.
@Suite(.timeLimit(.minutes(10))) struct StoredCommandsTests {
    private let marker = "planted-5522-word"

    /// Runs a prompt in a new session and gives its id.
    private func session(_ program: Program, _ prompt: String) throws -> String {
        let result = try program.run("-p", prompt, "--output-format", "json")
        return try #require(result.lines.last?["session_id"]?.string, "\(result.errors)")
    }

    private func events(_ program: Program, _ session: String) throws -> [JSONValue] {
        try program.run("events", session).lines
    }

    private func filesWithMarker(_ program: Program) -> [String] {
        let files = FileManager.default.enumerator(at: program.home, includingPropertiesForKeys: nil)
        return (files?.allObjects as? [URL] ?? []).filter {
            (try? Data(contentsOf: $0))?.range(of: Data(marker.utf8)) != nil
        }.map(\.lastPathComponent)
    }

    @Test func `a fork goes on from an event, by command and by option`() async throws {
        try await Program.with { program in
            let parent = try session(program, "hi")
            let before = try events(program, parent)
            let child = try program.run("sessions", "fork", "\(parent)@4").text.trimmingCharacters(
                in: .whitespacesAndNewlines)
            let log = try events(program, child)
            #expect(log.count == 5 && log[4]["type"]?.string == "session_forked" && log[4]["at_seq"]?.int64 == 4)
            #expect(log.prefix(4).map { $0["event_id"] } == before.prefix(4).map { $0["event_id"] })
            #expect(log.allSatisfy { $0["session_id"]?.string == child })
            #expect(try program.run("-p", "again", "--resume", child).code == 0)
            let other = try program.run("-p", "again", "--fork", parent, "--output-format", "stream-json")
            #expect(other.code == 0 && other.types.first == "session_forked" && other.types.last == "result")
            #expect(try events(program, parent) == before)
            #expect(try program.run("verify").text == "3 sessions: as written\n")
            for wrong in ["nope", "\(parent)@0", "\(parent)@x", "\(parent)@99", SessionID().description] {
                #expect(try program.run("sessions", "fork", wrong).code == 2, "\(wrong)")
            }
        }
    }

    @Test func `a redacted prompt is in no file, and the log verifies`() async throws {
        try await Program.with { program in
            let id = try session(program, "my word is \(marker)")
            #expect(try program.run("sessions", "search", marker).text.contains(id))
            #expect(try program.run("sessions", "redact", "\(id)@2").code == 2)
            #expect(try program.run("sessions", "redact", "\(id)@2", "--yes", "--reason", "a slip").code == 0)
            #expect(filesWithMarker(program) == [])
            let log = try events(program, id)
            #expect(log[1]["erased"] == true)
            #expect(log.last?["type"]?.string == "redacted" && log.last?["reason"]?.string == "a slip")
            #expect(try program.run("verify").code == 0)
            #expect(try program.run("-p", "go on", "--continue").code == 0)
            for wrong in [["\(id)@999", "--yes"], [id, "--yes"], ["x@1", "--yes"]] {
                #expect(try program.run(["sessions", "redact"] + wrong).code == 2, "\(wrong)")
            }
        }
    }

    @Test func `an export is taken in where it verifies, and refused where one byte was changed`() async throws {
        try await Program.with { program in
            let id = try session(program, "hi")
            let export = try program.run("sessions", "export", id)
            let log = try program.run("events", id).output
            let file = program.root.appendingPathComponent("log.jsonl")
            try export.output.write(to: file)
            #expect(try program.run("sessions", "import", file.path).code == 1)
            #expect(try program.run("sessions", "delete", id, "--yes").code == 0)
            #expect(try program.run("sessions", "import", file.path).text == "\(id)\n")
            #expect(try program.run("events", id).output == log)
            #expect(try program.run("verify").code == 0)
            #expect(try program.run("-p", "again", "--resume", id).code == 0)

            #expect(try program.run("sessions", "delete", id, "--yes").code == 0)
            try Data(export.text.replacing("\"demo\"", with: "\"Demo\"").utf8).write(to: file)
            let changed = try program.run("sessions", "import", file.path)
            #expect(changed.code == 1 && changed.errors.contains("line 1: position 1: its link does not fit"))
            for text in ["", "{}", "no json", String(export.text.dropFirst(600))] {
                try Data(text.utf8).write(to: file)
                #expect(try program.run("sessions", "import", file.path).code == 1, "\(text.prefix(20))")
            }
            #expect(try program.run("events", id).code == 2)
        }
    }

    @Test func `an export has what the log names, and an import without it is no whole session`() async throws {
        try await Program.with { program in
            let long = String(repeating: "long words ", count: 40_000)
            let result = try program.run(["-p", "-", "--output-format", "json"], input: long)
            let id = try #require(result.lines.last?["session_id"]?.string, "\(result.errors)")
            let file = program.root.appendingPathComponent("log.jsonl")
            let export = try program.run("sessions", "export", id)
            #expect(export.lines.contains { $0["blob"] != nil })
            let shown = try program.run("sessions", "export", id, "--format", "markdown").text
            #expect(try program.run("sessions", "delete", id, "--yes").code == 0)

            let lines = export.text.split(separator: "\n")
            try Data(lines.filter { !$0.hasPrefix("{\"blob\"") }.joined(separator: "\n").utf8).write(to: file)
            #expect(try program.run("sessions", "import", file.path).code == 0)
            #expect(try program.run("verify").code == 1)
            #expect(try program.run("sessions", "delete", id, "--yes").code == 0)

            try export.output.write(to: file)
            #expect(try program.run("sessions", "import", file.path).code == 0)
            #expect(try program.run("verify").code == 0)
            #expect(try program.run("sessions", "export", id, "--format", "markdown").text == shown)
        }
    }

    @Test func `deltas are dropped, and whoever reads is told`() async throws {
        try await Program.with { program in
            let id = try session(program, "Give me a tour")
            let before = try events(program, id)
            let result = try program.run("compact", "--json")
            let deltas = before.count { ["token_delta", "tool_output_delta"].contains($0["type"]?.string) }
            #expect(result.lines.first?["dropped"]?.int64 == Int64(deltas))
            let after = try events(program, id)
            #expect(after.contains { $0["type"]?.string == "compacted" })
            #expect(after.filter { $0["seq"] != nil }.count == before.count - deltas)
            #expect(try program.run("verify").code == 0)
            #expect(try program.run("-p", "hi", "--continue").code == 0)
            #expect(try program.run("gc").code == 0)
            #expect(try program.run("compact", "x").code == 2)
            #expect(try program.run("compact", "--older-than", "soon").code == 2)
        }
    }

    @Test func `a backup is a store, and a reader that knows more than it is told`() async throws {
        try await Program.with { program in
            let id = try session(program, "hi")
            let copy = program.root.appendingPathComponent("copy.sqlite").path
            #expect(try program.run("backup", copy).code == 0)
            #expect(try program.run("backup", copy).code == 1)
            let head = try events(program, id).count
            #expect(try program.run("-p", "more", "--continue").code == 0)
            #expect(try program.run("events", id, "--store", "sqlite:\(copy)").lines.count == head)
            let ahead = try program.run("events", id, "--store", "sqlite:\(copy)", "--after", "\(head + 5)")
            #expect(ahead.code == 2 && ahead.errors.contains("ends at \(head)"))
        }
    }

    @Test func `with a key a log that was written without it does not verify`() async throws {
        try await Program.with { program in
            let file = program.root.appendingPathComponent("key")
            try Data(repeating: 7, count: 32).write(to: file)
            let signed = ["BASSI_LOG_KEY_FILE": file.path]
            #expect(try program.run("-p", "hi", environment: signed).code == 0)
            #expect(try program.run("verify", environment: signed).code == 0)
            #expect(try program.run("-p", "hi").code == 0)
            let found = try program.run("verify", environment: signed)
            #expect(found.code == 1 && found.text.contains("the end of this run is not signed"))
            try Data(repeating: 7, count: 3).write(to: file)
            #expect(try program.run("verify", environment: signed).code == 2)
            #expect(try program.run("verify", environment: ["BASSI_LOG_KEY_FILE": "/no/such"]).code == 2)
        }
    }
}
