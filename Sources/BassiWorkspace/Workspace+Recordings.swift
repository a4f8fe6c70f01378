import BassiModels
import BassiSession
import BassiStore
import BassiTools

/// Recording the exchange with a model, and playing it back.
extension Workspace {
    /// How the name of a model begins that is a recording.
    static let replayPrefix = "replay:"

    /// The agent with what is played back in place of its model, if that is a recording.
    func replaying(_ agent: AgentConfiguration, _ choices: Choices) throws(RecordingError) -> AgentConfiguration {
        guard agent.model.hasPrefix(Self.replayPrefix) else { return agent }
        var agent = agent
        let redactor = Self.redactor(of: agent)
        let replay = Replay(
            try Recording(path: String(agent.model.dropFirst(Self.replayPrefix.count))), places: places,
            redact: { redactor.redact($0) }, cancelled: choices.replayCancelled)
        (agent.model, agent.fallbackModels) = (replay.model, replay.fallbackModels)
        agent.providers = (agent.providers ?? registry(demo: choices.demo)).replaying(replay)
        return agent
    }

    /// The agent, and what its models are asked and answer is recorded in a new file.
    ///
    /// - Throws: `RecordingError`, and `ModelNameError` for a model that cannot be asked.
    public func recording(_ agent: AgentConfiguration, to path: String) throws -> AgentConfiguration {
        var agent = agent
        let (providers, redactor) = (agent.providers ?? registry(), Self.redactor(of: agent))
        let models = try ([agent.model] + agent.fallbackModels).map { try providers.adapter(for: $0) }
        let redaction = RecordingRedaction(whole: { redactor.redact($0) }, pieces: { redactor.makeStream() })
        agent.providers = providers.recording(
            to: try Recorder(path: path, models: models, places: places, redaction: redaction))
        return agent
    }

    /// The same that takes secrets out of the log.
    private static func redactor(of agent: AgentConfiguration) -> Redactor {
        Redactor(secrets: SecretVariables.all(in: agent.environment))
    }

    /// The paths that are others where a recording is played back.
    private var places: [String: String] {
        var places = ["folder": folder]
        places["home"] = credentials.environment["HOME"]
        places["bassi_home"] = (try? Home(environment: credentials.environment))?.path
        return places
    }
}

extension StreamRedactor: PieceRedactor {}
