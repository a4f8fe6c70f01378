import BassiEvents

/// What the policy says of a call, why, and who said so.
public struct Decision: Sendable, Equatable {
    /// The answer.
    public enum Verdict: Sendable, Equatable, CaseIterable {
        /// It may run.
        case allow
        /// A person must decide.
        case ask
        /// It may not run.
        case deny

        /// `allow`, `ask` or `deny`.
        public var word: String {
            switch self {
            case .allow: "allow"
            case .ask: "ask"
            case .deny: "deny"
            }
        }
    }

    /// The answer.
    public let verdict: Verdict
    /// One sentence, for the model and for a person.
    public let reason: String
    /// The rule that decided, as it was written.
    public let rule: String?
    /// What kind of thing decided: a rule, the mode or a hook.
    public let by: ActorKind

    /// A value with these members.
    public init(verdict: Verdict, reason: String, rule: String? = nil, by: ActorKind) {
        self.verdict = verdict
        self.reason = reason
        self.rule = rule
        self.by = by
    }
}
