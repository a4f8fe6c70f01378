import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Foundation
import Testing

@testable import BassiSession

/// Commands that go on in the background, with real shells.
@Suite(.serialized, .timeLimit(.minutes(2))) struct BackgroundTests {
    private let done = ScriptedAnswer(text: "Done.")

    private func isUp(_ payload: EventPayload) -> Bool {
        if case .toolOutputDelta(let delta) = payload { delta.delta.contains("up") } else { false }
    }

    private func isEnd(_ payload: EventPayload) -> Bool {
        if case .backgroundEnded = payload { true } else { false }
    }

    @Test func `a command returns at once, says what is new piece by piece, and its end is seen`() async throws {
        let command = "echo one; until [ -e go ]; do /bin/sleep 0.02; done; echo two >&2; exit 3"
        let answers = [
            ScriptedAnswer(tools: [.background(command, id: "start")]),
            ScriptedAnswer(tools: [.output(id: "first")]),
            ScriptedAnswer(tools: [.output(waiting: 1, id: "nothing")]),
            ScriptedAnswer(tools: [ScriptedCall("bash", ["command": "touch go"], id: "go")]),
            ScriptedAnswer(tools: [.output(id: "second")]), ScriptedAnswer(tools: [.output(id: "third")]),
            ScriptedAnswer(tools: [ScriptedCall("bash_output", ["id": "bg_1", "from": 2], id: "again")]), done,
        ]
        try await Workshop.with(answers) { workshop in
            let lines = EventList.lines(of: try await workshop.run())
            let started = try #require(lines.firstIndex(of: "background_started"))
            #expect(lines[..<started].contains("tool_call_started bash"))
            #expect(try #require(lines.firstIndex(of: "tool_call_completed bash")) > started)
            let results = try await workshop.results()
            #expect(results["start"]?.contains("as bg_1") == true)
            #expect(results["first"] == "one\n(bg_1 runs)")
            #expect(results["nothing"] == "(bg_1 runs, and has said nothing new)")
            #expect(results["second"]?.hasPrefix("two\n(bg_1 ") == true)
            #expect(results["third"]?.hasSuffix("(bg_1 ended with exit code 3)") == true)
            #expect(results["again"] == "e\ntwo\n(bg_1 ended with exit code 3)")
            let end = try #require(try await workshop.ends().first)
            #expect(end.outcome == .exited && end.exit == 3 && end.outputBytes == 8)
            let blob = try #require(end.outputFile.flatMap { BlobName($0) })
            let bytes = try await workshop.store.blobs.read(blob, of: workshop.session.id)
            #expect(String(decoding: bytes, as: UTF8.self) == "one\ntwo\n")
        }
    }

    @Test func `the model is told once of an end that it has not seen`() async throws {
        let answers = [ScriptedAnswer(tools: [.background("exit 7", id: "start")]), done, done, done]
        try await Workshop.with(answers) { workshop in
            _ = try await workshop.run()
            try await workshop.wait(for: isEnd)
            for _ in 0..<2 { _ = try await workshop.run("And now?") }
            let told = "The background command bg_1 (exit 7) ended with exit code 7."
            let texts = workshop.model.requests.map { "\($0.messages)".components(separatedBy: told).count - 1 }
            #expect(texts == [0, texts[1], 1, 1])
        }
    }

    @Test func `a kill ends daemons and what ignores SIGTERM, and is no news`() async throws {
        let answers = [
            ScriptedAnswer(tools: [.background(Workshop.daemon, id: "start")]),
            ScriptedAnswer(tools: [.output(id: "up")]),
            ScriptedAnswer(text: "It is up."),
            ScriptedAnswer(tools: [ScriptedCall("bash_kill", ["id": "bg_1"], id: "kill")]),
            ScriptedAnswer(tools: [ScriptedCall("bash_kill", ["id": "bg_1"], id: "twice")]), done,
        ]
        try await Workshop.with(answers) { workshop in
            _ = try await workshop.run()
            let heard = try await workshop.results()
            #expect(workshop.isLocked(), "\(heard)")
            _ = try await workshop.run("End it.")
            #expect(!workshop.isLocked())
            let results = try await workshop.results()
            #expect(results["kill"] == "(bg_1 was ended by bash_kill)" && results["twice"] == results["kill"])
            #expect(try await workshop.ends().map(\.outcome) == [.killed])
            let told = "\(workshop.model.requests.last?.messages ?? [])"
            #expect(!told.contains("The background command"))
        }
    }

    @Test func `a cancel of the run leaves it alone, and the end of the session ends it`() async throws {
        let answers = [
            ScriptedAnswer(tools: [.background(Workshop.daemon, id: "start")]),
            ScriptedAnswer(tools: [.output(id: "up")]),
            ScriptedAnswer(tools: [ScriptedCall("bash", ["command": "/bin/sleep 1000"], id: "hang")]),
        ]
        try await Workshop.with(answers) { workshop in
            for try await event in workshop.session.send("Go.") {
                guard case .toolCallStarted(let call) = event.payload, call.toolID == "hang" else { continue }
                try await workshop.session.cancel()
            }
            #expect(workshop.isLocked())
            #expect(try await workshop.ends().isEmpty)
            try await workshop.session.end()
            #expect(!workshop.isLocked())
            let log = try await workshop.log()
            #expect(EventList.lines(of: log).suffix(2) == ["background_ended", "session_ended"])
            #expect(try await workshop.ends().map(\.outcome) == [.sessionEnded])
        }
    }

    @Test func `a session that is let go of, and one that finishes, end what runs in the background`() async throws {
        for finishes in [true, false] {
            let answers = [
                ScriptedAnswer(tools: [.background(Workshop.daemon, id: "start")]),
                ScriptedAnswer(tools: [.output(id: "up")]), done,
            ]
            try await Workshop.with(answers) { workshop in
                _ = try await workshop.run()
                if finishes { try await workshop.session.finish() } else { try await workshop.session.close() }
                #expect(!workshop.isLocked())
                #expect(try await workshop.ends().map(\.outcome) == [.sessionEnded])
            }
        }
    }

    @Test func `a flood is counted and bounded, in memory, in the log and for the model`() async throws {
        let answers = [
            ScriptedAnswer(tools: [.background("yes", id: "start")]), done,
            ScriptedAnswer(tools: [ScriptedCall("bash_kill", ["id": "bg_1"], id: "kill")]), done,
        ]
        try await Workshop.with(answers) { workshop in
            _ = try await workshop.run()
            try await workshop.wait { if case .backgroundOutput(let part) = $0 { part.from > 3 << 20 } else { false } }
            _ = try await workshop.run("Enough.")
            let text = try #require(try await workshop.results()["kill"])
            #expect(text.hasPrefix("y\ny\n") && text.contains("bytes left out") && text.utf8.count < 31_000)
            var (shown, kept) = (0, 0)
            for event in try await workshop.log() {
                if case .toolOutputDelta(let delta) = event.payload { shown += delta.delta.utf8.count }
                guard case .backgroundOutput(let part) = event.payload else { continue }
                #expect(part.from == kept)
                kept += part.bytes
                let blob = try #require(BlobName(part.outputFile))
                #expect(try await workshop.store.blobs.size(of: blob, in: workshop.session.id) == part.bytes)
            }
            #expect(shown < 1_200_000 && kept > 3 << 20 && kept <= 65 << 20)
        }
    }

    @Test func `no more than eight run at the same time, and the error names them`() async throws {
        let calls = (1...9).map { ScriptedCall.background("/bin/sleep 1000", id: ToolID("call\($0)")) }
        try await Workshop.with([ScriptedAnswer(tools: calls), done]) { workshop in
            _ = try await workshop.run()
            let results = try await workshop.results()
            #expect(results["call8"]?.contains("as bg_8") == true)
            #expect(results["call9"]?.hasPrefix("too_many_background: 8 commands run") == true)
            #expect(results["call9"]?.contains("bg_1, bg_2") == true)
            try await workshop.session.end()
            #expect(try await workshop.ends().count == 8)
        }
    }

    @Test func `an unknown id, and a command that does not start, are clear failures`() async throws {
        let answers = [
            ScriptedAnswer(tools: [.output("bg_7", id: "read")]),
            ScriptedAnswer(tools: [ScriptedCall("bash_kill", ["id": "7"], id: "kill")]), done,
        ]
        try await Workshop.with(answers) { workshop in
            _ = try await workshop.run()
            let results = try await workshop.results()
            let sentence = "in the background; there are: none"
            #expect(results["read"] == "unknown_background: there is no command 'bg_7' \(sentence)")
            #expect(results["kill"] == "unknown_background: there is no command '7' \(sentence)")
        }
    }

    @Test func `secrets are in no event, no blob and no result, however the output is cut`() async throws {
        let secret = "hidden-value-123"
        let answers = [
            ScriptedAnswer(tools: [.background("printf hidden-va; /bin/sleep 0.1; echo lue-123; echo up", id: "start")]
            ),
            ScriptedAnswer(tools: [.output(id: "read")]), done,
            ScriptedAnswer(tools: [ScriptedCall("bash_output", ["id": "bg_1", "from": 0], id: "all")]), done,
        ]
        try await Workshop.with(answers) {
            $0.environment["MY_API_KEY"] = secret
        } _: { workshop in
            _ = try await workshop.run()
            try await workshop.wait(for: isEnd)
            _ = try await workshop.run("All of it.")
            let log = try await workshop.log()
            let leaks = log.count { String(decoding: EventCoder.encode($0), as: UTF8.self).contains(secret) }
            #expect(leaks == 0)
            #expect(try await workshop.results()["all"]?.hasPrefix("[redacted:MY_API_KEY]\nup\n") == true)
            let blob = try #require(try await workshop.ends().first?.outputFile.flatMap { BlobName($0) })
            let bytes = try await workshop.store.blobs.read(blob, of: workshop.session.id)
            #expect(String(decoding: bytes, as: UTF8.self) == "[redacted:MY_API_KEY]\nup\n")
        }
    }

    @Test func `a time-out ends it, and in mode plan it is not begun`() async throws {
        let input: JSONValue = ["command": "/bin/sleep 1000", "run_in_background": true, "timeout_ms": 100]
        try await Workshop.with([ScriptedAnswer(tools: [ScriptedCall("bash", input)]), done]) { workshop in
            _ = try await workshop.run()
            try await workshop.wait(for: isEnd)
            #expect(try await workshop.ends().map(\.outcome) == [.timedOut])
        }
        let answers = [
            ScriptedAnswer(tools: [.background("true", id: "start"), .output(id: "read")]), done,
        ]
        try await Workshop.with(answers) {
            $0.permissionMode = .plan
        } _: { workshop in
            _ = try await workshop.run()
            let results = try await workshop.results()
            #expect(results["start"]?.hasPrefix("denied") == true)
            #expect(results["read"]?.hasPrefix("unknown_background") == true)
        }
    }

    @Test func `bash alone does not offer what nobody could look at`() async throws {
        for (tools, offers) in [
            ([.bash, .bashOutput, .bashKill], true), ([.bash, .bashOutput], false), ([.bash], false),
        ]
            as [([any Tool], Bool)]
        {
            try await Workshop.with([ScriptedAnswer(tools: [.background("true", id: "start")]), done]) {
                $0.tools = tools
            } _: { workshop in
                _ = try await workshop.run()
                let bash = workshop.model.requests.first?.tools.first { $0.name == "bash" }
                let schema = try #require(bash?.inputSchema.text)
                #expect(schema.contains("run_in_background") == offers)
                #expect(try await workshop.results()["start"]?.hasPrefix("invalid_input") == !offers)
            }
        }
    }
}
