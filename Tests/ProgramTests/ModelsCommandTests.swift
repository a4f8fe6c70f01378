import BassiEvents
import Foundation
import Testing

/// `bassi models`: who can be asked, why the others cannot, and what they cost.
@Suite(.timeLimit(.minutes(10))) struct ModelsCommandTests {
    private func rows(_ program: Program, _ environment: [String: String] = [:]) throws -> [String: JSONValue] {
        let document = try program.run(["models", "--json"], environment: environment).lines.first
        let rows = document?["models"]?.array ?? []
        return Dictionary(rows.map { ($0["name"]?.string ?? "", $0) }) { first, _ in first }
    }

    @Test func `without keys the demonstration can be used, and each provider says once what it lacks`() async throws {
        try await Program.with { program in
            let list = try program.run("models")
            #expect(list.code == 0 && list.text.hasPrefix("Usable now:\n  demo: built in, needs no key\n  * demo\n"))
            #expect(list.text.components(separatedBy: "set ANTHROPIC_API_KEY").count == 2)
            #expect(list.text.contains("18 models, such as anthropic/claude-opus-5-5"))
            let rows = try rows(program)
            #expect(rows["demo"]?["usable"] == true && rows["openai/gpt-6.1-sol"]?["usable"] == false)
            #expect(rows["openai/gpt-6.1-sol"]?["note"] == "set OPENAI_API_KEY")
        }
    }

    @Test func `with a key its models can be used, unless this build has no network`() async throws {
        try await Program.with { program in
            let environment = ["ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": "http://127.0.0.1:9"]
            let row = try #require(try rows(program, environment)["anthropic/claude-sonnet-5-5"])
            let list = try program.run(["models"], environment: environment)
            #if Network
                #expect(row["usable"] == true && row["note"] == "ANTHROPIC_API_KEY is set, at http://127.0.0.1:9")
                #expect(list.text.contains("  * anthropic/claude-sonnet-5-5\n"))
            #else
                #expect(row["usable"] == false && list.text.contains("build it with the trait Network"))
            #endif
        }
    }

    @Test func `prices are in dollars for a million tokens, with their source, and unknown ones are null`() async throws
    {
        try await Program.with { program in
            let rows = try rows(program)
            let price = rows["anthropic/claude-haiku-5-5"]?["usd_per_million_tokens"]
            #expect(price?["input"]?.text == "0.1" && price?["cache_write"]?.text == "0.125")
            #expect(price?["long_prompt"]?["output"]?.text == "2.5" && price?["long_prompt"]?["over_tokens"] == 100_000)
            #expect(rows["anthropic/claude-haiku-5-5"]?["price_source"]?["date"] == "2026-10-24")
            let unknown = rows["anthropic/claude-fable-5-2"]
            #expect(unknown?["usd_per_million_tokens"]?.isNull == true && unknown?["price_source"]?.isNull == true)
            let table = try program.run("models", "--verbose").text.split(separator: "\n")
            #expect(table.contains { $0.contains("anthropic/claude-fable-5-2") && $0.contains("unknown") })
            #expect(table.contains { $0.contains("openai/gpt-6.1-sol") && $0.contains("over 272,000 tokens × 2 in") })
        }
    }

    @Test func `a price of the settings comes before the built-in one, and says so`() async throws {
        try await Program.with { program in
            let folder = program.root.appendingPathComponent(".config/bassi")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try "prices: {anthropic/claude-fable-5-2: {input: 1.5, output: 3}}".write(
                to: folder.appendingPathComponent("settings.yaml"), atomically: true, encoding: .utf8)
            let row = try rows(program)["anthropic/claude-fable-5-2"]
            #expect(row?["usd_per_million_tokens"]?["input"]?.text == "1.5")
            #expect(row?["price_source"]?["name"] == "the settings")
        }
    }
}
