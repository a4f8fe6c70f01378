import BassiEvents
import Foundation
import Testing

/// `bassi usage`, for people and for programs.
@Suite(.timeLimit(.minutes(10))) struct UsageCommandTests {
    /// Two requests of 9 and 20 tokens in one session.
    private func ask(_ program: Program) throws -> String {
        let script = try program.script(
            """
            answers:
              - {text: I look., tools: [{name: list_files, input: {}}], usage: {input_tokens: 9, output_tokens: 1}}
              - {text: Well., usage: {input_tokens: 20, output_tokens: 4, cache_read_tokens: 1500}}
            """)
        let result = try program.run("-p", "x", "--script", script, "--output-format", "json")
        return try #require(result.lines.last?["session_id"]?.string, "\(result.errors)")
    }

    @Test func `an empty store is told in a sentence, and to programs as empty lists`() async throws {
        try await Program.with { program in
            let people = try program.run("usage")
            #expect(people.code == 0 && people.output.isEmpty && people.errors.contains("No model has been asked yet"))
            let programs = try program.run("usage", "--json")
            #expect(programs.lines.first?["models"] == [] && programs.lines.first?["total"]?["requests"] == 0)
        }
    }

    @Test func `all of it, by model and by day, and by session with its title`() async throws {
        try await Program.with { program in
            let id = try ask(program)
            let all = try program.run("usage")
            #expect(all.text.hasPrefix("2 requests: 1,529 tokens in (1,500 from the cache), 5 out, $0.00\n"))
            #expect(all.text.contains("MODEL  REQUESTS") && all.text.contains("DAY "))
            let sessions = try program.run("usage", "--by", "session")
            #expect(sessions.text.contains(id) && !sessions.text.contains("MODEL"))
            let json = try #require(try program.run("usage", "--json").lines.first)
            #expect(json["models"]?.array?.first?["model"] == "demo" && json["days"]?.array?.count == 1)
            #expect(json["total"]?["usage"]?["cache_read_tokens"] == 1500 && json["total"]?["cost_usd"] == 0)
            let row = try program.run("usage", "--by", "session", "--json").lines.first?["sessions"]?.array?.first
            #expect(row?["id"]?.string == id && row?["requests"] == 2)
        }
    }

    @Test func `a fork pays only for what it asked, and takes over when its parent is deleted`() async throws {
        try await Program.with { program in
            let parent = try ask(program)
            let child = try program.run("sessions", "fork", parent).text.trimmingCharacters(in: .whitespacesAndNewlines)
            let script = try program.script("answers: [{text: And?, usage: {input_tokens: 1}}]")
            #expect(try program.run("-p", "more", "--resume", child, "--script", script).code == 0)
            func total(_ arguments: String...) throws -> JSONValue? {
                try program.run(["usage", "--json"] + arguments).lines.first?["total"]?["requests"]
            }
            #expect(try total() == 3 && total("--session", parent) == 2 && total("--session", child) == 1)
            #expect(try program.run("sessions", "delete", parent, "--yes").code == 0)
            #expect(try total() == 3 && total("--session", child) == 3)
        }
    }

    @Test func `days are those of the time zone, and a range takes both its ends`() async throws {
        try await Program.with { program in
            _ = try ask(program)
            func days(_ zone: String, _ arguments: String...) throws -> [String] {
                let result = try program.run(["usage", "--json", "--by", "day"] + arguments, environment: ["TZ": zone])
                return result.lines.first?["days"]?.array?.compactMap { $0["day"]?.string } ?? []
            }
            let (east, west) = (try days("Etc/GMT-14"), try days("Etc/GMT+12"))
            #expect(east.count == 1 && west.count == 1 && east != west)
            let day = try #require(east.first)
            #expect(try days("Etc/GMT-14", "--since", day, "--until", day) == east)
            #expect(try days("Etc/GMT-14", "--since", "2200-01-01") == [])
            #expect(try days("Etc/GMT-14", "--until", "2020-01-01") == [])
        }
    }

    @Test func `no day, no session and no grouping are wrong usage`() async throws {
        try await Program.with { program in
            _ = try ask(program)
            let cases = [
                ["--since", "2026-02-30"], ["--until", "yesterday"], ["--by", "week"], ["--session", "x"],
                ["--since", "2026-02-02", "--until", "2026-02-01"], ["--session", SessionID().description],
            ]
            for arguments in cases { #expect(try program.run(["usage"] + arguments).code == 2, "\(arguments)") }
        }
    }
}
