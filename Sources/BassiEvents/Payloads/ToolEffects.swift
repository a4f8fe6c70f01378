/// What running a call twice would do.
public enum ToolEffect: String, JSONWord {
    /// Nothing: it only reads.
    case pure
    /// The same as running it once.
    case idempotent
    /// It goes on where it stood: what it does is in a log of its own.
    case resumable
    /// Something else than running it once.
    case write
}

/// How far a call can act.
public enum ToolReach: String, JSONWord {
    /// In the session's folder.
    case folder
    /// On this machine.
    case machine
    /// Anywhere.
    case network
}

/// Somebody decided what became of a call in doubt.
public struct InDoubtResolved: EventFields {
    /// The event's type.
    public static let type: StaticString = "in_doubt_resolved"

    /// The call.
    public let toolID: ToolID
    /// What to do with it.
    public let decision: InDoubtDecision
    /// Who decided.
    public let by: Actor

    /// A value with these members.
    public init(toolID: ToolID, decision: InDoubtDecision, by: Actor) {
        self.toolID = toolID
        self.decision = decision
        self.by = by
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("decision", decision)
        fields("by", by)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        decision = try fields("decision")
        by = try fields("by")
    }
}

/// What to do with a call in doubt.
public enum InDoubtDecision: String, JSONWord {
    /// Run it once more.
    case runAgain = "run_again"
    /// Take it as done.
    case assumeDone = "assume_done"
    /// Tell the model that it is not known.
    case giveUp = "give_up"
}
