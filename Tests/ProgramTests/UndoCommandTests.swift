import BassiEvents
import Foundation
import Testing

/// `bassi undo`, as a script calls it.
@Suite struct UndoCommandTests {
    private static let script = """
        answers:
          - tools: [{name: read_file, input: {path: notes.txt}}]
          - tools:
              - {name: edit_file, input: {path: notes.txt, old_text: "old", new_text: "new"}}
              - {name: write_file, input: {path: made.txt, content: "made\\n"}}
          - text: Done.
        """

    private func session(_ program: Program) throws -> String {
        let script = program.root.appendingPathComponent("script.yaml")
        try Self.script.write(to: script, atomically: true, encoding: .utf8)
        try write("old\n", "notes.txt", program)
        let run = try program.run(
            "-p", "go", "-m", "demo", "--script", script.path, "--permission-mode", "accept-edits", "--output-format",
            "json")
        #expect(run.code == 0, "\(run.errors)")
        return try #require(run.lines.last?["session_id"]?.string)
    }

    private func write(_ text: String, _ name: String, _ program: Program) throws {
        try text.write(to: program.folder.appendingPathComponent(name), atomically: false, encoding: .utf8)
    }

    private func files(_ program: Program) throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, try String(contentsOf: program.folder.appendingPathComponent(name), encoding: .utf8))
            })
    }

    @Test func `what the last run did to files is taken back, and the undo too`() async throws {
        try await Program.with { program in
            let session = try session(program)
            let after = ["notes.txt": "new\n", "made.txt": "made\n"]
            #expect(try files(program) == after)
            let last = try program.run("events", session).lines.last?["seq"]?.int64
            let end = try #require(last)

            let undo = try program.run("undo", session)
            #expect(undo.code == 0 && undo.text.contains("notes.txt") && undo.text.contains("made.txt"))
            #expect(undo.errors.contains("To take this back too: bassi undo \(session) --to \(end)\n"))
            #expect(try files(program) == ["notes.txt": "old\n"])
            #expect(try program.run("verify").code == 0)
            #expect(try program.run("undo", session).errors.contains("nothing to take back"))

            let again = try program.run("undo", session, "--to", "\(end)", "--json")
            #expect(again.code == 0 && again.lines.last?["changes"]?.array?.count == 2)
            #expect(try files(program) == after)
        }
    }

    @Test func `a file that a person changed meanwhile is left alone unless it is said otherwise`() async throws {
        try await Program.with { program in
            let session = try session(program)
            try write("mine\n", "notes.txt", program)
            let refused = try program.run("undo", session)
            #expect(refused.code == 1 && refused.errors.contains("notes.txt"))
            #expect(try files(program) == ["notes.txt": "mine\n", "made.txt": "made\n"])
            #expect(try program.run("undo", session, "--json").lines.last?["conflicts"]?.array?.count == 1)
            #expect(try program.run("undo", session, "--force").code == 0)
            #expect(try files(program) == ["notes.txt": "old\n"])
        }
    }

    @Test func `nothing is shown or asked while another process runs the session`() async throws {
        try await Program.with { program in
            let session = try session(program)
            let owner = try Terminal(program, ["--resume", session])
            #expect(owner.read(until: "\n> ") != nil)
            for options in [[], ["--json"], ["--yes"]] {
                let refused = try program.run(["undo", session] + options)
                #expect(refused.code != 0 && refused.output.isEmpty, "\(options): \(refused.text)")
                #expect(refused.errors.contains("\(owner.process.processIdentifier)"), "\(refused.errors)")
            }
            try owner.type("exit")
            #expect(owner.read(until: "Left.") != nil)
            owner.process.waitUntilExit()
            #expect(try program.run("undo", session).code == 0)
        }
    }

    @Test func `what is wrong is said before anything is done`() async throws {
        try await Program.with { program in
            let session = try session(program)
            for wrong in [["nope"], [SessionID().description], [session, "--to", "-1"], []] {
                #expect(try program.run(["undo"] + wrong).code == 2, "\(wrong)")
            }
            #expect(try files(program).count == 2)
        }
    }
}
