import BassiEvents
import BassiModels

/// What the end of a model's stream leads to: nothing more, another try, another model, or the run's end.
extension SessionOwner {
    func modelEnded(_ request: SequenceNumber, _ result: Result<Void, any Error>) async throws {
        guard let call = activity.model, call.request == request else { return }
        activity.model = nil
        // Whole, or being called off: then the closing writes the ends.
        guard activity.closing == nil, state.request != nil else { return }
        switch result {
        case .success:
            if case .summary(let cut, let before) = call.purpose, let usage = call.completed, !call.summary.isEmpty {
                return try await finishSummary(call, cut, tokensBefore: before, usage)
            }
            try await modelFailed(ModelError(.cut, "the answer broke off before its end"), call)
        case .failure(let error as ModelError): try await modelFailed(error, call)
        case .failure(let error): try await modelFailed(ModelError(.connection, "\(error)", shouldRetry: false), call)
        }
    }

    /// Closes what is open of the attempt, then tries again, asks another model, or gives up.
    private func modelFailed(_ error: ModelError, _ call: Activity.ModelCall) async throws {
        guard let request = state.request else { return }
        let isCut = [.cut, .stalled].contains(error.kind)
        let outcome: RequestOutcome = isCut ? .cut : error.isRetryable ? .failed : .refused
        let spent = call.spent
        let end = RequestEnded(
            attempt: request.attempt, outcome: outcome, usage: spent?.usage, costUSD: spent?.costUSD)
        let ends = state.blocks.map(SessionState.interruptedEnd) + [.requestEnded(end)]
        if let retry = retry(after: error, of: request, call.purpose) {
            try await append(ends + [.retryScheduled(retry)])
            if retry.delayMilliseconds > 0 { setAlarm(.retry, after: .milliseconds(retry.delayMilliseconds)) }
            return
        }
        let said = ErrorOccurred(
            errorType: error.kind.rawValue, errorMessage: error.description, retryable: error.isRetryable,
            attempt: request.attempt)
        let before = models.current.name
        if ModelChain.mayHelp(against: error), let next = models.fallBack() {
            let switched = ModelSwitched(from: before, to: next.name, reason: ModelChain.fallback)
            return try await append(ends + [.error(said), .modelSwitched(switched)])
        }
        try await append(ends + [.error(said)])
        try await endRun(.failed, reason: error.kind.rawValue)
    }

    /// The next try of the same model, if there is to be one: at once where the conversation was at fault and can be
    /// mended, once for each fault; else after a pause.
    private func retry(
        after error: ModelError, of request: OpenRequest, _ purpose: Activity.Purpose
    ) -> RetryScheduled? {
        guard let run = state.run else { return nil }
        func again(_ kind: ModelError.Kind, after wait: Duration = .zero) -> RetryScheduled {
            RetryScheduled(
                attempt: request.attempt + 1, delayMilliseconds: wait.milliseconds, errorType: kind.rawValue,
                status: error.status)
        }
        switch (error.kind, purpose) {
        case (.contextExceeded, .message), (.tooLarge, .message):
            return run.repairs.hasCompacted || run.repairs.mustCompact ? nil : again(.contextExceeded)
        case (.signatureRefused, _): return run.repairs.hasForgottenData ? nil : again(.signatureRefused)
        default:
            let elapsed = run.turnBeganAt.map { Timestamp.now.milliseconds - $0.milliseconds } ?? 0
            let wait = configuration.retry.wait(
                after: error, attempt: request.attempt, elapsed: .milliseconds(max(0, elapsed)),
                jitter: .random(in: 0...1))
            return wait.map { again(error.kind, after: max($0, .milliseconds(1))) }
        }
    }
}
