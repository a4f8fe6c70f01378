import BassiEvents

/// Anthropic's Messages API, streaming (`POST /v1/messages`).
struct AnthropicDialect: WireDialect {
    /// The versions of the API that this dialect speaks. From the second on sampling parameters are refused: none is
    /// ever sent.
    static let versions = ["2023-06-01", "2026-10-21"]

    let path = "/v1/messages"
    let countPath: String? = "/v1/messages/count_tokens"
    /// The oldest version that is still served is the default: every gateway knows it.
    let version: String
    /// Whether this model thinks when it is told `adaptive`; others would refuse the field.
    let adaptiveThinking: @Sendable (_ model: String) -> Bool

    init(version: String? = nil, adaptiveThinking: @escaping @Sendable (_ model: String) -> Bool) {
        self.version = version ?? Self.versions[0]
        self.adaptiveThinking = adaptiveThinking
    }

    func headers(key: String?) -> [HTTPField] {
        [HTTPField("anthropic-version", version)] + (key.map { [HTTPField("x-api-key", $0)] } ?? [])
    }

    func body(of request: ModelRequest, for provider: String) -> JSONValue {
        AnthropicRequest(
            request: request, provider: provider, thinks: adaptiveThinking(request.model)
        ).json
    }

    /// The same prompt, without what belongs to the answer.
    func countBody(of request: ModelRequest, for provider: String) -> JSONValue {
        var body = body(of: request, for: provider).object ?? [:]
        for key in ["max_tokens", "stream", "output_config"] { body[key] = nil }
        return .object(body)
    }

    func count(in answer: JSONValue) -> Int? { answer["input_tokens"]?.tokenCount }

    func decoder(for request: ModelRequest, from provider: String) -> any AnswerDecoder {
        AnthropicDecoder(provider: provider, model: request.model)
    }

    func failure(status: Int, body: JSONValue?) -> WireFailure {
        Self.failure(status: status, error: body?["error"] ?? body)
    }

    /// Section "errors" of the API: the type decides, then the status. Only for what has no code of its own are the
    /// words read.
    static func failure(status: Int?, error: JSONValue?) -> WireFailure {
        let message = error?["message"]?.string ?? error?["type"]?.string ?? error?.string ?? ""
        let code = error?["details"]?["error_code"]?.string ?? ""
        if code.hasSuffix("spend_limit_reached") { return WireFailure(kind: .quotaSpent, message: message) }
        return WireFailure(kind: kind(error?["type"]?.string, message, status), message: message)
    }

    private static func kind(_ type: String?, _ message: String, _ status: Int?) -> ModelError.Kind {
        switch type {
        case "authentication_error": return .authentication
        case "billing_error": return .quotaSpent
        case "permission_error": return .permission
        case "not_found_error": return .notFound
        case "request_too_large": return .tooLarge
        case "rate_limit_error": return .rateLimited
        case "overloaded_error": return .overloaded
        case "api_error", "timeout_error", "conflict_error": return .server
        case "invalid_request_error":
            if message.contains("prompt is too long") || message.contains("exceed context limit") {
                return .contextExceeded
            }
            let isAboutSignature = message.contains("signature") || message.contains("cannot be modified")
            return isAboutSignature && message.contains("thinking") ? .signatureRefused : .invalidRequest
        default: return status.map { ModelError.Kind(status: $0) } ?? .server
        }
    }
}
