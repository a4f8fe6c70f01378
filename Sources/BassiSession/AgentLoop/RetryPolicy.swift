import BassiModels

/// Whether a model call that failed is made again, and when.
struct RetryPolicy: Sendable, Equatable {
    /// Attempts of one turn, the first included.
    var attemptsMax = 6
    /// The longest that a turn is tried, and that a provider may ask to wait: beyond it the run fails and says so.
    var waitMax: Duration = .seconds(300)

    /// The wait before the attempt after the `attempt`-th, or nil when there is none.
    ///
    /// - Parameter elapsed: Since the turn was first tried.
    func wait(after error: ModelError, attempt: Int, elapsed: Duration = .zero, jitter: Double) -> Duration? {
        guard error.isRetryable, attempt < attemptsMax else { return nil }
        let wait = error.retryAfter ?? RetryDelay.backOff(failures: attempt, jitter: jitter)
        return elapsed + wait <= waitMax ? wait : nil
    }
}
