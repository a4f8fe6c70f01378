import BassiEvents

/// OpenAI's Chat Completions, streaming (`POST {base}/chat/completions`), as OpenAI and all who copied it speak it.
struct ChatCompletionsDialect: WireDialect {
    let path = "/chat/completions"
    /// The field for the output limit: OpenAI's reasoning models know only the newer one, most others only the older.
    let outputLimitField: String
    /// What the service asks of calls that another model made.
    let callRule: ChatCallRule

    init(outputLimitField: String = "max_tokens", callRule: ChatCallRule = .none) {
        self.outputLimitField = outputLimitField
        self.callRule = callRule
    }

    func headers(key: String?) -> [HTTPField] { key.map { [HTTPField("authorization", "Bearer \($0)")] } ?? [] }

    func body(of request: ModelRequest, for provider: String) -> JSONValue {
        ChatCompletionsRequest(
            request: request, provider: provider, outputLimitField: outputLimitField, callRule: callRule
        ).json
    }

    func decoder(for request: ModelRequest, from provider: String) -> any AnswerDecoder {
        ChatCompletionsDecoder(provider: provider, model: request.model)
    }

    func failure(status: Int, body: JSONValue?) -> WireFailure {
        // Gemini's compatible service wraps the object in an array.
        let document = body?.array?.first ?? body
        return Self.failure(status: status, error: document?["error"] ?? document)
    }

    /// The code decides where it says more than the status. A code can be a number, and an error a bare string.
    static func failure(status: Int?, error: JSONValue?) -> WireFailure {
        let codes = [error?["code"], error?["type"]].compactMap { $0?.string }
        let words = error?["message"] ?? error?["detail"] ?? error
        let message = words?.string ?? codes.first ?? ""
        if codes.contains("insufficient_quota") { return WireFailure(kind: .quotaSpent, message: message) }
        if codes.contains("context_length_exceeded") || message.contains("maximum context length") {
            return WireFailure(kind: .contextExceeded, message: message)
        }
        if codes.contains("rate_limit_exceeded") { return WireFailure(kind: .rateLimited, message: message) }
        let code = error?["code"].flatMap { $0.int64 ?? $0.string.flatMap { Int64($0) } }
        let kind = (status ?? code.map { Int(clamping: $0) }).map { ModelError.Kind(status: $0) }
        let unnumbered: ModelError.Kind = codes.contains("invalid_request_error") ? .invalidRequest : .server
        return WireFailure(kind: kind ?? unnumbered, message: message)
    }
}
