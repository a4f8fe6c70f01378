import BassiModels
import BassiTools

/// Sub-agents: those that come with Bassi, and those that files describe.
extension Workspace {
    /// The agents that work can be given to here, those that come with Bassi first.
    public var agents: [FoundAgent] { agents(asking: registry()) }

    /// The same with models that these providers have; an agent whose model they have not works with the session's.
    private func agents(asking registry: ProviderRegistry) -> [FoundAgent] {
        let models = AgentModels(registry: registry)
        let found = agentFiles.agents.map { agent in
            var definition = agent.definition
            definition.model = definition.model.flatMap(models.resolve)
            return FoundAgent(definition: definition, path: agent.path)
        }
        let builtIn = FoundAgent.builtIn.map { known in
            found.first { $0.definition.name == known.definition.name } ?? known
        }
        return builtIn + found.filter { agent in !builtIn.contains(agent) }
    }

    /// The tool that gives work to them. What an agent's file says stands in place of what the session is told; where
    /// it works and what holds there is the same.
    func task(asking registry: ProviderRegistry, instructions: Instructions) -> TaskTool {
        TaskTool(
            agents: agents(asking: registry).map { agent in
                var definition = agent.definition
                definition.systemPrompt = definition.systemPrompt.map {
                    SystemPrompt.text(of: $0, folder: folder, instructions: instructions)
                }
                return definition
            })
    }

    /// What the person should know of them: what is not loaded, and which models cannot be asked, one sentence each.
    static func notices(_ files: AgentFiles, _ registry: ProviderRegistry) -> [String] {
        let models = AgentModels(registry: registry)
        var unresolved: [(model: String, paths: [String])] = []
        for agent in files.agents {
            guard let model = agent.definition.model, models.resolve(model) == nil, let path = agent.path else {
                continue
            }
            if let index = unresolved.firstIndex(where: { $0.model == model }) {
                unresolved[index].paths.append(path)
            } else {
                unresolved.append((model, [path]))
            }
        }
        return files.notices
            + unresolved.map { model, paths in
                let rest = paths.count > 1 ? " and \(paths.count - 1) more" : ""
                return "\(VisibleText.line(paths[0]))\(rest): 'model' is '\(VisibleText.line(model, max: 100))', which "
                    + "cannot be asked here: the session's model is used"
            }
    }
}
