#if DEBUG
    import BassiEvents
    import Foundation
    import Testing

    /// A kill at every place of a run where one could matter, and again during the recovery (docs/durability.md).
    @Suite(.timeLimit(.minutes(20))) struct CrashPointTests {
        /// A tool that counts how often it runs, between two answers.
        private static let withTool = """
            answers:
              - text: One moment.
                tools: [{name: bash, input: {command: "echo ran >> ran.txt"}}]
              - text: Done.
            """

        /// What follows asks for no tool: one that runs again then was run by the recovery.
        private static let withoutTool = "answers: [{text: And on.}]"

        private func isKilled(_ outcome: Program.Outcome) -> Bool { outcome.code == SIGKILL }

        private func run(
            _ program: Program, _ arguments: [String], _ script: String, crashAt place: Int?
        ) throws -> Program.Outcome {
            let environment = place.map { ["BASSI_CRASH_AT": "\($0)"] } ?? [:]
            let all = arguments + ["--script", try program.script(script), "--allow", "Bash"]
            return try program.run(all, environment: environment)
        }

        /// What must hold after every crash, whatever follows.
        private func expectSound(_ program: Program, _ comment: String) throws {
            let verified = try program.run("verify")
            #expect(verified.code == 0, "\(comment): \(verified.text)")
            let ran = try? String(contentsOf: program.folder.appendingPathComponent("ran.txt"), encoding: .utf8)
            #expect(ran == nil || ran == "ran\n", "\(comment): the tool ran twice")
        }

        @Test func `a kill at every place of a run, and again at every place of its recovery`() async throws {
            var place = 1
            while true {
                let (crashed, wasStored) = try await crash(at: place, andDuringRecovery: nil)
                if !crashed { break }
                for second in 1...6 where wasStored { _ = try await crash(at: place, andDuringRecovery: second) }
                place += 1
            }
            #expect(place > 20, "a run has more places than that")
        }

        private func crash(
            at place: Int, andDuringRecovery second: Int?
        ) async throws -> (crashed: Bool, wasStored: Bool) {
            try await Program.with { program in
                let comment = "crash at \(place), then at \(second.map { "\($0)" } ?? "none")"
                let first = try run(program, ["-p", "go"], Self.withTool, crashAt: place)
                if !isKilled(first) { return (false, true) }
                let stored = try program.run("sessions", "list", "--json").lines.first?["sessions"]?.array ?? []
                if stored.isEmpty { return (true, false) }
                try expectSound(program, comment)
                if let second {
                    _ = try run(program, ["-p", "go on", "--continue"], Self.withoutTool, crashAt: second)
                    try expectSound(program, comment)
                }
                let last = try run(program, ["-p", "go on", "--continue"], Self.withoutTool, crashAt: nil)
                #expect(last.code == 0, "\(comment): \(last.errors)")
                try expectSound(program, comment)
                let log = try program.run("sessions", "list", "--json").lines.first?["sessions"]?.array?.first
                #expect(log?["state"]?.string == "idle", "\(comment)")
                return (true, true)
            }
        }
    }
#endif
