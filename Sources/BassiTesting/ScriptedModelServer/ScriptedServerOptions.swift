/// How a scripted model server cuts its answers, whom it lets in, and whose habits it has.
public struct ScriptedServerOptions: Sendable, Equatable {
    /// How the bytes of an answer are cut into chunks.
    public enum Chunking: Sendable, Equatable {
        /// All that is sent without a pause is one chunk.
        case whole
        /// One chunk for each event.
        case perEvent
        /// A chunk each time this many bytes are there, wherever that cuts an event or a character.
        case everyBytes(Int)
    }

    /// How the bytes of an answer are cut into chunks.
    public var chunking: Chunking
    /// The one key that is let in; nil for any.
    public var key: String?
    /// The models that there are; nil for all.
    public var models: [String]?
    /// The longest body of a request, in bytes; a longer one is answered with 413.
    public var bodyBytesMax: Int
    /// How Chat Completions differs from OpenAI's own.
    public var chat: ChatDialect

    /// Options; the default lets in everybody and answers as the services do.
    public init(
        chunking: Chunking = .perEvent, key: String? = nil, models: [String]? = nil, bodyBytesMax: Int = 32 << 20,
        chat: ChatDialect = ChatDialect()
    ) {
        self.chunking = chunking
        self.key = key
        self.models = models
        self.bodyBytesMax = bodyBytesMax
        self.chat = chat
    }
}

/// How a server of Chat Completions differs from OpenAI's own. The default is OpenAI.
public struct ChatDialect: Sendable, Equatable {
    /// The field for what the model thinks: `reasoning_content` (DeepSeek, Kimi, llama.cpp) or `reasoning` (Ollama,
    /// vLLM). Nil keeps it hidden, as OpenAI does.
    public var reasoningField: String?
    /// Assistant messages with tool calls must bring `reasoning_content` back, as DeepSeek asks.
    public var demandsReasoningContent = false
    /// Tool calls come without ids (Ollama).
    public var omitsToolIDs = false
    /// All tool calls have the index 0 (Ollama, Gemini).
    public var zeroesIndices = false
    /// A tool call comes in one chunk (Ollama, Gemini, Mistral).
    public var sendsWholeCalls = false
    /// The input of a tool is an object instead of a string with JSON; the call then comes in one chunk.
    public var sendsObjectArguments = false
    /// The answer finishes with `stop` although tools are called (Ollama, Gemini).
    public var finishesWithStop = false
    /// The usage comes in the chunk that finishes the answer, asked for or not (Mistral).
    public var sendsUsageWithFinish = false
    /// The stream ends with `[DONE]`.
    public var sendsDone = true

    /// OpenAI's own.
    public init() {}

    /// As DeepSeek answers.
    public static var deepSeek: ChatDialect {
        var dialect = ChatDialect()
        dialect.reasoningField = "reasoning_content"
        dialect.demandsReasoningContent = true
        return dialect
    }

    /// As Ollama answers.
    public static var ollama: ChatDialect {
        var dialect = ChatDialect()
        dialect.reasoningField = "reasoning"
        dialect.omitsToolIDs = true
        dialect.zeroesIndices = true
        dialect.sendsWholeCalls = true
        dialect.finishesWithStop = true
        return dialect
    }
}
