import BassiEvents
import BassiModels
import Synchronization

/// A model that plays a script in this process, and is as strict about what it is sent as the real services are.
///
///     let model = ScriptedModel([ScriptedAnswer(text: "4")])
///     configuration.providers = model.registry        // every model's name leads to it
public final class ScriptedModel: ModelAdapter {
    private struct State {
        var requests: [ModelRequest] = []
        var answered = 0
    }

    /// `scripted`.
    public let provider: String
    private let script: ModelScript
    private let state = Mutex(State())

    /// A model that gives these answers, in this order.
    public init(_ answers: [ScriptedAnswer], provider: String = "scripted") {
        script = ModelScript(answers)
        self.provider = provider
    }

    /// What it was sent so far.
    public var requests: [ModelRequest] { state.withLock { $0.requests } }

    /// Answers; see `ModelAdapter.respond(to:yielding:)`.
    ///
    /// - Throws: ``ConformanceFailure`` for a conversation that a real service would refuse.
    public func respond(
        to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void
    ) async throws {
        try ConversationRules.check(request)
        let number = state.withLock { state in
            state.requests.append(request)
            state.answered += 1
            return state.answered
        }
        guard number <= script.answers.count else {
            throw ModelError(.invalidRequest, "the script has no answer number \(number)")
        }
        let answer = script.answers[number - 1]
        try await answer.play(as: MessageID("msg_\(number)"), from: provider, yielding: emit)
    }

    /// This model under a name of its own, `scripted/small`, for ``ProviderRegistry/adding(_:)``.
    public func named(_ model: String, profile: ModelProfile = ModelProfile()) -> ProviderRegistry.Found {
        ProviderRegistry.Found(adapter: self, model: model, profile: profile)
    }

    /// A registry in which `demo` is this model.
    public func registry(environment: [String: String] = [:]) -> ProviderRegistry {
        ProviderRegistry(environment: environment, demo: self, userAgent: "bassi-testing", transport: nil)
    }
}

/// What every provider asks of a conversation, checked before a wire could hide it.
public enum ConversationRules {
    /// - Throws: ``ConformanceFailure`` that names the rule.
    public static func check(_ request: ModelRequest) throws {
        guard case .user? = request.messages.first else {
            throw ConformanceFailure("a conversation begins with the person: the first message is not `user`")
        }
        var waiting: [ToolID] = []
        for message in request.messages {
            switch message {
            case .toolResults(let results):
                guard results.map(\.toolID) == waiting else {
                    throw ConformanceFailure(
                        "results stand in the order asked: \(waiting) were asked, \(results.map(\.toolID)) came")
                }
                waiting = []
            case .user, .assistant:
                guard waiting.isEmpty else {
                    throw ConformanceFailure("every tool call has its result directly after it: \(waiting) have none")
                }
                if case .assistant(let blocks) = message { waiting = blocks.compactMap(toolID) }
            }
        }
        guard waiting.isEmpty else { throw ConformanceFailure("the calls \(waiting) have no results") }
        if case .assistant? = request.messages.last {
            throw ConformanceFailure("a request ends with the person or with results, not with the model's own words")
        }
    }

    private static func toolID(_ block: ModelBlock) -> ToolID? {
        if case .toolUse(let id, _, _) = block.content { id } else { nil }
    }
}
