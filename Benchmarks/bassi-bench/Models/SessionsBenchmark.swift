import BassiEvents
import BassiModels
import BassiSQLite
import BassiSession
import BassiStore
import Foundation

/// Many sessions of one process that stream at once, each at 50 tokens a second, over real sockets into one log on the
/// disk. The provider is a process of its own, so that what is counted is ours.
enum SessionsBenchmark {
    private static let sessions = 200
    private static let seconds = 10
    private static let tokensPerSecond = 50

    static func run() async throws {
        #if Network
            let (child, port) = try startServer()
            defer { child.terminate() }
            try await BenchmarkFolder.with { folder in
                let store = try SQLiteEventStore(path: folder + "/log.sqlite")
                let environment = [
                    "ANTHROPIC_API_KEY": "sk-none", "ANTHROPIC_BASE_URL": "http://127.0.0.1:\(port)", "HOME": folder,
                ]
                let configuration = AgentConfiguration(
                    model: "anthropic/claude-sonnet-5-5", folder: folder, environment: environment)
                let open = try await opened(configuration, store)
                let before = (MachineState.memory.resident, MachineState.processorSeconds)
                let start = ContinuousClock.now
                let events = try await stream(open)
                let took = (ContinuousClock.now - start) / .seconds(1)
                let used = MachineState.processorSeconds - before.1
                let tokens = sessions * seconds * tokensPerSecond
                print("\(sessions) sessions, each \(tokensPerSecond) tokens/s for \(seconds) s, into one log:")
                print(
                    String(
                        format: "  %.1f s (the provider takes %d), %d events of %d tokens", took, seconds, events, tokens))
                print(
                    String(
                        format: "  processor time %.2f s: %.0f %% of one core, %.0f µs a token", used, used / took * 100,
                        used / Double(tokens) * 1e6))
                print(
                    "  resident \(before.0 >> 20) MiB with all open, \(MachineState.memory.most >> 20) MiB at most: "
                        + "\((MachineState.memory.most - before.0) / sessions / 1024) KiB for each that streams")
                for session in open { try await session.close() }
                try await store.close()
            }
        #else
            print("many sessions: this build has no network (trait Network)")
        #endif
    }

    /// The child: serves until it is ended.
    static func serve() throws {
        let server = try TokenServer(
            tokens: seconds * tokensPerSecond, tokensPerPiece: 1, pauseMilliseconds: 1000 / tokensPerSecond)
        print(server.port)
        fflush(nil)
        while true { pause() }
    }

    private static func startServer() throws -> (Process, Int) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        process.arguments = ["model-server"]
        process.standardOutput = pipe
        try process.run()
        let line = String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
        guard let port = Int(line.filter(\.isNumber)) else { throw BenchmarkProblem("the server does not start") }
        return (process, port)
    }

    private static func opened(
        _ configuration: AgentConfiguration, _ store: any EventStore
    ) async throws -> [AgentSession] {
        var open: [AgentSession] = []
        for _ in 0..<sessions { open.append(try await AgentSession.start(configuration, store: store)) }
        return open
    }

    /// All at once, to the end of each; gives the number of events that came.
    private static func stream(_ sessions: [AgentSession]) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for session in sessions {
                group.addTask {
                    var (count, isWhole) = (0, false)
                    for try await event in session.send("go") {
                        count += 1
                        if case .error(let error) = event.payload { throw BenchmarkProblem(error.errorMessage) }
                        if case .runCompleted(let end) = event.payload { isWhole = end.outcome == .completed }
                    }
                    guard isWhole else { throw BenchmarkProblem("a run did not complete") }
                    return count
                }
            }
            return try await group.reduce(0, +)
        }
    }
}
