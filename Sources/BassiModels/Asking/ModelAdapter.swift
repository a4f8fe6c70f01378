import BassiEvents

/// Asks one provider's models, over whatever wire it speaks.
///
/// An adapter has no state of a conversation: it gets the whole of it in each request and yields what comes back,
/// part by part.
public protocol ModelAdapter: Sendable {
    /// The provider's name, as before the slash of `anthropic/claude-sonnet-5-5`.
    var provider: String { get }

    /// Sends a request and yields the parts of the answer as they arrive; returns after ``ModelPart/completed(_:_:)``.
    ///
    /// `emit` is awaited before more is read from the wire: that is the back-pressure. When the task is cancelled the
    /// connection is closed, so that the provider stops billing.
    ///
    /// - Throws: ``ModelError`` for everything the provider or the wire did, `CancellationError`, or what `emit` threw.
    func respond(to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void) async throws

    /// How many tokens a request is to read, by the provider's own count; nil where it does not count for others.
    ///
    /// - Throws: as ``respond(to:yielding:)``.
    func countTokens(of request: ModelRequest) async throws -> Int?
}

extension ModelAdapter {
    /// Nil: most providers do not count.
    public func countTokens(of request: ModelRequest) async throws -> Int? { nil }

    /// Counts first where the provider does, since a prompt that is too long is refused only after it was sent, and some
    /// servers cut it silently. A count that fails is none.
    ///
    /// - Throws: ``ModelError`` of the kind `contextExceeded`, `CancellationError`.
    package func check(_ request: ModelRequest, fitsInto tokensMax: Int) async throws {
        let counted: Int?
        do { counted = try await countTokens(of: request) } catch is ModelError { return }
        guard let counted, counted > tokensMax else { return }
        throw ModelError(.contextExceeded, "the conversation has \(counted) tokens, and the model takes \(tokensMax)")
    }
}

/// A piece of an answer. Blocks may interleave; each `blockStarted` has one `blockEnded`, unless the stream is cut.
public enum ModelPart: Sendable, Equatable {
    /// The answer begins; usage as far as the provider knows it.
    case messageStarted(id: MessageID, usage: Usage)
    /// A block begins at its place in the message.
    case blockStarted(index: Int, BlockStart)
    /// More text of the block at `index`: of a text, a thought, or the JSON of a tool's input.
    case delta(index: Int, String)
    /// The block at `index` is whole.
    case blockEnded(index: Int, ModelBlock)
    /// The answer is whole.
    case completed(StopReason, Usage)
}

/// What is known of a block when it begins.
public enum BlockStart: Sendable, Equatable {
    /// A text.
    case text
    /// Reasoning that the provider shows.
    case thinking
    /// A call of a tool; its input follows.
    case toolUse(ToolID, name: String)
    /// A block that means something to its provider only.
    case opaque
}

/// A whole block of an answer, and what its provider wants back with it.
public struct ModelBlock: Sendable, Equatable {
    /// What the block says.
    public enum Content: Sendable, Equatable {
        /// A text.
        case text(String)
        /// Reasoning that the provider shows; empty when it keeps it to itself.
        case thinking(String)
        /// A call of a tool. An input that is no JSON is here as the string that came.
        case toolUse(ToolID, name: String, input: JSONValue)
        /// A block that means something to its provider only; all of it lies in the provider's data.
        case opaque
    }

    /// What the block says.
    public let content: Content
    /// Signatures, encrypted reasoning and the like, to be sent back unchanged to the same provider.
    public let providerData: ProviderData?

    /// A block.
    public init(_ content: Content, providerData: ProviderData? = nil) {
        self.content = content
        self.providerData = providerData
    }

    /// The provider's data, if this model of it wrote them: another would refuse them.
    func data(of provider: String, _ model: String) -> JSONValue? {
        guard let own = providerData, own.provider == provider, own.model == model else { return nil }
        return own.data
    }
}

/// What a provider wants back byte for byte, marked with whose it is: another provider would refuse it.
public struct ProviderData: JSONRecord {
    /// Who understands it: the provider's name.
    public let provider: String
    /// The model that wrote it.
    public let model: String
    /// The data.
    public let data: JSONValue

    /// Data of a provider's model.
    public init(provider: String, model: String, data: JSONValue) {
        self.provider = provider
        self.model = model
        self.data = data
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("provider", provider)
        fields("model", model)
        fields("data", data)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        provider = try fields("provider")
        model = try fields("model")
        data = try fields("data")
    }
}
