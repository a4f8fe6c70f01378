/// How long a command may take, how long it has to end once it must, and what it may take of the machine.
public struct ProcessLimits: Sendable {
    /// From the start to SIGTERM; nil is no limit. Time that the machine sleeps does not count.
    public var timeout: Duration?
    /// From SIGTERM, which a program may handle to tidy up, to SIGKILL, which it cannot.
    public var gracePeriod: Duration = .milliseconds(500)
    /// What it may take of the machine.
    public var resources = ResourceLimits()

    /// No time-out, half a second of grace and no limits of resources, unless they are given.
    public init(
        timeout: Duration? = nil, gracePeriod: Duration = .milliseconds(500), resources: ResourceLimits = .init()
    ) {
        self.timeout = timeout
        self.gracePeriod = gracePeriod
        self.resources = resources
    }
}

extension Duration {
    /// Whole milliseconds, rounded up, within what both C and Dispatch can hold: 0 to 24 days.
    var boundedMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        guard seconds < 2_000_000 else { return 2_000_000_000 }
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(seconds * 1000 + part)
    }
}
