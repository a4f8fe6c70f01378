/// How long to wait before a request is sent again: what the provider asks for, else an exponential back-off.
///
/// The numbers are those of the official clients: 0.5 s doubled each time up to 8 s, less up to a quarter.
public enum RetryDelay {
    /// The wait before the attempt after `failures` failures (1 or more); `jitter` from 0 to 1 shortens it.
    public static func backOff(failures: Int, jitter: Double) -> Duration {
        let doublings = min(max(failures - 1, 0), 4)
        let milliseconds = 500 << doublings
        let share = 1 - 0.25 * min(max(jitter, 0), 1)
        return .milliseconds(Int(Double(milliseconds) * share))
    }

    /// The wait that the values of the fields `retry-after-ms` and `retry-after` (in seconds) ask for, if any.
    public static func asked(retryAfterMilliseconds: String?, retryAfter: String?) -> Duration? {
        if let text = retryAfterMilliseconds, let value = number(text) { return .milliseconds(Int(value)) }
        if let text = retryAfter, let value = number(text) { return .milliseconds(Int(value * 1000)) }
        return nil
    }

    /// Bounded, so that no number overflows.
    private static func number(_ text: String) -> Double? {
        guard let value = Double(text), value >= 0, value <= 86_400_000 else { return nil }
        return value
    }
}
