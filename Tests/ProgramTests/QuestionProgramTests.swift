import BassiEvents
import Foundation
import Testing

/// Questions of the model, at terminals.
@Suite(.serialized, .timeLimit(.minutes(5))) struct QuestionProgramTests {
    private static let asking = """
        answers:
          - text: One moment.
            tools:
              - name: ask_user
                input:
                  questions:
                    - {text: Which colour?, header: Colour, options: [{label: red}, {label: blue, description: as the sky}]}
          - text: Thank you.
          - text: And on.
        """

    private func owner(_ program: Program, _ more: [String] = []) throws -> (Terminal, String) {
        let owner = try Terminal(program, ["--script", try program.script(Self.asking)] + more)
        let head = try #require(owner.read(until: " · "))
        let id = try #require(head.components(separatedBy: "Session ").last?.prefix(36))
        return (owner, String(id))
    }

    /// An answer that comes at once was typed before the question was seen: so long a person reads.
    private func readAsAPerson(_ program: Program) throws {
        let start = ContinuousClock.now
        while ContinuousClock.now - start < .milliseconds(600) { _ = try program.run("--version") }
    }

    private func answers(_ program: Program, _ id: String) throws -> [JSONValue] {
        try program.run("events", id, "--type", "question_answered").lines
    }

    @Test func `a number or words answer, what comes too soon and a wrong number do not`() async throws {
        try await Program.with { program in
            let (owner, id) = try owner(program)
            #expect(owner.read(until: "> ") != nil)
            try owner.type("go")
            #expect(owner.read(until: "? [Colour] Which colour?\n  1  red\n  2  blue: as the sky\n") != nil)
            let wanted = "A number, or your own words (/skip for none) > "
            #expect(owner.read(until: wanted) != nil)
            // Typed ahead.
            try owner.type("1")
            #expect(owner.read(until: wanted) != nil)
            for wrong in ["7", ""] {
                try readAsAPerson(program)
                try owner.type(wrong)
                #expect(owner.read(until: wanted)?.contains("There is no option 7.") == !wrong.isEmpty)
            }
            try readAsAPerson(program)
            try owner.type("2")
            #expect(owner.read(until: "answered at terminal: blue") != nil)
            #expect(owner.read(until: "Thank you.") != nil)
            let answers = try answers(program, id)
            #expect(answers.map { $0["answers"] } == [["q1": "blue"]])
            try owner.type("exit")
            #expect(owner.read(until: "Left.") != nil)
            owner.process.waitUntilExit()
        }
    }

    @Test func `an attached terminal answers, and the owner sees who did`() async throws {
        try await Program.with { program in
            let (owner, id) = try owner(program)
            #expect(owner.read(until: "> ") != nil)
            try owner.type("go")
            #expect(owner.read(until: "/skip for none) > ") != nil)
            let other = try Terminal(program, ["--attach", id])
            #expect(other.read(until: "/skip for none) > ") != nil)
            try readAsAPerson(program)
            try other.type("green, and 2 more")
            for terminal in [owner, other] {
                #expect(terminal.read(until: "answered at attached terminal: green, and 2 more") != nil)
                #expect(terminal.read(until: "Thank you.") != nil)
            }
            kill(owner.process.processIdentifier, SIGKILL)
            #expect(other.read(until: "To go on: bassi --resume") != nil)
            other.process.waitUntilExit()
            owner.process.waitUntilExit()
        }
    }

    @Test func `after kill -9 the same question is asked when the run goes on`() async throws {
        try await Program.with { program in
            let (first, id) = try owner(program)
            #expect(first.read(until: "> ") != nil)
            try first.type("go")
            #expect(first.read(until: "/skip for none) > ") != nil)
            kill(first.process.processIdentifier, SIGKILL)
            first.process.waitUntilExit()
            let script = try program.script("answers: [{text: Thank you.}]")
            let next = try Terminal(program, ["--resume", id, "--script", script])
            #expect(next.read(until: "Go on with it? [y/n] > ") != nil)
            try readAsAPerson(program)
            try next.type("y")
            #expect(next.read(until: "/skip for none) > ") != nil)
            try readAsAPerson(program)
            try next.type("1")
            #expect(next.read(until: "Thank you.") != nil)
            let asked = try program.run("events", id, "--type", "question_asked").lines
            let answers = try answers(program, id)
            #expect(asked.count == 1 && answers.count == 1)
            #expect(asked.first?["request_id"] == answers.first?["request_id"])
            #expect(answers.first?["answers"] == ["q1": "red"])
            kill(next.process.processIdentifier, SIGKILL)
            next.process.waitUntilExit()
        }
    }

    @Test func `bassi -p offers no questions, and one asked all the same waits for nobody`() async throws {
        try await Program.with { program in
            let run = try program.run(
                "-p", "go", "--script", try program.script(Self.asking), "--output-format", "stream-json")
            #expect(run.code == 0 && !run.types.contains("question_asked"), "\(run.errors)")
            let failed = run.lines.first { $0["type"] == "tool_call_failed" }
            #expect(failed?["error"]?["type"] == "nobody_there")
        }
    }
}
