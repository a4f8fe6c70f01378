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
