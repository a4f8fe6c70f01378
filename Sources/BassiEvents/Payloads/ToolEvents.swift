/// A tool starts. Durable before it does.
public struct ToolCallStarted: EventFields {
    /// The event's type.
    public static let type: StaticString = "tool_call_started"

    /// The call.
    public let toolID: ToolID
    /// The tool.
    public let toolName: String
    /// The input, as checked and allowed.
    public let toolInput: JSONValue
    /// What running it twice would do.
    public let effect: ToolEffect
    /// How far it can act.
    public let reach: ToolReach
    /// 1, and one more each time it is run again after a crash.
    public let attempt: Int
    /// Who let it run; nil in the logs of builds that did not say.
    public let decided: CallDecision?
    /// Where its paths lead; empty for a call without paths, and in the logs of builds that did not say.
    public let places: [CallPlace]

    /// A value with these members.
    public init(
        toolID: ToolID, toolName: String, toolInput: JSONValue, effect: ToolEffect, reach: ToolReach,
        attempt: Int, decided: CallDecision? = nil, places: [CallPlace] = []
    ) {
        self.toolID = toolID
        self.toolName = toolName
        self.toolInput = toolInput
        self.effect = effect
        self.reach = reach
        self.attempt = attempt
        self.decided = decided
        self.places = places
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("tool_name", toolName)
        fields("tool_input", toolInput)
        fields("effect", effect)
        fields("reach", reach)
        fields("attempt", attempt)
        fields("decided", decided)
        if !places.isEmpty { fields("places", places) }
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        toolName = try fields("tool_name")
        toolInput = try fields("tool_input")
        effect = try fields("effect")
        reach = try fields("reach")
        attempt = try fields("attempt")
        decided = try fields.optional("decided")
        places = try fields.array("places")
    }
}

/// A piece of a running tool's output, for watching.
public struct ToolOutputDelta: EventFields {
    /// The event's type.
    public static let type: StaticString = "tool_output_delta"

    /// The call.
    public let toolID: ToolID
    /// Where it came out.
    public let stream: ToolStream
    /// The text; bytes that are not UTF-8 are replaced.
    public let delta: String

    /// A value with these members.
    public init(toolID: ToolID, stream: ToolStream, delta: String) {
        self.toolID = toolID
        self.stream = stream
        self.delta = delta
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("stream", stream)
        fields("delta", delta)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        stream = try fields("stream")
        delta = try fields("delta")
    }
}

/// Where output came out.
public enum ToolStream: String, JSONWord {
    /// Standard output.
    case stdout
    /// Standard error.
    case stderr
    /// The tool's own report.
    case progress
}

/// A tool ended well.
public struct ToolCallCompleted: EventFields {
    /// The event's type.
    public static let type: StaticString = "tool_call_completed"

    /// The call.
    public let toolID: ToolID
    /// The tool.
    public let toolName: String
    /// What the model gets.
    public let result: [ContentBlock]
    /// The same for programs.
    public let structured: JSONValue?
    /// Milliseconds it ran.
    public let durationMilliseconds: Int
    /// What was left out of the result.
    public let truncated: Truncation?
    /// The files that it has read or written whole.
    public let files: [SeenFile]

    /// A value with these members.
    public init(
        toolID: ToolID, toolName: String, result: [ContentBlock] = [], structured: JSONValue? = nil,
        durationMilliseconds: Int, truncated: Truncation? = nil, files: [SeenFile] = []
    ) {
        self.toolID = toolID
        self.toolName = toolName
        self.result = result
        self.structured = structured
        self.durationMilliseconds = durationMilliseconds
        self.truncated = truncated
        self.files = files
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("tool_name", toolName)
        fields("result", result)
        fields("structured", structured)
        fields("duration_ms", durationMilliseconds)
        fields("truncated", truncated)
        if !files.isEmpty { fields("files", files) }
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        toolName = try fields("tool_name")
        result = try fields.array("result")
        structured = try fields.optional("structured")
        durationMilliseconds = try fields("duration_ms")
        truncated = try fields.optional("truncated")
        files = try fields.array("files")
    }
}

/// What was left out of a result.
public struct Truncation: JSONRecord {
    /// All that came.
    public let totalBytes: Int
    /// What the model gets.
    public let keptBytes: Int
    /// Where the whole lies.
    public let file: String?

    /// A value with these members.
    public init(totalBytes: Int, keptBytes: Int, file: String? = nil) {
        self.totalBytes = totalBytes
        self.keptBytes = keptBytes
        self.file = file
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("total_bytes", totalBytes)
        fields("kept_bytes", keptBytes)
        fields("file", file)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        totalBytes = try fields("total_bytes")
        keptBytes = try fields("kept_bytes")
        file = try fields.optional("file")
    }
}

/// A tool did not end well, or did not start.
public struct ToolCallFailed: EventFields {
    /// The event's type.
    public static let type: StaticString = "tool_call_failed"

    /// The call.
    public let toolID: ToolID
    /// The tool.
    public let toolName: String
    /// What went wrong.
    public let error: ToolFailure
    /// What the model gets.
    public let result: [ContentBlock]
    /// Milliseconds it ran; 0 when it did not start.
    public let durationMilliseconds: Int
    /// How it ended.
    public let outcome: ToolFailureOutcome
    /// Who did not let it run, where that is why it failed.
    public let decided: CallDecision?

    /// A value with these members.
    public init(
        toolID: ToolID, toolName: String, error: ToolFailure, result: [ContentBlock] = [],
        durationMilliseconds: Int, outcome: ToolFailureOutcome, decided: CallDecision? = nil
    ) {
        self.toolID = toolID
        self.toolName = toolName
        self.error = error
        self.result = result
        self.durationMilliseconds = durationMilliseconds
        self.outcome = outcome
        self.decided = decided
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("tool_id", toolID)
        fields("tool_name", toolName)
        fields("error", error)
        fields("result", result)
        fields("duration_ms", durationMilliseconds)
        fields("outcome", outcome)
        fields("decided", decided)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        toolID = try fields("tool_id")
        toolName = try fields("tool_name")
        error = try fields("error")
        result = try fields.array("result")
        durationMilliseconds = try fields("duration_ms")
        outcome = try fields("outcome")
        decided = try fields.optional("decided")
    }
}

/// What went wrong with a call.
public struct ToolFailure: JSONRecord {
    /// A documented code.
    public let type: String
    /// One sentence.
    public let message: String

    /// A value with these members.
    public init(type: String, message: String) {
        self.type = type
        self.message = message
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("type", type)
        fields("message", message)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        type = try fields("type")
        message = try fields("message")
    }
}

/// How a call ended that did not end well.
public enum ToolFailureOutcome: String, JSONWord {
    /// It failed.
    case failed
    /// It was not allowed, and did not start.
    case denied
    /// It was ended at its time limit.
    case timedOut = "timed_out"
    /// It was called off.
    case cancelled
    /// Nobody knows whether it happened: its owner died.
    case inDoubt = "in_doubt"
}
