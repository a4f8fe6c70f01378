import BassiEvents
import BassiModels
import BassiPermissions
import BassiSQLite
import BassiSession
import BassiStore
import BassiTesting
import BassiTools
import Foundation
import Testing

/// The Swift code of the README and the guide, run as it stands there; only the model is a script.
@Suite struct LibrarySnippetTests {
    /// Stands in for the type in the snippet, so that its code needs no key.
    private enum ScriptedSessions {
        static func start(
            _ configuration: AgentConfiguration, store: any EventStore
        ) async throws -> BassiSession.AgentSession {
            try await configuration.startScripted([ScriptedAnswer(text: "2+2 is 4.")], store: store)
        }
    }

    @Test func `the example of the README and of the guide prints the answer`() async throws {
        typealias AgentSession = ScriptedSessions
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func SQLiteEventStore(path: String) throws -> BassiSQLite.SQLiteEventStore {
            try BassiSQLite.SQLiteEventStore(path: folder.appendingPathComponent(path).path)
        }
        var printed = ""
        func print(_ text: String, terminator: String) { printed += text + terminator }

        let store = try SQLiteEventStore(path: "agent.sqlite")  // or MemoryEventStore()
        let tools: [any Tool] = [.bash, .readFile, .writeFile]
        let configuration = AgentConfiguration(
            model: "anthropic/claude-sonnet-5-5", systemPrompt: "You are helpful", tools: tools
        )
        .beforeTool { call in  // a hook: allow, ask, deny, change the input
            call.name == "bash" && call.commandLine.contains("rm -rf") ? .deny("Dangerous command blocked") : .allow
        }
        let session = try await AgentSession.start(configuration, store: store)
        for try await event in session.send("What is 2+2?") {  // the events of this run, to its end
            if case .tokenDelta(let token) = event.payload { print(token.delta, terminator: "") }
        }
        for try await delivery in store.follow(
            session.id, after: 0, where: .types(.toolCallCompleted), slow: .skipDeltas)
        {
            if case .caughtUp = delivery { break }
        }
        try await session.end()

        #expect(printed == "2+2 is 4.")
        try await store.close()
        try Documentation.requireSame(as: #filePath, "README.md", "docs/guide/4-library.md")
    }

    @Test func `the other process of the guide is answered`() async throws {
        var printed = ""
        func print(_ text: String, terminator: String) { printed += text + terminator }
        let store = MemoryEventStore()
        var configuration = AgentConfiguration(model: "demo", folder: "/", environment: [:])
        configuration.providers = ScriptedModel([ScriptedAnswer(text: "They pass.")]).registry()
        let session = try await AgentSession.start(configuration, store: store)
        let id = session.id

        let remote = try await RemoteSession.attach(id, store: store)
        for try await event in remote.send(Prompt([.text("And the tests?")], idempotencyKey: "tests-1")) {
            if case .tokenDelta(let token) = event.payload { print(token.delta, terminator: "") }
        }
        try await remote.cancel(reason: "enough")

        #expect(printed == "They pass.")
        try await session.close()
    }

    @Test func `the tool of the guide rolls its dice`() async throws {
        let dice = FunctionTool(
            "roll_dice", description: "Rolls dice and gives the sum.",
            inputSchema: [
                "type": "object", "required": ["count"],
                "properties": ["count": ["type": "integer", "minimum": 1, "maximum": 10]],
            ], effect: .pure, reach: .folder
        ) { input, _ in
            let count = Int(input["count"]?.int64 ?? 1)
            return .text("\((0..<count).map { _ in Int.random(in: 1...6) }.reduce(0, +))")
        }
        let executor = ToolExecutor(ToolRegistry([dice]))
        let call = try executor.check("t1", name: "roll_dice", input: ["count": 3])
        let result = try await executor.execute(call, context: ToolContext(toolID: "t1", folder: "/")).get()
        let sum = try #require(result.content.first?.text.flatMap { Int($0) })
        #expect((3...18).contains(sum))
        #expect(throws: ToolError.self) { try executor.check("t2", name: "roll_dice", input: ["count": 11]) }
    }
}

/// Holds the code of the documents against the code that is run.
enum Documentation {
    /// - Throws: ``ConformanceFailure`` for a line of Swift in a document that the source does not have.
    static func requireSame(as source: String, _ documents: String...) throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        // Also the list of the guide, which is a test of its own.
        let lists = root.appendingPathComponent("Tests/BassiSessionTests/EventListTests.swift")
        let code = try [URL(fileURLWithPath: source), lists].map { try String(contentsOf: $0, encoding: .utf8) }
            .joined()
        let run = squeezed(code)
        for document in documents {
            let text = try String(contentsOf: root.appendingPathComponent(document), encoding: .utf8)
            for block in text.components(separatedBy: "```swift\n").dropFirst() {
                for line in block.components(separatedBy: "```")[0].split(separator: "\n") {
                    guard !run.contains(squeezed(String(line))) else { continue }
                    throw ConformanceFailure("\(document): this line is not in a test: \(line)")
                }
            }
        }
    }

    /// Without blanks and comments: the formatter breaks lines where it likes.
    private static func squeezed(_ text: String) -> String {
        text.split(separator: "\n").map { line in
            (line.components(separatedBy: "  //").first ?? "").filter { !$0.isWhitespace }
        }.joined()
    }
}

extension AgentConfiguration {
    /// A session of it whose model is a script: so the code of a document needs no key.
    func startScripted(_ answers: [ScriptedAnswer], store: any EventStore) async throws -> AgentSession {
        var scripted = self
        scripted.model = "demo"
        scripted.providers = ScriptedModel(answers).registry()
        return try await AgentSession.start(scripted, store: store)
    }
}
