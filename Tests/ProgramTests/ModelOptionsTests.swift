import BassiEvents
import Foundation
import Testing

/// `bassi`: which model answers, and in which form.
@Suite(.timeLimit(.minutes(10))) struct ModelOptionsTests {
    private static let schema =
        #"{"type":"object","properties":{"sum":{"type":"integer"}},"required":["sum"],"additionalProperties":false}"#

    @Test func `an answer that fits the schema is printed as JSON, and nothing else`() async throws {
        try await Program.with { program in
            try program.write(Self.schema, to: "schema.json")
            let script = try program.script("answers: [{text: \"```json\\n{\\\"sum\\\": 4}\\n```\"}]")
            let plain = try program.run("-p", "2+2?", "--json-schema", "schema.json", "--script", script)
            #expect(plain.code == 0 && plain.text == "{\"sum\":4}\n" && plain.errors.isEmpty)
            let object = try program.run(
                "-p", "2+2?", "--json-schema", "schema.json", "--script", script, "--output-format", "json")
            #expect(object.lines.last?["structured"] == ["sum": 4] && object.lines.last?["text"] == "{\"sum\":4}")
            let demo = try program.run("-p", "2+2?", "--json-schema", "schema.json")
            #expect(demo.code == 0 && demo.text == "{\"sum\":0}\n")
        }
    }

    @Test func `an answer that does not fit, twice, is an error and prints nothing`() async throws {
        try await Program.with { program in
            try program.write(Self.schema, to: "schema.json")
            let script = try program.script("answers: [{text: four}, {text: still four}]")
            let result = try program.run("-p", "2+2?", "--json-schema", "schema.json", "--script", script)
            #expect(result.code == 1 && result.output.isEmpty)
            #expect(result.errors.contains("does not fit the schema: it is not JSON"))
        }
    }

    @Test(arguments: [("[", "is not JSON"), ("{}", "not one of an object"), (nil, "there is no file")])
    func `a schema that cannot be used is wrong usage`(_ text: String?, _ problem: String) async throws {
        try await Program.with { program in
            if let text { try program.write(text, to: "schema.json") }
            let result = try program.run("-p", "x", "--json-schema", "schema.json")
            #expect(result.code == 2 && result.errors.contains(problem))
        }
    }

    @Test func `a session goes on with its own model, whatever the settings say`() async throws {
        try await Program.with { program in
            _ = try program.run("-p", "hello", "-m", "demo")
            let key = ["OPENROUTER_API_KEY": "k", "BASSI_MODEL": "openrouter/any"]
            let result = try program.run(["-p", "--continue", "again", "--output-format", "json"], environment: key)
            #expect(result.code == 0 && result.lines.last?["cost_usd"] == 0)
            let other = try program.run("-p", "--continue", "again", "-m", "nobody/nothing")
            #expect(other.code == 2 && other.errors.contains("there is no model 'nobody/nothing'"))
        }
    }

    @Test func `a chain with a model that cannot be asked is wrong usage`() async throws {
        try await Program.with { program in
            let folder = program.root.appendingPathComponent(".config/bassi")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try "models: [openrouter/any, nobody/nothing]\n".write(
                to: folder.appendingPathComponent("settings.yaml"), atomically: true, encoding: .utf8)
            let result = try program.run(["-p", "hello"], environment: ["OPENROUTER_API_KEY": "k"])
            #expect(result.code == 2 && result.output.isEmpty)
            let demo = try program.run("-p", "hello", "-m", "demo")
            #expect(demo.code == 0)
        }
    }
}
