/// A run began.
public struct RunStarted: EventFields {
    /// The event's type.
    public static let type: StaticString = "run_started"

    /// `provider/model`.
    public let model: String
    /// Where it must end.
    public let limits: RunLimits
    /// The process that owns the session.
    public let nodeID: String
    /// The fencing number of that ownership.
    public let leaseEpoch: Int

    /// A value with these members.
    public init(model: String, limits: RunLimits, nodeID: String, leaseEpoch: Int) {
        self.model = model
        self.limits = limits
        self.nodeID = nodeID
        self.leaseEpoch = leaseEpoch
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("model", model)
        fields("limits", limits)
        fields("node_id", nodeID)
        fields("lease_epoch", leaseEpoch)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        model = try fields("model")
        limits = try fields("limits")
        nodeID = try fields("node_id")
        leaseEpoch = try fields("lease_epoch")
    }
}

/// Hard limits of a run and all its sub-agents; nil is none.
public struct RunLimits: JSONRecord {
    /// Model calls.
    public let maxTurns: Int?
    /// Dollars.
    public let maxCostUSD: Money?
    /// Tokens, in and out.
    public let maxTokensTotal: Int?
    /// Seconds.
    public let timeoutS: Int?

    /// A value with these members.
    public init(
        maxTurns: Int? = nil, maxCostUSD: Money? = nil, maxTokensTotal: Int? = nil, timeoutS: Int? = nil
    ) {
        self.maxTurns = maxTurns
        self.maxCostUSD = maxCostUSD
        self.maxTokensTotal = maxTokensTotal
        self.timeoutS = timeoutS
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("max_turns", maxTurns)
        fields("max_cost_usd", maxCostUSD)
        fields("max_tokens_total", maxTokensTotal)
        fields("timeout_s", timeoutS)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        maxTurns = try fields.optional("max_turns")
        maxCostUSD = try fields.optional("max_cost_usd")
        maxTokensTotal = try fields.optional("max_tokens_total")
        timeoutS = try fields.optional("timeout_s")
    }
}

/// The run ended by itself.
public struct RunCompleted: EventFields {
    /// The event's type.
    public static let type: StaticString = "run_completed"

    /// How.
    public let outcome: RunOutcome
    /// Which limit, or what failed.
    public let reason: String?
    /// Model calls made.
    public let turns: Int
    /// Tokens of all calls.
    public let usage: Usage
    /// What they cost; null when a price is unknown.
    public let costUSD: Money?
    /// Milliseconds from its start.
    public let durationMilliseconds: Int

    /// A value with these members.
    public init(
        outcome: RunOutcome, reason: String? = nil, turns: Int, usage: Usage, costUSD: Money? = nil,
        durationMilliseconds: Int
    ) {
        self.outcome = outcome
        self.reason = reason
        self.turns = turns
        self.usage = usage
        self.costUSD = costUSD
        self.durationMilliseconds = durationMilliseconds
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("outcome", outcome)
        fields("reason", reason)
        fields("turns", turns)
        fields("usage", usage)
        fields.orNull("cost_usd", costUSD)
        fields("duration_ms", durationMilliseconds)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        outcome = try fields("outcome")
        reason = try fields.optional("reason")
        turns = try fields("turns")
        usage = try fields("usage")
        costUSD = try fields.optional("cost_usd")
        durationMilliseconds = try fields("duration_ms")
    }
}

/// How a run ended.
public enum RunOutcome: String, JSONWord {
    /// The model had finished.
    case completed
    /// A limit was reached.
    case limit
    /// Something failed for good.
    case failed
    /// The model refused.
    case refused
}

/// The run was ended from outside.
public struct RunCancelled: EventFields {
    /// The event's type.
    public static let type: StaticString = "run_cancelled"

    /// `user`, `superseded`, `timeout`, …
    public let reason: String
    /// Who ended it.
    public let by: Actor

    /// A value with these members.
    public init(reason: String, by: Actor) {
        self.reason = reason
        self.by = by
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("reason", reason)
        fields("by", by)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        reason = try fields("reason")
        by = try fields("by")
    }
}

/// The run stopped without an end: its owner died. Written on recovery; a resumption or a cancellation follows.
public struct RunInterrupted: EventFields {
    /// The event's type.
    public static let type: StaticString = "run_interrupted"

    /// What happened to the owner.
    public let reason: InterruptionReason

    /// A value with these members.
    public init(reason: InterruptionReason) {
        self.reason = reason
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("reason", reason)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        reason = try fields("reason")
    }
}

/// What stopped a run.
public enum InterruptionReason: String, JSONWord {
    /// Its process died.
    case nodeLost = "node_lost"
    /// Its process was asked to stop.
    case shutdown
}

/// An interrupted run goes on.
public struct RunResumed: EventFields {
    /// The event's type.
    public static let type: StaticString = "run_resumed"

    /// The process that owns the session now.
    public let nodeID: String
    /// The fencing number of that ownership.
    public let leaseEpoch: Int
    /// Calls of which nobody knows whether they happened.
    public let inDoubt: [ToolID]

    /// A value with these members.
    public init(nodeID: String, leaseEpoch: Int, inDoubt: [ToolID] = []) {
        self.nodeID = nodeID
        self.leaseEpoch = leaseEpoch
        self.inDoubt = inDoubt
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("node_id", nodeID)
        fields("lease_epoch", leaseEpoch)
        fields("in_doubt", inDoubt)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        nodeID = try fields("node_id")
        leaseEpoch = try fields("lease_epoch")
        inDoubt = try fields.array("in_doubt")
    }
}

/// The run holds at the next boundary.
public struct RunPaused: EventFields {
    /// The event's type.
    public static let type: StaticString = "run_paused"

    /// Who asked.
    public let by: Actor

    /// A value with these members.
    public init(by: Actor) {
        self.by = by
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("by", by)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        by = try fields("by")
    }
}

/// The run goes on after a pause.
public struct RunUnpaused: EventFields {
    /// The event's type.
    public static let type: StaticString = "run_unpaused"

    /// Who asked.
    public let by: Actor

    /// A value with these members.
    public init(by: Actor) {
        self.by = by
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("by", by)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        by = try fields("by")
    }
}

/// Four fifths of a limit are used.
public struct BudgetWarning: EventFields {
    /// The event's type.
    public static let type: StaticString = "budget_warning"

    /// The limit: `max_cost_usd`, `max_turns`, …
    public let kind: String
    /// How much is used, in the limit's unit.
    public let used: JSONValue
    /// The limit.
    public let limit: JSONValue

    /// A value with these members.
    public init(kind: String, used: JSONValue, limit: JSONValue) {
        self.kind = kind
        self.used = used
        self.limit = limit
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("kind", kind)
        fields("used", used)
        fields("limit", limit)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        kind = try fields("kind")
        used = try fields("used")
        limit = try fields("limit")
    }
}

/// Older events are shown to the model as a summary from now on.
public struct ContextCompacted: EventFields {
    /// The event's type.
    public static let type: StaticString = "context_compacted"

    /// The first event summarised.
    public let fromSeq: SequenceNumber
    /// The last one.
    public let toSeq: SequenceNumber
    /// What stands in their place.
    public let summary: String
    /// The context before, in tokens.
    public let tokensBefore: Int
    /// The context after.
    public let tokensAfter: Int

    /// A value with these members.
    public init(
        fromSeq: SequenceNumber, toSeq: SequenceNumber, summary: String, tokensBefore: Int, tokensAfter: Int
    ) {
        self.fromSeq = fromSeq
        self.toSeq = toSeq
        self.summary = summary
        self.tokensBefore = tokensBefore
        self.tokensAfter = tokensAfter
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("from_seq", fromSeq)
        fields("to_seq", toSeq)
        fields("summary", summary)
        fields("tokens_before", tokensBefore)
        fields("tokens_after", tokensAfter)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        fromSeq = try fields("from_seq")
        toSeq = try fields("to_seq")
        summary = try fields("summary")
        tokensBefore = try fields("tokens_before")
        tokensAfter = try fields("tokens_after")
    }
}
