import BassiModels

/// Whether a model call that failed is made again, and when.
struct RetryPolicy: Sendable, Equatable {
    /// Attempts of one turn, the first included.
    var attemptsMax = 6
    /// The longest wait that a provider may ask for: beyond it the run fails and says so.
    var waitMax: Duration = .seconds(300)

    /// The wait before the attempt after the `attempt`-th, or nil when there is none.
    func wait(after error: ModelError, attempt: Int, jitter: Double) -> Duration? {
        guard error.isRetryable, attempt < attemptsMax else { return nil }
        let wait = error.retryAfter ?? RetryDelay.backOff(failures: attempt, jitter: jitter)
        return wait <= waitMax ? wait : nil
    }
}
