extension Rule {
    /// The rule, unless the tool's name is nearly that of a built-in tool: for rules that a person wrote in a file or on
    /// the command line.
    ///
    /// `Bsh(rm *)` would be taken for a rule about a tool of somebody else: it would deny nothing and say nothing. A
    /// program that has a tool of such a name makes its rules without this.
    ///
    /// - Throws: ``RuleError``, which says the name that is meant.
    public func checkingSpelling() throws(RuleError) -> Rule {
        guard let meant = RuleSpelling.nameMeant(by: toolName) else { return self }
        throw RuleError(description, .nearly(meant))
    }
}

extension RuleSet {
    /// The rules, unless the name of a tool is nearly that of a built-in one: see ``Rule/checkingSpelling()``.
    ///
    /// - Throws: ``RuleError`` for the first such rule.
    public func checkingSpelling() throws(RuleError) -> RuleSet {
        for rule in allow + deny + ask { _ = try rule.checkingSpelling() }
        return self
    }
}

/// Finds the built-in tool that a misspelt name means.
enum RuleSpelling {
    /// The names that rules know, as people write them.
    private static let names =
        ["Bash", "Read", "Edit", "Write", "Glob", "Grep", "WebFetch", "Task", "bash_output", "bash_kill"]
        + BuiltInTool.allCases.map(\.rawValue)

    /// The name that is nearly this one; nil for a name that is known, and for one that is like none.
    static func nameMeant(by name: String) -> String? {
        guard !name.hasPrefix("mcp__") else { return nil }
        let written = Array(name.lowercased().utf8)
        var best: (name: String, distance: Int)?
        for known in names {
            let bytes = Array(known.lowercased().utf8)
            let distance = distance(written, bytes)
            if distance == 0 { return nil }
            // Of four letters two make another word: `test` is no misspelt `task`.
            guard distance <= (bytes.count > 4 ? 2 : 1), distance < best?.distance ?? .max else { continue }
            best = (known, distance)
        }
        return best?.name
    }

    /// How many letters must be put in, left out, replaced, or changed for the one behind it.
    private static func distance(_ one: [UInt8], _ other: [UInt8]) -> Int {
        // More than any distance that counts, for a name of any length.
        guard abs(one.count - other.count) <= 2 else { return .max }
        var (before, last) = ([Int](), Array(0...other.count))
        for row in one.indices {
            var next = [row + 1]
            for column in other.indices {
                let isSame = one[row] == other[column]
                var cost = min(last[column] + (isSame ? 0 : 1), last[column + 1] + 1, next[column] + 1)
                if row > 0, column > 0, one[row] == other[column - 1], one[row - 1] == other[column] {
                    cost = min(cost, before[column - 1] + 1)
                }
                next.append(cost)
            }
            (before, last) = (last, next)
        }
        return last[other.count]
    }
}
