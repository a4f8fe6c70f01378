import BassiEvents
import Foundation

/// How long what is stored is kept.
public struct Retention: Sendable, Equatable {
    /// Deltas are dropped so long after their block ended; nil keeps them for ever.
    public var deltas: RetentionAge? = RetentionAge(seconds: 24 * 3600)
    /// Sessions are deleted when nobody has touched them for so long; nil keeps them for ever.
    public var sessions: RetentionAge?

    /// Deltas for a day, sessions for ever.
    public init() {}

    init(_ node: SettingsNode) throws(SettingsError) {
        for (key, value) in try node.members(known: ["deltas", "sessions"]) {
            let age = try Self.age(value)
            if key == "deltas" { deltas = age } else { sessions = age }
        }
    }

    private static func age(_ node: SettingsNode) throws(SettingsError) -> RetentionAge? {
        let text = try node.string()
        if text == "never" { return nil }
        guard let age = RetentionAge(text) else {
            throw node.problem("'\(node.key)' takes an age such as 24h, 30d or never")
        }
        return age
    }
}

/// How old something is: `90m`, `24h`, `30d`.
public struct RetentionAge: Sendable, Equatable {
    /// The age in seconds.
    public let seconds: Int64

    /// So many seconds.
    public init(seconds: Int64) { self.seconds = seconds }

    /// A number and its unit; nil for anything else.
    public init?(_ text: String) {
        let units: [Character: Int64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Int64(text.dropLast()), count >= 0,
            !count.multipliedReportingOverflow(by: unit * 1000).overflow
        else { return nil }
        seconds = count * unit
    }

    /// The moment that lies so far back; what is older is older than it. An age of nothing is a moment that has not come.
    public var moment: Timestamp {
        Timestamp(milliseconds: Timestamp.now.milliseconds - seconds * 1000 + (seconds == 0 ? 60_000 : 0))
    }
}
