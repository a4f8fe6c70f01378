import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Foundation

@testable import BassiSession

extension WorkFolder {
    /// A run that makes these calls.
    func run(_ calls: [ScriptedCall], environment: [String: String] = [:]) async throws -> SessionID {
        // A person, who is not seen by the tools.
        let other = folder.appendingPathComponent("old")
        let meddle = FunctionTool("meddle", description: "") { _, _ in
            try Data("theirs\n".utf8).write(to: other)
            return .text("done")
        }
        let answers = [ScriptedAnswer(tools: calls), ScriptedAnswer(text: "Done.")]
        let session = try await AgentSession.start(agent(answers, environment, more: [meddle]), store: store)
        for try await _ in session.send("Go.") {}
        try await session.end()
        return session.id
    }

    /// What gives these answers, and may change files unasked.
    func agent(
        _ answers: [ScriptedAnswer], _ environment: [String: String] = [:], more: [any Tool] = []
    ) -> AgentConfiguration {
        var configuration = AgentConfiguration(
            model: "demo", tools: [.readFile, .writeFile, .editFile] + more, folder: folder.path,
            environment: environment)
        configuration.permissionMode = .bypass
        configuration.providers = ScriptedModel(answers).registry()
        return configuration
    }

    func changes(_ session: SessionID) async throws -> [FileChanged] {
        try await store.read(session, types: [.fileChanged], limit: 100).compactMap {
            if case .fileChanged(let change) = $0.payload { change } else { nil }
        }
    }
}
