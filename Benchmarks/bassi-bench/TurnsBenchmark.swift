import BassiEvents
import BassiModels
import BassiSQLite
import BassiSession
import BassiStore
import BassiTesting
import BassiTools
import Foundation

/// A tool turn with a model that answers at once: request, call, durable start, result, next request.
enum TurnsBenchmark {
    private static let turns = 200

    static func run() async throws {
        let nothing = FunctionTool("nothing", description: "", effect: .pure, reach: .folder) { _, _ in .text("done") }
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-bench-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, store) in [
            ("memory", MemoryEventStore() as any EventStore),
            ("SQLite", try SQLiteEventStore(path: folder.path + "/log.sqlite")),
        ] {
            let inProcess = try await measure(store, nothing, [:])
            let shell = try await measure(store, .bash, ["command": "true"])
            print("\(name): \(text(inProcess)) a turn with a tool in process, \(text(shell)) with bash -c true")
        }
        print("bash -c true alone: \(text(try await spawn()))")
        print("fdatasync of 4 KiB: \(text(try MachineState.sync(in: folder.path)))")
    }

    /// Milliseconds a turn: median of the runs.
    private static func measure(_ store: any EventStore, _ tool: any Tool, _ input: JSONValue) async throws -> Double {
        var samples: [Double] = []
        for _ in 0..<5 {
            var answers = (0..<turns / 5).map { _ in ScriptedAnswer(tools: [ScriptedCall(tool.name, input)]) }
            answers.append(ScriptedAnswer(text: "done"))
            var configuration = AgentConfiguration(model: "demo", tools: [tool], folder: "/")
            configuration.providers = ScriptedModel(answers).registry()
            configuration.permissionMode = .bypass
            let session = try await AgentSession.start(configuration, store: store)
            let start = ContinuousClock.now
            for try await _ in session.send("go") {}
            samples.append((ContinuousClock.now - start) / .milliseconds(1) / Double(turns / 5))
            try await session.close()
        }
        return samples.sorted()[2]
    }

    private static func spawn() async throws -> Double {
        var samples: [Double] = []
        for _ in 0..<50 {
            let start = ContinuousClock.now
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/bin/bash")
            process.arguments = ["-c", "true"]
            try process.run()
            process.waitUntilExit()
            samples.append((ContinuousClock.now - start) / .milliseconds(1))
        }
        return samples.sorted()[25]
    }

    private static func text(_ milliseconds: Double) -> String { String(format: "%.2f ms", milliseconds) }
}
