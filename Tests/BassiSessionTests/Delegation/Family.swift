import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTesting
import BassiTools

@testable import BassiSession

/// A session whose model gives work to sub-agents that have models of their own.
struct Family {
    let store = MemoryEventStore()
    let model: ScriptedModel
    private(set) var children: [String: ScriptedModel] = [:]
    var configuration: AgentConfiguration

    /// - Parameter tools: what the session has beside `task`.
    init(_ answers: [ScriptedAnswer], tools: [any Tool] = []) {
        model = ScriptedModel(answers)
        configuration = AgentConfiguration(model: "demo", tools: tools, folder: "/", environment: [:])
        configuration.providers = model.registry()
    }

    /// The same with an agent of this name, whose model gives these answers.
    func with(
        _ name: String, answers: [ScriptedAnswer], profile: ModelProfile = ModelProfile(),
        _ change: (inout AgentDefinition) -> Void = { _ in }
    ) -> Family {
        var copy = self
        let model = ScriptedModel(answers)
        copy.children[name] = model
        copy.configuration.providers = copy.configuration.providers?.adding(model.named(name, profile: profile))
        var agent = AgentDefinition(name, description: "For tests.", model: "scripted/\(name)")
        change(&agent)
        let before = copy.configuration.tools.lazy.compactMap { $0 as? TaskTool }.first?.agents ?? []
        copy.configuration.tools.removeAll { $0 is TaskTool }
        copy.configuration.tools.append(TaskTool(agents: before + [agent]))
        return copy
    }

    /// The same with its configuration changed.
    func with(_ change: (inout AgentConfiguration) -> Void) -> Family {
        var copy = self
        change(&copy.configuration)
        return copy
    }

    func start() async throws -> AgentSession { try await AgentSession.start(configuration, store: store) }

    /// Says one thing, and gives the run.
    func run() async throws -> [Event] {
        let session = try await start()
        var events: [Event] = []
        for try await event in session.send("Go.") { events.append(event) }
        try await session.close()
        return events
    }

    /// The log of each sub-agent that was started, in their order.
    func logs(of events: [Event]) async throws -> [[Event]] {
        var logs: [[Event]] = []
        for case .subagentStarted(let start) in events.map(\.payload) {
            logs.append(try await store.read(start.childSessionID))
        }
        return logs
    }

    static func task(_ agent: String, _ prompt: String = "Do it.", id: ToolID = "t") -> ScriptedCall {
        ScriptedCall("task", ["agent": .string(agent), "prompt": .string(prompt)], id: id)
    }

    /// What the model was told of its calls.
    static func results(_ events: [Event]) -> [String] {
        events.compactMap { event in
            switch event.payload {
            case .toolCallCompleted(let call): call.result.plainText
            case .toolCallFailed(let call): "\(call.error.type): \(call.error.message)"
            default: nil
            }
        }
    }
}
