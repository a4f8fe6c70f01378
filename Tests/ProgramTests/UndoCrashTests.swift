#if DEBUG
    import Foundation
    import Testing

    /// A kill at every place of a run that changes files: what it did by then can be taken back, all of it.
    @Suite(.timeLimit(.minutes(20))) struct UndoCrashTests {
        private static let changing = """
            answers:
              - tools:
                  - {name: edit_file, input: {path: notes.txt, old_text: "old", new_text: "new"}}
                  - {name: write_file, input: {path: made.txt, content: "made\\n"}}
                  - {name: write_file, input: {path: notes.txt, content: "all new\\n"}}
              - text: Done.
            """
        private static let silent = "answers: [{text: And on.}]"

        @Test(arguments: [false, true])
        func `after a kill at every place all changes are taken back`(isRecovered: Bool) async throws {
            var (place, changed) = (1, 0)
            while let wasChanged = try await crash(at: place, isRecovered) {
                changed += wasChanged ? 1 : 0
                place += 1
            }
            #expect(place > 20 && changed > 5, "a run has more places than that: \(place), \(changed)")
        }

        /// Whether a file had been changed by then; nil where the run came to its end.
        private func crash(at place: Int, _ isRecovered: Bool) async throws -> Bool? {
            try await Program.with { program in
                let notes = program.folder.appendingPathComponent("notes.txt")
                try Data("old\n".utf8).write(to: notes)
                let first = try run(program, ["-p", "go"], Self.changing, ["BASSI_CRASH_AT": "\(place)"])
                guard first.code == SIGKILL else { return nil }
                let listed = try program.run("sessions", "list", "--json").lines.first?["sessions"]?.array ?? []
                guard let session = listed.first?["id"]?.string else { return false }
                if isRecovered {
                    let next = try run(program, ["-p", "go on", "--continue"], Self.silent)
                    #expect(next.code == 0, "crash at \(place): \(next.errors)")
                }
                let wasChanged = try files(program) != ["notes.txt": "old\n"]
                let undo = try program.run("undo", session)
                #expect(undo.code == 0, "crash at \(place): \(undo.errors)")
                #expect(try files(program) == ["notes.txt": "old\n"], "crash at \(place): \(undo.text)")
                #expect(try program.run("verify").code == 0, "crash at \(place)")
                return wasChanged
            }
        }

        private func run(
            _ program: Program, _ arguments: [String], _ script: String, _ environment: [String: String] = [:]
        ) throws -> Program.Outcome {
            let all = arguments + ["--script", try program.script(script), "--permission-mode", "accept-edits"]
            return try program.run(all, environment: environment)
        }

        private func files(_ program: Program) throws -> [String: String] {
            let names = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
            // What a kill between a write and its renaming has left.
            let own = names.filter { !$0.hasPrefix(".bassi-") && !$0.hasSuffix(".yaml") }
            return try Dictionary(
                uniqueKeysWithValues: own.map { name in
                    (name, try String(contentsOf: program.folder.appendingPathComponent(name), encoding: .utf8))
                })
        }
    }
#endif
