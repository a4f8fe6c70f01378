/// A sub-agent began.
public struct SubagentStarted: EventFields {
    /// The event's type.
    public static let type: StaticString = "subagent_started"

    /// Which agent.
    public let agent: String
    /// Its session.
    public let childSessionID: SessionID
    /// What it was asked.
    public let prompt: String

    /// A value with these members.
    public init(agent: String, childSessionID: SessionID, prompt: String) {
        self.agent = agent
        self.childSessionID = childSessionID
        self.prompt = prompt
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("agent", agent)
        fields("child_session_id", childSessionID)
        fields("prompt", prompt)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        agent = try fields("agent")
        childSessionID = try fields("child_session_id")
        prompt = try fields("prompt")
    }
}

/// A sub-agent ended.
public struct SubagentCompleted: EventFields {
    /// The event's type.
    public static let type: StaticString = "subagent_completed"

    /// Its session.
    public let childSessionID: SessionID
    /// How its run ended.
    public let outcome: RunOutcome
    /// Its answer.
    public let result: String
    /// Its tokens.
    public let usage: Usage
    /// What it cost; null when a price is unknown.
    public let costUSD: Money?

    /// A value with these members.
    public init(
        childSessionID: SessionID, outcome: RunOutcome, result: String, usage: Usage,
        costUSD: Money? = nil
    ) {
        self.childSessionID = childSessionID
        self.outcome = outcome
        self.result = result
        self.usage = usage
        self.costUSD = costUSD
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("child_session_id", childSessionID)
        fields("outcome", outcome)
        fields("result", result)
        fields("usage", usage)
        fields.orNull("cost_usd", costUSD)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        childSessionID = try fields("child_session_id")
        outcome = try fields("outcome")
        result = try fields("result")
        usage = try fields("usage")
        costUSD = try fields.optional("cost_usd")
    }
}
