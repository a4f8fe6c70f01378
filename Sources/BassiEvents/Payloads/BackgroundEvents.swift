/// A command goes on in the background: it belongs to the session's owner, and not to the run that began it.
public struct BackgroundStarted: EventFields {
    /// The event's type.
    public static let type: StaticString = "background_started"

    /// The call that started it; its output is that call's `tool_output_delta`.
    public let toolID: ToolID
    /// The name by which the model speaks of it: `bg_1`, `bg_2`, … in its session.
    public let backgroundID: String
    /// The command line.
    public let command: String

    /// A value with these members.
    public init(toolID: ToolID, backgroundID: String, command: String) {
        self.toolID = toolID
        self.backgroundID = backgroundID
        self.command = command
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("background_id", backgroundID)
        fields("command", command)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        backgroundID = try fields("background_id")
        command = try fields("command")
    }
}

/// A piece of a background command's output is in the blob store, while the command goes on.
public struct BackgroundOutput: EventFields {
    /// The event's type.
    public static let type: StaticString = "background_output"

    /// The call that started the command.
    public let toolID: ToolID
    /// Bytes of output before the piece.
    public let from: Int
    /// Bytes of the piece.
    public let bytes: Int
    /// The blob that has it.
    public let outputFile: String

    /// A value with these members.
    public init(toolID: ToolID, from: Int, bytes: Int, outputFile: String) {
        self.toolID = toolID
        self.from = from
        self.bytes = bytes
        self.outputFile = outputFile
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("from", from)
        fields("bytes", bytes)
        fields("output_file", outputFile)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        from = try fields("from")
        bytes = try fields("bytes")
        outputFile = try fields("output_file")
    }
}

/// A background command ended.
public struct BackgroundEnded: EventFields {
    /// The event's type.
    public static let type: StaticString = "background_ended"

    /// The call that started it.
    public let toolID: ToolID
    /// Its exit status, 128 and the number for a signal; nil where it has none.
    public let exit: Int?
    /// The blob with its output, or with what came after the last `background_output`.
    public let outputFile: String?
    /// How it ended.
    public let outcome: BackgroundOutcome?
    /// Bytes of output before those in the blob.
    public let outputFrom: Int?
    /// Bytes of output in all, those that were not kept included; nil where nobody knows.
    public let outputBytes: Int?
    /// Why it could not be run, or why its output is not kept.
    public let error: String?

    /// A value with these members.
    public init(
        toolID: ToolID, exit: Int? = nil, outputFile: String? = nil, outcome: BackgroundOutcome? = nil,
        outputFrom: Int? = nil, outputBytes: Int? = nil, error: String? = nil
    ) {
        self.toolID = toolID
        self.exit = exit
        self.outputFile = outputFile
        self.outcome = outcome
        self.outputFrom = outputFrom
        self.outputBytes = outputBytes
        self.error = error
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("exit", exit)
        fields("output_file", outputFile)
        fields("outcome", outcome)
        fields("output_from", outputFrom)
        fields("output_bytes", outputBytes)
        fields("error", error)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        exit = try fields.optional("exit")
        outputFile = try fields.optional("output_file")
        outcome = try fields.optional("outcome")
        outputFrom = try fields.optional("output_from")
        outputBytes = try fields.optional("output_bytes")
        error = try fields.optional("error")
    }
}

/// How a background command ended.
public enum BackgroundOutcome: String, JSONWord {
    /// By itself.
    case exited
    /// By its time-out.
    case timedOut = "timed_out"
    /// By `bash_kill`.
    case killed
    /// With the session, or with the program's turn in it.
    case sessionEnded = "session_ended"
    /// It could not be run.
    case failed
    /// With the program that ran it, which was killed; written by the next one.
    case lost
}
