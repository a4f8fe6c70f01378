import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Testing

/// `--attach`: one process runs a session, others speak to it.
@Suite(.serialized, .timeLimit(.minutes(10))) struct AttachTests {
    /// A process whose events are read while it runs.
    private struct Running {
        let process: Process
        let reader: LineReader
        let errors: Pipe

        func end() -> (code: Int32, errors: String) {
            reader.drain()
            let text = (try? errors.fileHandleForReading.readToEnd()) ?? Data()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }

        var lines: [JSONValue] {
            String(decoding: reader.all, as: UTF8.self).split(separator: "\n").compactMap {
                try? JSONParser.parse(String($0))
            }
        }

        func session() throws -> String { try #require(lines.first?["session_id"]?.string) }
    }

    private func start(_ program: Program, _ arguments: [String]) throws -> Running {
        let (output, errors) = (Pipe(), Pipe())
        let process = program.process(["-p"] + arguments + ["--output-format", "stream-json"])
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (output, errors)
        try process.run()
        return Running(process: process, reader: LineReader(output), errors: errors)
    }

    /// An owner in mid-answer, busy for some seconds, that has these answers for others then.
    private func startOwner(_ program: Program, answering answers: String...) throws -> (Running, String) {
        let script =
            (["answers:", "  - {text: one two three four five six seven eight, delay_ms: 300}"]
            + answers.map { "  - \($0)" }).joined(separator: "\n")
        let owner = try start(program, ["go", "--script", try program.script(script)])
        #expect(owner.reader.read(until: "token_delta"))
        return (owner, try owner.session())
    }

    private func store(_ program: Program) throws -> SQLiteEventStore {
        try SQLiteEventStore(path: program.home.appendingPathComponent("bassi.sqlite").path)
    }

    private func prompts(_ program: Program, _ session: String, key: String) throws -> Int {
        try program.run("events", session, "--type", "prompt_received").lines.count {
            $0["idempotency_key"]?.string == key
        }
    }

    @Test func `a prompt is sent to the owner, and its result is printed in every format`() async throws {
        try await Program.with { program in
            let (owner, id) = try startOwner(program, answering: "{text: Second.}")
            let text = try program.run("-p", "--attach", id, "and now?")
            #expect(text.code == 0 && text.text == "Second.\n", "\(text.errors)")
            let end = owner.end()
            #expect(end.code == 0 && owner.lines.last?["text"]?.string?.hasPrefix("one two") == true, "\(end.errors)")
            try #expect(program.run("verify").code == 0)
        }
        try await Program.with { program in
            let (owner, id) = try startOwner(program, answering: "{text: Second.}", "{text: Third.}")
            let stream = try start(program, ["--attach", id, "stream"])
            #expect(stream.reader.read(until: "prompt_received"))
            let json = try program.run("-p", "--attach", id, "json", "--output-format", "json")
            #expect(json.code == 0 && json.lines.first?["text"] == "Third." && json.lines.count == 1, "\(json.errors)")
            #expect(stream.end().code == 0)
            let types = stream.lines.compactMap { $0["type"]?.string }
            #expect(types.first == "prompt_received" && types.suffix(2) == ["run_completed", "result"])
            #expect(stream.lines.last?["text"] == "Second." && stream.lines.last?["session_id"]?.string == id)
            #expect(owner.end().code == 0)
        }
    }

    @Test func `three senders at once are all answered by one owner`() async throws {
        try await Program.with { program in
            let (owner, id) = try startOwner(program, answering: "{text: A}", "{text: B}", "{text: C}")
            let senders = try (1...3).map { try start(program, ["--attach", id, "question \($0)"]) }
            for sender in senders {
                let end = sender.end()
                #expect(end.code == 0, "\(end.errors)")
            }
            #expect(Set(senders.compactMap { $0.lines.last?["text"]?.string }) == ["A", "B", "C"])
            #expect(owner.end().code == 0)
            try #expect(program.run("verify").code == 0)
        }
    }

    @Test func `a resume of a session that is owned names attach, and an attach to one that is not names resume`()
        async throws
    {
        try await Program.with { program in
            let (owner, id) = try startOwner(program)
            let second = try program.run("-p", "--resume", id, "me too")
            #expect(second.code == 1 && second.errors.contains("bassi --attach \(id)"), "\(second.errors)")
            kill(owner.process.processIdentifier, SIGKILL)
            _ = owner.end()
            let third = try program.run("-p", "--attach", id, "anybody?")
            #expect(third.code == 2 && third.errors.contains("bassi --resume \(id)"), "\(third.errors)")
            let unknown = try program.run("-p", "--attach", SessionID().description, "anybody?")
            #expect(unknown.code == 2 && unknown.errors.contains("there is no session"))
            for wrong in [["--model", "demo"], ["--resume", id], ["--session-id", id]] {
                try #expect(program.run(["-p", "--attach", id, "x"] + wrong).code == 2)
            }
            try #expect(program.run("-p", "--attach", "nonsense", "x").code == 2)
        }
    }

    @Test func `a sender that was killed before the answer sends the same again, and it is run once`() async throws {
        try await Program.with { program in
            let (owner, id) = try startOwner(program, answering: "{text: Once.}")
            // It is between two words, so in no transaction.
            kill(owner.process.processIdentifier, SIGSTOP)
            let command = ["--attach", id, "--idempotency-key", "key", "only once"]
            let sender = try start(program, command)
            let store = try store(program)
            try await store.waitForCommands(in: #require(SessionID(id)), after: 0)
            kill(sender.process.processIdentifier, SIGKILL)
            _ = sender.end()
            kill(owner.process.processIdentifier, SIGCONT)
            for _ in 0..<2 {
                let again = try program.run(["-p"] + command)
                #expect(again.code == 0 && again.text == "Once.\n", "\(again.errors)")
            }
            try #expect(prompts(program, id, key: "key") == 1)
            #expect(owner.end().code == 0)
            // The record holds without an owner: the prompt is not sent, and its run is over.
            let late = try program.run("-p", "--resume", id, "--idempotency-key", "key", "only once")
            #expect(late.code == 0 && late.text == "Once.\n", "\(late.errors)")
            try #expect(prompts(program, id, key: "key") == 1)
            try await store.close()
        }
    }

    @Test func `ctrl-c cancels one's own run, and leaves somebody else's alone`() async throws {
        try await Program.with { program in
            let (owner, id) = try startOwner(program, answering: "{text: Kept.}")
            let early = try start(program, ["--attach", id, "first"])
            #expect(early.reader.read(until: "prompt_received"))
            early.process.interrupt()
            let left = early.end()
            #expect(left.code == 130 && left.errors.contains("the prompt stays"), "\(left.errors)")
            #expect(owner.end().code == 0)
            let blocks = try program.run("events", id, "--type", "content_block_end").lines
            #expect(blocks.last?["text"] == "Kept." && !blocks.contains { $0["interrupted"] == true })
        }
        try await Program.with { program in
            let (owner, id) = try startOwner(program, answering: "{text: one two three four, stall_after: 3}")
            let sender = try start(program, ["--attach", id, "mine"])
            #expect(sender.reader.read(until: "token_delta"))
            sender.process.interrupt()
            let end = sender.end()
            #expect(end.code == 130 && sender.lines.last?["outcome"] == "cancelled", "\(end.errors)")
            #expect(owner.end().code == 0)
        }
    }

    @Test func `a sender is told when the owner is killed`() async throws {
        try await Program.with { program in
            let (owner, id) = try startOwner(program, answering: "{text: one two three four, stall_after: 3}")
            let sender = try start(program, ["--attach", id, "mine"])
            #expect(sender.reader.read(until: "token_delta"))
            kill(owner.process.processIdentifier, SIGKILL)
            let end = sender.end()
            #expect(end.code == 1 && end.errors.contains("bassi --resume \(id)"), "\(end.errors)")
            _ = owner.end()
        }
    }

    #if DEBUG
        /// Among the places is the one between the append of the prompt and the completion of its command.
        @Test func `an owner that is killed at any place does not make the next run a command twice`() async throws {
            var (place, crashes) = (1, 0)
            while place < 60 {
                let crashed = try await Program.with { try await crash($0, at: place) }
                if !crashed { break }
                crashes += 1
                place += 1
            }
            #expect(crashes > 20 && place < 60, "\(crashes) crashes")
        }

        private func crash(_ program: Program, at place: Int) async throws -> Bool {
            let first = try program.run("-p", "hello", "--output-format", "json")
            let id = try #require(first.lines.first?["session_id"]?.string)
            let session = try #require(SessionID(id))
            let store = try store(program)
            // As a sender leaves it whose owner died.
            let body = "{\"op\":\"prompt\",\"content\":[{\"type\":\"text\",\"text\":\"once\"}],\"when_busy\":\"queue\"}"
            try await store.submit("key", Array(body.utf8), to: session)
            let script = try program.script("answers: [{text: A}, {text: B}, {text: C}, {text: D}]")
            let arguments = ["-p", "--resume", id, "--script", script]
            let crashed = try program.run(arguments + ["mine"], environment: ["BASSI_CRASH_AT": "\(place)"])
            let next = try program.run(arguments + ["next"])
            #expect(next.code == 0, "crash at \(place): \(next.errors)")
            try #expect(prompts(program, id, key: "key") == 1, "crash at \(place)")
            #expect(try await store.command("key", of: session)?.result != nil, "crash at \(place)")
            try #expect(program.run("verify").code == 0, "crash at \(place)")
            try await store.close()
            return crashed.code == SIGKILL
        }
    #endif
}
