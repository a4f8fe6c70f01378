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
    /// The prompt that it answers, until the first request is sent: so long hooks may still withhold it.
    public internal(set) var openingPrompt: PromptReceived?
    /// Requests since the model's last message, to one model: how often this turn was tried.
    public internal(set) var attempts = 0
    /// When this turn was first tried with this model.
    public internal(set) var turnBeganAt: Timestamp?
    /// How the model's last message ended; nil before the first, and while the next is asked for.
    public internal(set) var lastMessage: LastMessage?
    /// What its own requests have used.
    public internal(set) var own = RunUse()
    /// What its sub-agents have used that have ended.
    public internal(set) var delegated = RunUse()
    /// All of it: what its limits are about.
    public var total: RunUse { own + delegated }
    /// What was done about the conversation since the model's last message, so that it is done once.
    public internal(set) var repairs = Repairs()
    /// The calls of which nobody knows whether they happened, until the run is resumed.
    public internal(set) var inDoubt: [ToolID] = []
    /// Whether the warning that the budget goes to its end was given.
    public internal(set) var isWarned = false
    /// The call that has failed again and again, if the last one did.
    public internal(set) var repeatedFailure: RepeatedFailure?
    /// The answer that fits the schema, once the model has given it by the tool.
    public internal(set) var answer: JSONValue?
    /// Whether its owner died and nobody has resumed it.
    public internal(set) var isInterrupted = false
    /// Whether it holds at the next boundary.
    public internal(set) var isPaused = false
}

/// What a provider did not take of a conversation, and what was done about it.
public struct Repairs: Sendable, Equatable {
    /// Whether it was too long and is to be compacted before the next request.
    public internal(set) var mustCompact = false
    /// Whether it was compacted.
    public internal(set) var hasCompacted = false
    /// Whether what belongs to one provider was left out.
    public internal(set) var hasForgottenData = false
    /// How often, in this run, the model's answer did not fit the schema.
    public internal(set) var schemaFailures = 0

    /// A message is whole, so that what comes next may need a repair anew; one that filled the window needs a summary,
    /// if that has not just been tried.
    mutating func complete(_ reason: StopReason) {
        let isTooLong = reason == .contextExceeded
        mustCompact = isTooLong && !hasCompacted
        hasCompacted = isTooLong && hasCompacted
        hasForgottenData = false
    }
}

/// How a message of the model ended.
public struct LastMessage: Sendable, Equatable {
    /// Why the model stopped.
    public let stopReason: StopReason
    /// Whether it asked for tools.
    public let askedForTools: Bool
}

/// One call that fails the same way each time the model asks for it.
public struct RepeatedFailure: Sendable, Equatable {
    /// The tool.
    public let toolName: String
    /// Its input.
    public let input: JSONValue
    /// How many times in a row.
    public var count: Int
}

/// A model call that has no end yet.
public struct OpenRequest: Sendable, Equatable {
    /// The position of its `request_sent`.
    public let seq: SequenceNumber
    /// Which attempt of its turn it is.
    public let attempt: Int
    /// What was reserved for it; nil where nobody knows the price.
    public let reservedUSD: Money?
    /// How many tokens it was estimated to read.
    public let estimatedInputTokens: Int
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
    /// The input, as the model gave it or, once it was asked about or started, as it was then.
    public internal(set) var input: JSONValue
    /// The position of the block that asked for it.
    public let askedAt: SequenceNumber
    /// What running it twice would do; nil before it started.
    public let effect: ToolEffect?
    /// When it started; nil before that.
    public let startedAt: Timestamp?
    /// How many times it was started.
    public let attempt: Int
    /// Where its paths lead, once that was decided or asked about, and what was there before the first attempt.
    public internal(set) var places: [CallPlace]
}

extension OpenCall {
    /// A call that has started.
    ///
    /// - Parameter askedAt: The position of the block that asked for it; that of the start where nobody knows.
    init(_ started: ToolCallStarted, _ event: Event, askedAt: SequenceNumber? = nil) {
        self.init(
            toolID: started.toolID, toolName: started.toolName, input: started.toolInput,
            askedAt: askedAt ?? event.seq, effect: started.effect, startedAt: event.timestamp,
            attempt: started.attempt, places: started.places)
    }
}

/// A sub-agent that a call has started and that has no result yet.
public struct OpenSubagent: Sendable, Equatable {
    /// How it began.
    public let start: SubagentStarted
    /// Whether it has ended, though its call has not.
    public internal(set) var isOver = false
}

/// A prompt that waits for its run.
public struct WaitingPrompt: Sendable, Equatable {
    /// The position of its `prompt_received`.
    public let seq: SequenceNumber
    /// The run that will answer it.
    public let runID: RunID?
    /// What was sent.
    public let prompt: PromptReceived
}
