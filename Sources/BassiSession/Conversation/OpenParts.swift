import BassiEvents

/// A run that has no end yet.
public struct OpenRun: Sendable, Equatable {
    /// The run.
    public let id: RunID
    /// The position of its `run_started`.
    public let seq: SequenceNumber
    /// When it began.
    public let startedAt: Timestamp
    /// Where it must end.
    public let limits: RunLimits
    /// Messages of the model so far.
    public internal(set) var turns = 0
    /// Whether its owner died and nobody has resumed it.
    public internal(set) var isInterrupted = false
    /// Whether it holds at the next boundary.
    public internal(set) var isPaused = false
}

/// A model call that has no end yet.
public struct OpenRequest: Sendable, Equatable {
    /// The position of its `request_sent`.
    public let seq: SequenceNumber
    /// Which attempt of its turn it is.
    public let attempt: Int
}

/// A block that has no end yet, with what has arrived of it.
public struct OpenBlock: Sendable, Equatable {
    /// How it began.
    public let start: ContentBlockStart
    /// What has arrived: text, reasoning, or the JSON text of a tool's input.
    public internal(set) var text: String
}

/// A tool call that the model asked for and that has no result yet.
public struct OpenCall: Sendable, Equatable {
    /// The call.
    public let toolID: ToolID
    /// The tool.
    public let toolName: String
    /// The input, as the model gave it or, once started, as it was allowed.
    public let input: JSONValue
    /// The position of the block that asked for it.
    public let askedAt: SequenceNumber
    /// What running it twice would do; nil before it started.
    public let effect: ToolEffect?
    /// When it started; nil before that.
    public let startedAt: Timestamp?
    /// How many times it was started.
    public let attempt: Int
}

/// A prompt that waits for its run.
public struct WaitingPrompt: Sendable, Equatable {
    /// The position of its `prompt_received`.
    public let seq: SequenceNumber
    /// What was sent.
    public let prompt: PromptReceived
}
