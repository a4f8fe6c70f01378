/// The rules that hold in a session, of all sources together. Among themselves their order says nothing: deny comes
/// before ask, and ask before allow.
public struct RuleSet: Sendable, Equatable {
    /// What may run without a question.
    public var allow: [Rule]
    /// What may never run.
    public var deny: [Rule]
    /// What a person decides each time.
    public var ask: [Rule]

    /// A set of rules.
    public init(allow: [Rule] = [], deny: [Rule] = [], ask: [Rule] = []) {
        self.allow = allow
        self.deny = deny
        self.ask = ask
    }

    /// A set of rules from their texts, all from one source: `.bassi/settings.yaml`.
    ///
    /// - Throws: ``RuleError`` for the first text that is no rule.
    public init(
        allow: [String] = [], deny: [String] = [], ask: [String] = [], source: String?, settingsFolder: String? = nil
    ) throws(RuleError) {
        func rules(_ texts: [String]) throws(RuleError) -> [Rule] {
            var rules: [Rule] = []
            for text in texts { rules.append(try Rule(text, source: source, settingsFolder: settingsFolder)) }
            return rules
        }
        self.init(allow: try rules(allow), deny: try rules(deny), ask: try rules(ask))
    }

    /// Adds the rules of another source.
    public mutating func add(_ other: RuleSet) {
        allow += other.allow
        deny += other.deny
        ask += other.ask
    }
}
