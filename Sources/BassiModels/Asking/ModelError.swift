/// Why a model gave no whole answer.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, in one vocabulary for all providers.
    public enum Kind: String, Sendable, Equatable {
        /// The provider could not be reached.
        case connection
        /// The answer broke off.
        case cut
        /// Nothing came for too long.
        case stalled
        /// What came is not what the wire's rules say.
        case malformed
        /// Too many requests for now.
        case rateLimited = "rate_limited"
        /// The provider has no capacity for now.
        case overloaded
        /// The provider failed.
        case server
        /// The account has no money or quota left.
        case quotaSpent = "quota_spent"
        /// The key is missing or wrong.
        case authentication
        /// The key may not do this.
        case permission
        /// The provider does not know the model or the address.
        case notFound = "not_found"
        /// The request is larger than the provider takes.
        case tooLarge = "too_large"
        /// The conversation is longer than the model's window.
        case contextExceeded = "context_exceeded"
        /// A signature of a thinking block was refused.
        case signatureRefused = "signature_refused"
        /// The request is not what the provider's rules say.
        case invalidRequest = "invalid_request"
    }

    /// What went wrong.
    public let kind: Kind
    /// One sentence, the provider's words where it gave some. Never a key.
    public let message: String
    /// The status of the HTTP answer, if there was one.
    public let status: Int?
    /// How long the provider asks to wait.
    public let retryAfter: Duration?
    /// Whether the provider says that a second try makes sense; nil when it says nothing.
    public let shouldRetry: Bool?

    /// An error.
    public init(
        _ kind: Kind, _ message: String, status: Int? = nil, retryAfter: Duration? = nil, shouldRetry: Bool? = nil
    ) {
        self.kind = kind
        self.message = message
        self.status = status
        self.retryAfter = retryAfter
        self.shouldRetry = shouldRetry
    }

    /// Whether the same request may succeed later: what the provider says, else what its kind says.
    public var isRetryable: Bool {
        if let shouldRetry { return shouldRetry }
        return switch kind {
        case .connection, .cut, .stalled, .malformed, .rateLimited, .overloaded, .server: true
        case .quotaSpent, .authentication, .permission, .notFound, .tooLarge, .contextExceeded, .signatureRefused,
            .invalidRequest:
            false
        }
    }

    /// One sentence with the provider's words and the status.
    public var description: String { status.map { "\(message) (HTTP \($0))" } ?? message }
}
