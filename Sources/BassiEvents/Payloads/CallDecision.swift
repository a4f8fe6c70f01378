/// Who let a call run, or did not, and why: what `bassi why` prints.
public struct CallDecision: JSONRecord {
    /// What kind of thing decided, and through which client.
    public let by: Actor
    /// The rule that decided, as it was written.
    public let rule: String?
    /// The hook that decided.
    public let hook: String?
    /// One sentence.
    public let reason: String?

    /// A value with these members.
    public init(by: Actor, rule: String? = nil, hook: String? = nil, reason: String? = nil) {
        self.by = by
        self.rule = rule
        self.hook = hook
        self.reason = reason
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("by", by)
        fields("rule", rule)
        fields("hook", hook)
        fields("reason", reason)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        by = try fields("by")
        rule = try fields.optional("rule")
        hook = try fields.optional("hook")
        reason = try fields.optional("reason")
    }
}
