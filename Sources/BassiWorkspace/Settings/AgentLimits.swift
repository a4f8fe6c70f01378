/// How many sub-agents may work: the key `limits.agents`.
struct AgentLimits: Sendable, Equatable {
    /// So many at the same time; nil for the default.
    var atOnce: Int?
    /// How deep they may start others; 0 for no sub-agents, nil for the default.
    var depth: Int?

    /// Reads the key over what was said before.
    ///
    /// - Throws: ``SettingsError``.
    mutating func read(_ node: SettingsNode) throws(SettingsError) {
        for (key, value) in try node.members(known: ["at_once", "depth"]) {
            switch key {
            case "at_once": atOnce = try Self.bounded(value, try value.positiveInt(), atMost: 64)
            default: depth = try Self.bounded(value, try value.count(), atMost: 16)
            }
        }
    }

    private static func bounded(_ node: SettingsNode, _ value: Int, atMost most: Int) throws(SettingsError) -> Int {
        guard value <= most else { throw node.problem("'\(node.key)' is \(value), but at most \(most) is taken") }
        return value
    }
}
