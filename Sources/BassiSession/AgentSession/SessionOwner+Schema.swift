import BassiEvents
import BassiModels
import BassiTools

/// A run whose last answer must fit a schema.
extension SessionOwner {
    /// The schema, where the configuration has one.
    var outputSchema: OutputSchema? { configuration.outputSchema.map { OutputSchema($0) } }

    /// Whether the model that is asked now is brought to the schema by the tool.
    private var answersByTool: Bool {
        outputSchema?.isNative(for: models.current.profile, toolCount: configuration.tools.count) == false
    }

    /// The tools that the model is offered: the one for the answer only where it is brought to the schema by it.
    var offeredTools: [any Tool] {
        let tools = executor.registry.tools.filter { configuration.offers($0.name) }
        return outputSchema == nil || answersByTool ? tools : tools.filter { $0.name != OutputSchema.toolName }
    }

    /// Asks for the schema: the provider itself, or in words for the tool.
    func addSchema(to request: inout ModelRequest) {
        guard let schema = outputSchema else { return }
        guard answersByTool else { return request.outputSchema = schema.schema }
        // Told once, the model has no choice any more, where its server can see to that.
        if state.run?.repairs.schemaFailures ?? 0 > 0, models.current.profile.structuredOutput == .nativeWithoutTools {
            request.forcedTool = OutputSchema.toolName
        }
        request.systemPrompt = [request.systemPrompt, OutputSchema.instruction].compactMap(\.self).joined(
            separator: "\n\n")
    }

    /// Whether the run's end has to wait: its answer does not fit, and the model is told so, once.
    func repairsAnswer() async throws -> Bool {
        guard let schema = outputSchema, let run = state.run, run.answer == nil,
            let problem = schema.problem(with: try await lastText())
        else { return false }
        if run.repairs.schemaFailures + 1 >= OutputSchema.failuresMax {
            try await fail(schema: problem)
            return true
        }
        let told = PromptReceived(
            content: [.text(OutputSchema.repair(problem, byTool: answersByTool))],
            source: PromptSource(client: OutputSchema.client), planMode: false, delivery: .steer)
        try await append([.promptReceived(told)])
        return true
    }

    /// Ends the run without the answer that was asked for.
    func fail(schema problem: String) async throws {
        let sentence = "the model's answer does not fit the schema: \(problem)"
        try await append([
            .error(ErrorOccurred(errorType: OutputSchema.failure, errorMessage: sentence, retryable: true))
        ])
        try await endRun(.failed, reason: OutputSchema.failure)
    }
}
