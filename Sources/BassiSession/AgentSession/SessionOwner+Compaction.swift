import BassiEvents
import BassiModels

/// A conversation that comes near the end of the model's window is made shorter: the model writes a summary of what lies
/// between the first prompt and the last turns.
extension SessionOwner {
    /// The share of the window, in hundredths, from which a conversation is too long.
    private static let windowPercentMax = 80
    /// The share from which the provider is asked to count, where it can.
    private static let countedPercentMin = 60
    /// The share that stays as it is behind a summary.
    private static let keptPercent = 20
    /// The share that a request for a summary may take.
    private static let summarisedPercentMax = 60

    static let nothingToSummarise =
        "the conversation does not fit into the model's window, and there is nothing in it that a summary could stand for"
    private static let stillTooLong =
        "the conversation does not fit into the model's window: a summary did not make it a quarter shorter"

    private static let compactionTrigger = JSONObject([JSONObject.Member(key: "trigger", value: "auto")])

    func isTooLong(_ estimate: Int) -> Bool { estimate > share(Self.windowPercentMax) }

    /// Whether it is worth a request to know exactly.
    func mayBeTooLong(_ estimate: Int) -> Bool { estimate > share(Self.countedPercentMin) }

    private func share(_ percent: Int) -> Int { models.current.profile.contextTokensMax * percent / 100 }

    /// Asks for a summary; false where there is nothing to summarise.
    func askForSummary(attempt: Int, tokensBefore: Int) async throws -> Bool {
        // A window that a provider refused is smaller than we know.
        let window = min(models.current.profile.contextTokensMax, tokensBefore) * 100 / state.model.estimatePercent
        guard let cut = conversation?.cut(keepingTokens: window * Self.keptPercent / 100) else { return false }
        var request = cut.request(
            of: models.current.model, tokensMax: window * Self.summarisedPercentMax / 100)
        let estimate = estimate(of: request)
        launchHooks(.preCompact, about: ["auto"], Self.compactionTrigger)
        if try await send(&request, attempt: attempt, estimate) {
            launchModel(request, for: .summary(cut, tokensBefore: tokensBefore), estimate)
        }
        return true
    }

    /// The summary is whole: it stands in the conversation from now on, if that became short enough by it.
    func finishSummary(
        _ call: Activity.ModelCall, _ cut: ContextCut, tokensBefore: Int, _ usage: Usage
    ) async throws {
        guard let attempt = state.request?.attempt else { return }
        let ended = RequestEnded(
            attempt: attempt, outcome: .completed, usage: usage, costUSD: call.model.profile.price?.cost(of: usage))
        let summary = ContextCut.replacement(redactor.redact(call.summary))
        func compacted(to tokensAfter: Int) -> ContextCompacted {
            ContextCompacted(
                fromSeq: cut.fromSeq, toSeq: cut.toSeq, summary: summary, tokensBefore: tokensBefore,
                tokensAfter: tokensAfter)
        }
        let removed = cut.messages.reduce(0) { $0 + $1.estimatedTokens }
        let added = ModelMessage.user([.text(summary)]).estimatedTokens
        let tokensAfter = max(0, tokensBefore - (removed - added) * state.model.estimatePercent / 100)
        try await append([.requestEnded(ended), .contextCompacted(compacted(to: tokensAfter))])
        launchHooks(.postCompact, about: ["auto"], Self.compactionTrigger)
        if tokensAfter * 4 > tokensBefore * 3 { try await endTooLong(Self.stillTooLong) }
    }

    /// Ends the run, since no model call can go on with this conversation.
    func endTooLong(_ sentence: String) async throws {
        let kind = ModelError.Kind.contextExceeded.rawValue
        try await append([.error(ErrorOccurred(errorType: kind, errorMessage: sentence, retryable: false))])
        try await endRun(.failed, reason: kind)
    }
}
