/// A clock on which waiting takes no time: back-offs and deadlines pass at once.
public struct ImmediateClock: Clock {
    /// Moments are those of the continuous clock.
    public typealias Instant = ContinuousClock.Instant

    /// A clock.
    public init() {}

    /// What the continuous clock shows.
    public var now: Instant { ContinuousClock.now }
    /// It has no smallest step.
    public var minimumResolution: Duration { .zero }
    /// Returns at once, or throws when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws { try Task.checkCancellation() }
}
