import BassiEvents
import Foundation
import Testing

/// Agents that files describe, through the whole program.
@Suite struct AgentProgramTests {
    /// What the model `demo` answers: the session's model and the agent's take turns.
    private let script = """
        answers:
          - tools: [{name: task, input: {agent: reviewer, prompt: "Review it."}}]
          - text: It is fine.
          - text: The reviewer is content.
        """

    private let reviewer = "---\ndescription: Reviews.\ntools: Read, Grep\nmaxTurns: 3\n---\nYou review.\n"

    private func write(_ text: String, to name: String, _ program: Program) throws {
        try FileManager.default.createDirectory(
            at: program.folder.appendingPathComponent(name).deletingLastPathComponent(),
            withIntermediateDirectories: true)
        try program.write(text, to: name)
    }

    private func run(_ program: Program, _ options: String...) throws -> Program.Outcome {
        try program.write(script, to: "answers.yaml")
        return try program.run(
            ["-p", "Go.", "--script", "answers.yaml", "--output-format", "stream-json"] + options)
    }

    @Test func `an agent of a trusted folder works in a session of its own`() async throws {
        try await Program.with { program in
            try write(reviewer, to: ".claude/agents/reviewer.md", program)
            let outcome = try run(program, "--trust")
            #expect(outcome.code == 0, "\(outcome.errors)")
            let completed = outcome.lines.first { $0["type"] == "subagent_completed" }
            #expect(completed?["result"] == "It is fine.")
            #expect(outcome.lines.last?["text"] == "The reviewer is content.")
            let end = outcome.lines.first { $0["type"] == "run_completed" }
            #expect(end?["turns"]?.int64 == 3)
            let child = try #require(completed?["child_session_id"]?.string)
            let started = try program.run("events", child, "--type", "session_started").lines.first?["metadata"]
            #expect(started?["system_prompt"]?.string?.hasPrefix("You review.\n\nThe folder is ") == true)
            #expect(started?["tools"]?.array == ["read_file", "list_files", "search_files"])
        }
    }

    @Test func `one of a folder that is not trusted is not there`() async throws {
        try await Program.with { program in
            try write(reviewer, to: ".claude/agents/reviewer.md", program)
            let outcome = try run(program)
            #expect(!outcome.types.contains("subagent_started"))
            #expect(outcome.errors.contains("not loaded, since this folder is not trusted: .claude/agents/"))
            let shown = try program.run("trust", "--show").text
            #expect(
                shown.contains(
                    ".claude/agents/reviewer.md: the agent reviewer, model of the session, tools read_file list_files "
                        + "search_files"))
        }
    }

    @Test func `doctor names the agents, and what is wrong with one`() async throws {
        try await Program.with { program in
            let builtIn = "ok   agents: general (built in), explorer (built in)\n"
            #expect(try program.run("doctor").text.contains(builtIn))
            let own = reviewer.replacing("tools:", with: "model: demo\ntools:")
            try write(own, to: ".bassi/agents/reviewer.md", program)
            #expect(try program.run("trust").code == 0)
            let found = "general (built in), explorer (built in), reviewer (.bassi/agents/reviewer.md, demo)"
            #expect(try program.run("doctor").text.contains("ok   agents: \(found)\n"))
            try write(reviewer.replacing("Grep", with: "Magic"), to: ".bassi/agents/reviewer.md", program)
            #expect(try program.run("trust").code == 0)
            let problem = ".bassi/agents/reviewer.md:3: 'tools' names Magic: Bassi has no such tool"
            #expect(try program.run("doctor").text.contains("!    agents: \(problem); found: "))
            #expect(try program.run("-p", "hi", "--model", "demo").errors.contains("bassi: \(problem)"))
        }
    }

    @Test func `a depth of 0 offers no agents`() async throws {
        try await Program.with { program in
            try write("limits: {agents: {depth: 0}}", to: ".bassi/settings.yaml", program)
            let outcome = try run(program, "--trust")
            #expect(!outcome.types.contains("subagent_started"))
            let tools = outcome.lines.first { $0["type"] == "session_started" }?["metadata"]?["tools"]?.array
            #expect(tools?.contains("read_file") == true && tools?.contains("task") == false)
        }
    }
}
