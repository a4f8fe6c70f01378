import BassiEvents

/// `task`: gives a piece of work to a sub-agent, a session of its own, and reads its last message.
///
///     configuration.tools += [TaskTool(agents: [.general, .explorer])]
public struct TaskTool: Tool {
    /// `task`.
    public let name = "task"
    /// The agents that there are.
    public let agents: [AgentDefinition]
    /// The sub-agent cannot do anything that is not decided about in its own session.
    public let reach = ToolReach.folder

    /// A tool that starts these agents; of two with one name the later counts.
    public init(agents: [AgentDefinition] = [.general, .explorer]) {
        var known: [AgentDefinition] = []
        for agent in agents {
            if let index = known.firstIndex(where: { $0.name == agent.name }) {
                known[index] = agent
            } else {
                known.append(agent)
            }
        }
        self.agents = known
    }

    /// For the model, with the agents.
    public var description: String {
        let list = agents.map { "- \($0.name): \($0.description)" }.joined(separator: "\n")
        return """
            Gives a piece of work to another agent and returns its last message. It knows nothing of this conversation: \
            the prompt must say all that it needs, and what it is to report. Several calls of one message run at the same \
            time. The agents:
            \(list)
            """
    }

    /// `agent` and `prompt`.
    public var inputSchema: JSONValue {
        .schema(
            [
                "agent": ["type": "string", "enum": .array(agents.map { .string($0.name) })],
                "prompt": ["type": "string", "minLength": 1, "description": "What it is to do and to report."],
            ], required: ["agent", "prompt"])
    }

    /// Its session is gone on with, not begun anew.
    public func effect(of input: JSONValue) -> ToolEffect { .resumable }

    /// Works in a session of its own, and ends with it.
    ///
    /// - Throws: `ToolError` where there can be no sub-agent, or it came to no result.
    public func call(_ input: JSONValue, context: ToolContext) async throws -> ToolResult {
        guard let agent = agents.first(where: { $0.name == input["agent"]?.string }),
            let prompt = input["prompt"]?.string
        else { throw ToolError("invalid_input", "there is no such agent") }
        guard !prompt.allSatisfy(\.isWhitespace) else { throw ToolError("invalid_input", "the prompt is empty") }
        guard let delegate = context.delegate else {
            throw ToolError("no_agents", "no agent can be started here: do the work yourself")
        }
        return try await delegate(agent, prompt)
    }
}

extension Tool where Self == TaskTool {
    /// Gives work to sub-agents: a general one, and one that only looks.
    public static var task: TaskTool { TaskTool() }
    /// Gives work to these sub-agents.
    public static func task(_ agents: [AgentDefinition]) -> TaskTool { TaskTool(agents: agents) }
}
