import BassiEvents
import Foundation
import Testing

/// Two terminals: one owns the session, the other is attached to it.
@Suite(.serialized, .timeLimit(.minutes(5))) struct TalkTests {
    private static let asking = """
        answers:
          - text: Hello there.
          - text: One moment.
            tools: [{name: bash, input: {command: "echo ran >> ran.txt"}}]
          - text: Done it.
          - {text: one two three four, stall_after: 3}
          - text: And on.
        """

    private func owner(_ program: Program) throws -> (Terminal, String) {
        let owner = try Terminal(program, ["--script", try program.script(Self.asking)])
        let head = try #require(owner.read(until: " · "))
        let id = try #require(head.components(separatedBy: "Session ").last?.prefix(36))
        #expect(owner.read(until: "> ") != nil)
        return (owner, String(id))
    }

    private func attach(_ program: Program, _ id: String) throws -> Terminal {
        let other = try Terminal(program, ["--attach", id])
        #expect(other.read(until: "\n> ") != nil)
        return other
    }

    private func end(_ terminal: Terminal, saying text: String) throws {
        try terminal.type("exit")
        #expect(terminal.read(until: text) != nil)
        terminal.process.waitUntilExit()
        #expect(terminal.process.terminationStatus == 0)
    }

    /// An answer that comes at once was typed before the question was seen: so long a person reads.
    private func readAsAPerson(_ program: Program) throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .milliseconds(600) { _ = try program.run("--version") }
    }

    @Test func `both terminals show the same, and either answers a question for both`() async throws {
        try await Program.with { program in
            let (owner, id) = try owner(program)
            try owner.type("hello")
            #expect(owner.read(until: "Hello there.") != nil)
            let other = try attach(program, id)
            try other.type("please run it")
            for terminal in [owner, other] { #expect(terminal.read(until: "May I run bash?") != nil) }
            #expect(other.read(until: "no  > ") != nil)
            try readAsAPerson(program)
            try other.type("y")
            for terminal in [owner, other] { #expect(terminal.read(until: "Done it.") != nil) }
            let ran = try String(contentsOf: program.folder.appendingPathComponent("ran.txt"), encoding: .utf8)
            #expect(ran == "ran\n")
            try end(other, saying: "The session goes on.")
            try end(owner, saying: "To go on: bassi --resume")
        }
    }

    @Test func `ctrl-c at the attached terminal cancels the run, and the end of the owner ends it`() async throws {
        try await Program.with { program in
            let (owner, id) = try owner(program)
            let other = try attach(program, id)
            for line in ["one", "two"] {
                try owner.type(line)
                #expect(owner.read(until: line == "one" ? "Hello there." : "May I run bash?") != nil)
            }
            #expect(other.read(until: "no  > ") != nil)
            other.process.interrupt()
            for terminal in [owner, other] { #expect(terminal.read(until: "cancelled: interrupted") != nil) }
            #expect(owner.read(until: "\n> ") != nil)
            try other.type("three")
            for terminal in [owner, other] { #expect(terminal.read(until: "Done it.") != nil) }
            kill(owner.process.processIdentifier, SIGKILL)
            #expect(other.read(until: "To go on: bassi --resume \(id)") != nil)
            other.process.waitUntilExit()
        }
    }

    /// A terminal whose run was cancelled while two more prompts waited for its end.
    private func cancelledBeforeOthers(_ program: Program) throws -> (Terminal, String) {
        let script = try program.script(
            "answers: [{text: one two three four, stall_after: 3}, {text: Second.}, {text: Third.}, {text: Fourth.}]")
        let owner = try Terminal(program, ["--script", script])
        let id = try #require(owner.read(until: " · ")?.components(separatedBy: "Session ").last?.prefix(36))
        try owner.type("a\nb\nc")
        while try program.run("events", String(id), "--type", "prompt_received").lines.count < 3 {}
        #expect(owner.read(until: "one two ") != nil)
        owner.process.interrupt()
        #expect(
            owner.read(until: "cancelled: interrupted\n  2 prompts wait: Enter on an empty line sends them on") != nil)
        #expect(owner.read(until: "\n> ") != nil)
        return (owner, String(id))
    }

    @Test func `prompts that wait after a cancel go on at an empty line`() async throws {
        try await Program.with { program in
            let (owner, _) = try cancelledBeforeOthers(program)
            try owner.type("")
            for answer in ["Second.", "Third.", "\n> "] { #expect(owner.read(until: answer) != nil) }
            try end(owner, saying: "To go on: bassi --resume")
        }
    }

    @Test func `prompts that wait after a cancel keep nobody from leaving, and wait for who comes`() async throws {
        try await Program.with { program in
            let (owner, id) = try cancelledBeforeOthers(program)
            try owner.type("\u{4}")
            #expect(owner.read(until: "Left.") != nil)
            owner.process.waitUntilExit()
            let script = try program.script("answers: [{text: Second.}, {text: Third.}, {text: Fourth.}]")
            let next = try Terminal(program, ["--resume", id, "--script", script])
            #expect(next.read(until: "2 prompts wait") != nil)
            #expect(next.read(until: "\n> ") != nil)
            try next.type("d")
            for answer in ["Second.", "Third.", "Fourth.", "\n> "] { #expect(next.read(until: answer) != nil) }
            try end(next, saying: "To go on: bassi --resume")
        }
    }

    @Test func `help is shown, and a command that is none is not sent`() async throws {
        try await Program.with { program in
            let (owner, id) = try owner(program)
            try owner.type("/help")
            #expect(owner.read(until: "/model PROVIDER/MODEL") != nil)
            #expect(owner.read(until: "\n> ") != nil)
            try owner.type("/compat")
            #expect(owner.read(until: "There is no command /compat") != nil)
            for (line, answer) in [("/etc/passwd is what?", "Hello there."), ("/etc", "May I run bash?")] {
                #expect(owner.read(until: "\n> ") != nil)
                try owner.type(line)
                #expect(owner.read(until: answer) != nil)
            }
            try #expect(program.run("events", id, "--type", "prompt_received").lines.count == 2)
            kill(owner.process.processIdentifier, SIGKILL)
            owner.process.waitUntilExit()
        }
    }

    @Test func `what is typed ahead is answered before the owner leaves`() async throws {
        try await Program.with { program in
            let (owner, _) = try owner(program)
            try owner.type("hello\nexit")
            #expect(owner.read(until: "Hello there.") != nil)
            #expect(owner.read(until: "Left.") != nil)
            owner.process.waitUntilExit()
            try #expect(program.run("sessions", "list").text.contains("idle"))
            try #expect(
                program.run("-p", "--continue", "on", "--output-format", "stream-json").types.first == "prompt_received"
            )
        }
    }
}
