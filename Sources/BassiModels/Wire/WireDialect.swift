import BassiEvents

/// How one kind of provider is spoken to: a value, without a connection. ``HTTPModelAdapter`` does the rest.
protocol WireDialect: Sendable {
    /// What comes after the base URL: `/v1/messages`.
    var path: String { get }
    /// The fields that carry the key and name the version.
    func headers(key: String?) -> [HTTPField]
    /// The body of a streaming request.
    func body(of request: ModelRequest, for provider: String) -> JSONValue
    /// Where the provider counts the tokens of a request; nil where it does not.
    var countPath: String? { get }
    /// The body of a request to count.
    func countBody(of request: ModelRequest, for provider: String) -> JSONValue
    /// The count in the answer to it.
    func count(in answer: JSONValue) -> Int?
    /// A reader for one answer.
    func decoder(for request: ModelRequest, from provider: String) -> any AnswerDecoder
    /// What the body of an answer with an error status says.
    func failure(status: Int, body: JSONValue?) -> WireFailure
}

extension WireDialect {
    var countPath: String? { nil }
    func countBody(of request: ModelRequest, for provider: String) -> JSONValue { .null }
    func count(in answer: JSONValue) -> Int? { nil }
}

/// Reads one answer, from its events or whole. A value: fed with recorded bytes in tests.
protocol AnswerDecoder: Sendable {
    /// Reads the next event of the stream.
    ///
    /// - Throws: ``ModelError`` for what is no answer.
    mutating func decode(_ event: ServerSentEvent) throws -> [ModelPart]
    /// The body ended: an answer that is not whole throws ``ModelError`` of the kind `cut`.
    mutating func finish() throws -> [ModelPart]
    /// Reads an answer that came as one JSON document, as from gateways that do not stream.
    mutating func decode(whole json: JSONValue) throws -> [ModelPart]
    /// Whether ``ModelPart/completed(_:_:)`` was given.
    var isComplete: Bool { get }
}

/// What a provider said was wrong.
struct WireFailure: Equatable {
    /// The longest message that is kept.
    static let messageCharactersMax = 2000

    let kind: ModelError.Kind
    let message: String

    init(kind: ModelError.Kind, message: String) {
        self.kind = kind
        self.message = String(message.prefix(Self.messageCharactersMax))
    }

    /// One sentence that says whose words these are.
    func sentence(of provider: String) -> String {
        message.isEmpty ? "\(provider) answered with an error" : "\(provider): \(message)"
    }

    /// The error for a failure that came inside an answer.
    func error(of provider: String) -> ModelError { ModelError(kind, sentence(of: provider)) }
}
