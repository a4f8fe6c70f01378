/// The session's first event.
public struct SessionStarted: EventFields {
    /// The event's type.
    public static let type: StaticString = "session_started"

    /// What the session is and where it came from.
    public let metadata: SessionMetadata

    /// A value with these members.
    public init(metadata: SessionMetadata) {
        self.metadata = metadata
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("metadata", metadata)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        metadata = try fields("metadata")
    }
}

/// What a session is and where it came from.
public struct SessionMetadata: JSONRecord {
    /// A short name for lists.
    public let title: String?
    /// The folder in which its tools work, an absolute path.
    public let cwd: String?
    /// `provider/model`.
    public let model: String?
    /// What the model is told before the first prompt.
    public let systemPrompt: String?
    /// The names of the tools that the model is offered.
    public let tools: [String]
    /// The version of the program that began it.
    public let bassiVersion: String
    /// The session and position of which this one is a copy.
    public let forkedFrom: ForkOrigin?
    /// The tool call of another session for which this one works.
    public let parent: ParentLink?

    /// A value with these members.
    public init(
        title: String? = nil, cwd: String? = nil, model: String? = nil, systemPrompt: String? = nil,
        tools: [String] = [], bassiVersion: String, forkedFrom: ForkOrigin? = nil,
        parent: ParentLink? = nil
    ) {
        self.title = title
        self.cwd = cwd
        self.model = model
        self.systemPrompt = systemPrompt
        self.tools = tools
        self.bassiVersion = bassiVersion
        self.forkedFrom = forkedFrom
        self.parent = parent
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("title", title)
        fields("cwd", cwd)
        fields("model", model)
        fields("system_prompt", systemPrompt)
        fields("tools", tools)
        fields("bassi_version", bassiVersion)
        fields("forked_from", forkedFrom)
        fields("parent", parent)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        title = try fields.optional("title")
        cwd = try fields.optional("cwd")
        model = try fields.optional("model")
        systemPrompt = try fields.optional("system_prompt")
        tools = try fields.array("tools")
        bassiVersion = try fields("bassi_version")
        forkedFrom = try fields.optional("forked_from")
        parent = try fields.optional("parent")
    }
}

/// Where a fork began.
public struct ForkOrigin: JSONRecord {
    /// The session that was copied.
    public let sessionID: SessionID
    /// The last position that was copied.
    public let seq: SequenceNumber

    /// A value with these members.
    public init(sessionID: SessionID, seq: SequenceNumber) {
        self.sessionID = sessionID
        self.seq = seq
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("session_id", sessionID)
        fields("seq", seq)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        sessionID = try fields("session_id")
        seq = try fields("seq")
    }
}

/// The call that a sub-agent answers.
public struct ParentLink: JSONRecord {
    /// The parent session.
    public let sessionID: SessionID
    /// The parent's run.
    public let runID: RunID
    /// The parent's `task` call.
    public let toolID: ToolID

    /// A value with these members.
    public init(sessionID: SessionID, runID: RunID, toolID: ToolID) {
        self.sessionID = sessionID
        self.runID = runID
        self.toolID = toolID
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("session_id", sessionID)
        fields("run_id", runID)
        fields("tool_id", toolID)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        sessionID = try fields("session_id")
        runID = try fields("run_id")
        toolID = try fields("tool_id")
    }
}

/// Its client closed the session. A later prompt is allowed and goes on in the same log.
public struct SessionEnded: EventFields {
    /// The event's type.
    public static let type: StaticString = "session_ended"

    /// Why, in a word or a sentence.
    public let reason: String

    /// A value with these members.
    public init(reason: String) {
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

/// This session is a copy of another: the first event that is its own. What stands before it is shared with the other,
/// to the byte, and keeps the other's links.
public struct SessionForked: EventFields {
    /// The event's type.
    public static let type: StaticString = "session_forked"

    /// The copy.
    public let intoSessionID: SessionID
    /// The last position that it shares.
    public let atSeq: SequenceNumber
    /// The session that was copied.
    public let fromSessionID: SessionID?

    /// A value with these members.
    public init(intoSessionID: SessionID, atSeq: SequenceNumber, fromSessionID: SessionID? = nil) {
        self.intoSessionID = intoSessionID
        self.atSeq = atSeq
        self.fromSessionID = fromSessionID
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("into_session_id", intoSessionID)
        fields("at_seq", atSeq)
        fields("from_session_id", fromSessionID)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        intoSessionID = try fields("into_session_id")
        atSeq = try fields("at_seq")
        fromSessionID = try fields.optional("from_session_id")
    }
}

/// Properties of the session changed.
public struct SessionUpdated: EventFields {
    /// The event's type.
    public static let type: StaticString = "session_updated"

    /// An object with the new values only: `title`, `model`, `permission_mode`, …
    public let changes: JSONValue

    /// A value with these members.
    public init(changes: JSONValue) {
        self.changes = changes
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("changes", changes)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        changes = try fields("changes")
    }
}

/// A folder became trusted, or is no longer.
public struct TrustChanged: EventFields {
    /// The event's type.
    public static let type: StaticString = "trust_changed"

    /// The folder's real path.
    public let path: String
    /// Whether what it would start or allow counts from now on.
    public let trusted: Bool
    /// Who said so.
    public let by: Actor

    /// A value with these members.
    public init(path: String, trusted: Bool, by: Actor) {
        self.path = path
        self.trusted = trusted
        self.by = by
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("path", path)
        fields("trusted", trusted)
        fields("by", by)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        path = try fields("path")
        trusted = try fields("trusted")
        by = try fields("by")
    }
}

/// The payload of an event was erased; its hash stays.
public struct Redacted: EventFields {
    /// The event's type.
    public static let type: StaticString = "redacted"

    /// The event that was erased.
    public let targetSeq: SequenceNumber
    /// Why.
    public let reason: String

    /// A value with these members.
    public init(targetSeq: SequenceNumber, reason: String) {
        self.targetSeq = targetSeq
        self.reason = reason
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("target_seq", targetSeq)
        fields("reason", reason)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        targetSeq = try fields("target_seq")
        reason = try fields("reason")
    }
}
