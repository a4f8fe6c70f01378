import BassiEvents

/// OpenAI's Responses, streaming and without state at the service (`POST {base}/responses`).
struct ResponsesDialect: WireDialect {
    let path = "/responses"
    /// Whether this model reasons, and so can be asked to sum that up; others would refuse the field.
    let reasons: Bool

    init(reasons: Bool = false) { self.reasons = reasons }

    func headers(key: String?) -> [HTTPField] { key.map { [HTTPField("authorization", "Bearer \($0)")] } ?? [] }

    func body(of request: ModelRequest, for provider: String) -> JSONValue {
        ResponsesRequest(request: request, provider: provider, reasons: reasons).json
    }

    func decoder(for request: ModelRequest, from provider: String) -> any AnswerDecoder {
        ResponsesDecoder(provider: provider, model: request.model)
    }

    func failure(status: Int, body: JSONValue?) -> WireFailure {
        Self.failure(status: status, error: body?["error"] ?? body)
    }

    /// The codes that Chat Completions does not have, and those that come in an answer that began well.
    private static let codes: [String: ModelError.Kind] = [
        "vector_store_timeout": .server,
        "server_is_overloaded": .overloaded, "overloaded": .overloaded, "slow_down": .overloaded,
        "invalid_prompt": .invalidRequest, "data_residency_mismatch": .invalidRequest, "bio_policy": .invalidRequest,
        "misalignment_policy_violation": .invalidRequest,
        "invalid_api_key": .authentication, "model_not_found": .notFound,
        "invalid_encrypted_content": .signatureRefused,
    ]

    /// The code decides, then the status.
    static func failure(status: Int?, error: JSONValue?) -> WireFailure {
        let common = ChatCompletionsDialect.failure(status: status, error: error)
        guard let code = error?["code"]?.string else { return common }
        let isAboutPicture = code.hasPrefix("image_") || code.hasSuffix("_image") || code.contains("_image_")
        let kind = codes[code] ?? (isAboutPicture ? .invalidRequest : common.kind)
        return WireFailure(kind: kind, message: common.message)
    }
}
