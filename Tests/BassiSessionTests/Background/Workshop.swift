import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Foundation

@testable import BassiSession

/// A session with real commands in a folder of its own.
struct Workshop {
    let folder: String
    let store = MemoryEventStore()
    let model: ScriptedModel
    let session: AgentSession

    static func with(
        _ answers: [ScriptedAnswer], change: (inout AgentConfiguration) -> Void = { _ in },
        _ body: (Workshop) async throws -> Void
    ) async throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        let workshop = try await Workshop(url.resolvingSymlinksInPath().path, answers, change)
        try await body(workshop)
        try await workshop.session.end()
        let rules = try LogRules.check(try await workshop.log())
        guard rules.isClosed else { throw ConformanceFailure("something is still open at the end") }
    }

    private init(
        _ folder: String, _ answers: [ScriptedAnswer], _ change: (inout AgentConfiguration) -> Void
    ) async throws {
        self.folder = folder
        model = ScriptedModel(answers)
        var configuration = AgentConfiguration(
            model: "demo", tools: [.bash, .bashOutput, .bashKill], folder: folder,
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"])
        configuration.providers = model.registry()
        configuration.permissionMode = .bypass
        change(&configuration)
        session = try await AgentSession.start(configuration, store: store)
    }

    func run(_ prompt: String = "Go.") async throws -> [Event] {
        var events: [Event] = []
        for try await event in session.send(prompt) { events.append(event) }
        return events
    }

    func log() async throws -> [Event] { try await session.follow().reduceUntilCaughtUp() }

    /// Follows the log from its beginning to the first event for which this holds.
    func wait(for isWanted: (EventPayload) -> Bool) async throws {
        for try await delivery in session.follow() {
            if case .event(let event) = delivery, isWanted(event.payload) { return }
        }
    }

    /// What the calls gave, by their ids.
    func results() async throws -> [ToolID: String] {
        var results: [ToolID: String] = [:]
        for event in try await log() {
            switch event.payload {
            case .toolCallCompleted(let call): results[call.toolID] = call.result.plainText
            case .toolCallFailed(let call): results[call.toolID] = "\(call.error.type): \(call.error.message)"
            default: break
            }
        }
        return results
    }

    func ends() async throws -> [BackgroundEnded] {
        try await log().compactMap { if case .backgroundEnded(let end) = $0.payload { end } else { nil } }
    }

    /// Whether a process that a command started holds the lock: it goes with its last process.
    func isLocked(_ name: String = "lock") -> Bool {
        let descriptor = open("\(folder)/\(name)", O_RDWR | O_CLOEXEC)
        defer { close(descriptor) }
        return descriptor >= 0 && flock(descriptor, LOCK_EX | LOCK_NB) != 0
    }

    /// Says that it is up once a daemon of a session of its own, which ignores SIGTERM, holds the lock.
    static let daemon = "setsid flock lock bash -c 'trap \"\" TERM; echo up; while :; do /bin/sleep 1000; done' & wait"
}

extension ScriptedCall {
    static func background(_ command: String, id: ToolID) -> ScriptedCall {
        ScriptedCall("bash", ["command": .string(command), "run_in_background": true], id: id)
    }

    static func output(_ name: String = "bg_1", waiting: Int = 60_000, id: ToolID) -> ScriptedCall {
        ScriptedCall("bash_output", ["id": .string(name), "wait_ms": .number(JSONNumber(waiting))], id: id)
    }
}
