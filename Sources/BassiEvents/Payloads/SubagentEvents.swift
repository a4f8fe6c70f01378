/// A sub-agent began: written before its session is.
public struct SubagentStarted: EventFields {
    /// The event's type.
    public static let type: StaticString = "subagent_started"

    /// Which agent.
    public let agent: String
    /// Its session.
    public let childSessionID: SessionID
    /// What it was asked.
    public let prompt: String
    /// The `task` call that it works for.
    public let toolID: ToolID?

    /// A value with these members.
    public init(agent: String, childSessionID: SessionID, prompt: String, toolID: ToolID? = nil) {
        self.agent = agent
        self.childSessionID = childSessionID
        self.prompt = prompt
        self.toolID = toolID
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("agent", agent)
        fields("child_session_id", childSessionID)
        fields("prompt", prompt)
        fields("tool_id", toolID)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        agent = try fields("agent")
        childSessionID = try fields("child_session_id")
        prompt = try fields("prompt")
        toolID = try fields.optional("tool_id")
    }
}

/// A sub-agent ended.
public struct SubagentCompleted: EventFields {
    /// The event's type.
    public static let type: StaticString = "subagent_completed"

    /// Its session.
    public let childSessionID: SessionID
    /// How its run ended.
    public let outcome: SubagentOutcome
    /// Its last message, or what it had said of it.
    public let result: String
    /// Its tokens, those of its own sub-agents too.
    public let usage: Usage
    /// What they cost; null when a price is unknown.
    public let costUSD: Money?
    /// Messages of the model, those of its own sub-agents too; nil in the logs of builds that did not say.
    public let turns: Int?
    /// What requests that broke off may have cost beyond that.
    public let unsettledUSD: Money?

    /// A value with these members.
    public init(
        childSessionID: SessionID, outcome: SubagentOutcome, result: String, usage: Usage = Usage(),
        costUSD: Money? = nil, turns: Int? = nil, unsettledUSD: Money? = nil
    ) {
        self.childSessionID = childSessionID
        self.outcome = outcome
        self.result = result
        self.usage = usage
        self.costUSD = costUSD
        self.turns = turns
        self.unsettledUSD = unsettledUSD
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("child_session_id", childSessionID)
        fields("outcome", outcome)
        fields("result", result)
        fields("usage", usage)
        fields.orNull("cost_usd", costUSD)
        fields("turns", turns)
        fields("unsettled_usd", unsettledUSD)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        childSessionID = try fields("child_session_id")
        outcome = try fields("outcome")
        result = try fields("result")
        usage = try fields("usage")
        costUSD = try fields.optional("cost_usd")
        turns = try fields.optional("turns")
        unsettledUSD = try fields.optional("unsettled_usd")
    }
}

/// How a sub-agent's run ended.
public enum SubagentOutcome: String, JSONWord {
    /// It had finished.
    case completed
    /// A limit was reached.
    case limit
    /// Something failed for good.
    case failed
    /// Its model refused.
    case refused
    /// It was called off.
    case cancelled
}
