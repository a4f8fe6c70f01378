import BassiEvents

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

    /// The wait that the values of the fields `retry-after-ms` and `retry-after` (seconds, or a date) ask for, if any.
    public static func asked(
        retryAfterMilliseconds: String?, retryAfter: String?, now: Timestamp = .now
    ) -> Duration? {
        if let text = retryAfterMilliseconds, let value = number(text) { return .milliseconds(Int(value)) }
        guard let text = retryAfter else { return nil }
        if let seconds = number(text) { return .milliseconds(Int(seconds * 1000)) }
        return date(text).map { .milliseconds(max(0, $0.milliseconds - now.milliseconds)) }
    }

    /// The wait of a script: as in the field `retry-after`, or in milliseconds as `1500ms`.
    static func asked(written text: String?) -> Duration? {
        guard let text, text.hasSuffix("ms") else { return asked(retryAfterMilliseconds: nil, retryAfter: text) }
        return asked(retryAfterMilliseconds: String(text.dropLast(2)), retryAfter: nil)
    }

    /// Bounded, so that no number overflows.
    private static func number(_ text: String) -> Double? {
        guard let value = Double(text), value >= 0, value <= 86_400_000 else { return nil }
        return value
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    /// A date of HTTP, `Sun, 06 Nov 1994 08:49:37 GMT`. The two forms that RFC 9110 calls obsolete are not read.
    private static func date(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        return Timestamp("\(words[3])-\(month < 9 ? "0" : "")\(month + 1)-\(words[1])T\(words[4]).000Z")
    }
}
