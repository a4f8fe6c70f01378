import BassiEvents

/// One question to a model: the whole conversation and the tools that it may use.
public struct ModelRequest: Sendable, Equatable {
    /// The model, as its provider names it.
    public var model: String
    /// What the model is told before the conversation.
    public var systemPrompt: String?
    /// The conversation, oldest first. Every tool call in it has its result.
    public var messages: [ModelMessage]
    /// The tools that the model may call, in a stable order: prompt caches live on it.
    public var tools: [ToolDescription]
    /// The most tokens of the answer, reasoning included.
    public var outputTokensMax: Int
    /// The JSON Schema that the answer must fit, an object; nil for any text.
    public var outputSchema: JSONValue?
    /// The one tool that the model must call; nil when it chooses.
    public var forcedTool: String?

    /// A request.
    public init(
        model: String, systemPrompt: String? = nil, messages: [ModelMessage], tools: [ToolDescription] = [],
        outputTokensMax: Int = 16_384, outputSchema: JSONValue? = nil
    ) {
        self.model = model
        self.systemPrompt = systemPrompt
        self.messages = messages
        self.tools = tools
        self.outputTokensMax = outputTokensMax
        self.outputSchema = outputSchema
    }

    /// About how many tokens this is to read: a quarter of its bytes. Providers bill by their own count.
    public var estimatedInputTokens: Int {
        let tools = self.tools.reduce(0) { $0 + $1.byteCount }
        let bytes = messages.reduce(tools + (systemPrompt?.utf8.count ?? 0)) { $0 + $1.byteCount }
        return (bytes + 3) / 4
    }
}

/// One message of a conversation. Neighbours may have the same role; an adapter joins them where its wire needs that.
public enum ModelMessage: Sendable, Equatable {
    /// From the person, or about what happened.
    case user([ContentBlock])
    /// From the model.
    case assistant([ModelBlock])
    /// What the tools gave, in the order in which the model asked.
    case toolResults([ToolResultMessage])

    /// About how many tokens this is to read, as ``ModelRequest/estimatedInputTokens`` counts.
    public var estimatedTokens: Int { (byteCount + 3) / 4 }

    /// Bytes of what the model reads.
    var byteCount: Int {
        switch self {
        case .user(let blocks): blocks.reduce(0) { $0 + $1.byteCount }
        case .assistant(let blocks): blocks.reduce(0) { $0 + $1.byteCount }
        case .toolResults(let results): results.reduce(0) { $0 + $1.content.reduce(16) { $0 + $1.byteCount } }
        }
    }
}

/// The result of one tool call, as the model is to read it.
public struct ToolResultMessage: Sendable, Equatable {
    /// The call.
    public let toolID: ToolID
    /// The tool.
    public let toolName: String
    /// What it gave.
    public let content: [ContentBlock]
    /// Whether the call failed, was denied, or never ran.
    public let isError: Bool

    /// A result.
    public init(toolID: ToolID, toolName: String, content: [ContentBlock], isError: Bool) {
        self.toolID = toolID
        self.toolName = toolName
        self.content = content
        self.isError = isError
    }
}

/// A tool as the model sees it.
public struct ToolDescription: Sendable, Equatable {
    /// Its name: letters, digits, `_` and `-`, at most 64.
    public let name: String
    /// What it does and when to use it.
    public let description: String
    /// The JSON Schema of its input, an object.
    public let inputSchema: JSONValue

    /// A tool.
    public init(name: String, description: String, inputSchema: JSONValue) {
        self.name = name
        self.description = description
        self.inputSchema = inputSchema
    }

    var byteCount: Int { name.utf8.count + description.utf8.count + inputSchema.encoded.count }
}

extension ContentBlock {
    /// A picture costs about 1,500 tokens whatever its bytes.
    fileprivate var byteCount: Int {
        switch self {
        case .text(let text): text.utf8.count
        case .image: 6000
        case .document(let document): document.data?.utf8.count ?? 6000
        case .other(let object): JSONValue.object(object).encoded.count
        }
    }
}

extension ModelBlock {
    fileprivate var byteCount: Int {
        switch content {
        case .text(let text), .thinking(let text): text.utf8.count
        case .toolUse(_, let name, let input): name.utf8.count + input.encoded.count
        case .opaque: providerData?.data.encoded.count ?? 0
        }
    }
}
