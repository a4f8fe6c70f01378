#if Network
    import BassiEvents
    import BassiModels
    import Foundation
    import Testing

    /// What the environment says of tests with real services.
    enum Live {
        static let environment = ProcessInfo.processInfo.environment
        static let isWanted = environment["BASSI_LIVE"] == "1"
    }

    /// The program against the services themselves: for each that has a key, and only when `script/test live` asks for it,
    /// since it costs money. `BASSI_LIVE_MODELS` names the models, separated by blanks; else each provider's default.
    @Suite(.serialized, .timeLimit(.minutes(10)), .enabled(if: Live.isWanted)) struct LiveTests {
        private static let environment = Live.environment

        static let models: [String] = {
            if let named = environment["BASSI_LIVE_MODELS"] { return named.split(separator: " ").map(String.init) }
            return Provider.builtIn.compactMap { provider in
                guard let variable = provider.keyVariable, environment[variable]?.isEmpty == false,
                    let model = provider.defaultModel
                else { return nil }
                return "\(provider.name)/\(model)"
            }
        }()

        private func run(_ model: String, _ arguments: [String]) async throws -> JSONValue {
            try await Program.with { program in
                try program.write("The word is heron.\n", to: "word.txt")
                let keys = Self.environment.filter { $0.key.hasSuffix("_API_KEY") || $0.key.hasSuffix("_BASE_URL") }
                let outcome = try program.run(
                    ["-m", model, "--output-format", "json", "--timeout", "120", "--max-turns", "4"] + arguments,
                    environment: keys)
                #expect(outcome.code == 0, "\(model): \(outcome.errors)")
                return outcome.lines.last ?? .null
            }
        }

        @Test(arguments: models) func `a text streams, and its use is known`(_ model: String) async throws {
            let result = try await run(model, ["-p", "Answer with the one word ready."])
            #expect(result["text"]?.string?.lowercased().contains("ready") == true)
            #expect((result["usage"]?["output_tokens"]?.int64 ?? 0) > 0)
        }

        @Test(arguments: models) func `a tool is called, and its result is read`(_ model: String) async throws {
            let result = try await run(model, ["-p", "Read word.txt with the tool and tell me the word in it."])
            #expect(result["text"]?.string?.lowercased().contains("heron") == true)
            #expect((result["turns"]?.int64 ?? 0) > 1)
        }

        @Test(arguments: models) func `an answer fits its schema`(_ model: String) async throws {
            let schema = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID()).json")
            defer { try? FileManager.default.removeItem(at: schema) }
            try #"{"type":"object","properties":{"sum":{"type":"integer"}},"required":["sum"]}"#
                .write(to: schema, atomically: true, encoding: .utf8)
            let result = try await run(model, ["-p", "What is 2+2?", "--json-schema", schema.path, "--no-tools"])
            #expect(result["structured"]?["sum"]?.int64 == 4)
        }
    }
#endif
