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

  /// A value with these members.
  public init(
    toolID: ToolID, toolName: String, toolInput: JSONValue, effect: ToolEffect, reach: ToolReach,
    attempt: Int
  ) {
    self.toolID = toolID
    self.toolName = toolName
    self.toolInput = toolInput
    self.effect = effect
    self.reach = reach
    self.attempt = attempt
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("tool_id", toolID)
    fields("tool_name", toolName)
    fields("tool_input", toolInput)
    fields("effect", effect)
    fields("reach", reach)
    fields("attempt", attempt)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    toolID = try fields("tool_id")
    toolName = try fields("tool_name")
    toolInput = try fields("tool_input")
    effect = try fields("effect")
    reach = try fields("reach")
    attempt = try fields("attempt")
  }
}

/// What running a call twice would do.
public enum ToolEffect: String, JSONWord {
  /// Nothing: it only reads.
  case pure
  /// The same as running it once.
  case idempotent
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

  /// A value with these members.
  public init(
    toolID: ToolID, toolName: String, result: [ContentBlock] = [], structured: JSONValue? = nil,
    durationMilliseconds: Int, truncated: Truncation? = nil
  ) {
    self.toolID = toolID
    self.toolName = toolName
    self.result = result
    self.structured = structured
    self.durationMilliseconds = durationMilliseconds
    self.truncated = truncated
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("tool_id", toolID)
    fields("tool_name", toolName)
    fields("result", result)
    fields("structured", structured)
    fields("duration_ms", durationMilliseconds)
    fields("truncated", truncated)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    toolID = try fields("tool_id")
    toolName = try fields("tool_name")
    result = try fields.array("result")
    structured = try fields.optional("structured")
    durationMilliseconds = try fields("duration_ms")
    truncated = try fields.optional("truncated")
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

  /// A value with these members.
  public init(
    toolID: ToolID, toolName: String, error: ToolFailure, result: [ContentBlock] = [],
    durationMilliseconds: Int, outcome: ToolFailureOutcome
  ) {
    self.toolID = toolID
    self.toolName = toolName
    self.error = error
    self.result = result
    self.durationMilliseconds = durationMilliseconds
    self.outcome = outcome
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("tool_id", toolID)
    fields("tool_name", toolName)
    fields("error", error)
    fields("result", result)
    fields("duration_ms", durationMilliseconds)
    fields("outcome", outcome)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    toolID = try fields("tool_id")
    toolName = try fields("tool_name")
    error = try fields("error")
    result = try fields.array("result")
    durationMilliseconds = try fields("duration_ms")
    outcome = try fields("outcome")
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

/// A background command ended.
public struct BackgroundEnded: EventFields {
  /// The event's type.
  public static let type: StaticString = "background_ended"

  /// The call that started it.
  public let toolID: ToolID
  /// Its exit status; 128 and the number for a signal.
  public let exit: Int
  /// Where its output lies.
  public let outputFile: String?

  /// A value with these members.
  public init(toolID: ToolID, exit: Int, outputFile: String? = nil) {
    self.toolID = toolID
    self.exit = exit
    self.outputFile = outputFile
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("tool_id", toolID)
    fields("exit", exit)
    fields("output_file", outputFile)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    toolID = try fields("tool_id")
    exit = try fields("exit")
    outputFile = try fields.optional("output_file")
  }
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

/// A tool changed a file.
public struct FileChanged: EventFields {
  /// The event's type.
  public static let type: StaticString = "file_changed"

  /// The file, relative to the session's folder where it lies in it.
  public let path: String
  /// What happened to it.
  public let kind: FileChangeKind
  /// SHA-256 of it before, in hex.
  public let beforeHash: String?
  /// SHA-256 of it after, in hex.
  public let afterHash: String?
  /// The change as a unified diff, bounded.
  public let diff: String
  /// The blob that holds it as it was.
  public let snapshot: String?

  /// A value with these members.
  public init(
    path: String, kind: FileChangeKind, beforeHash: String? = nil, afterHash: String? = nil,
    diff: String,
    snapshot: String? = nil
  ) {
    self.path = path
    self.kind = kind
    self.beforeHash = beforeHash
    self.afterHash = afterHash
    self.diff = diff
    self.snapshot = snapshot
  }

  /// Writes the members.
  public func write(to fields: inout FieldWriter) {
    fields("path", path)
    fields("kind", kind)
    fields("before_hash", beforeHash)
    fields("after_hash", afterHash)
    fields("diff", diff)
    fields("snapshot", snapshot)
  }

  /// Reads the members.
  public init(from fields: FieldReader) throws {
    path = try fields("path")
    kind = try fields("kind")
    beforeHash = try fields.optional("before_hash")
    afterHash = try fields.optional("after_hash")
    diff = try fields("diff")
    snapshot = try fields.optional("snapshot")
  }
}

/// What happened to a file.
public enum FileChangeKind: String, JSONWord {
  /// It is new.
  case created
  /// Its content changed.
  case modified
  /// It is gone.
  case deleted
}

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
