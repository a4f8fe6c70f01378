import BassiEvents

/// Whether a request reaches Anthropic Messages at all: its path, key, version and content type.
struct AnthropicHeaderCheck {
    static let versions: Set<String> = ["2023-06-01", "2026-10-21"]
    let options: ScriptedServerOptions
    var route: Substring = "/v1/messages"
    var method = "POST"

    func check(_ request: RecordedRequest) throws(RequestRefusal) {
        guard request.route == route else {
            throw RequestRefusal(status: 404, type: "not_found_error", "Not Found")
        }
        guard request.method == method else { throw RequestRefusal(status: 405, "Method Not Allowed") }
        try checkKey(request)
        guard let version = request.header("anthropic-version") else {
            throw RequestRefusal("anthropic-version: header is required")
        }
        guard Self.versions.contains(version) else {
            throw RequestRefusal("anthropic-version: \"\(version)\" is not a valid version")
        }
        if method != "GET" { try request.checkContentType() }
    }

    private func checkKey(_ request: RecordedRequest) throws(RequestRefusal) {
        func refusal(_ message: String) -> RequestRefusal {
            RequestRefusal(status: 401, type: "authentication_error", message)
        }
        let key = request.header("x-api-key")
        let authorization = request.header("authorization")
        if key != nil, authorization != nil {
            throw refusal("send either x-api-key or Authorization, not both")
        }
        if let authorization {
            guard let token = authorization.bearerToken, options.key ?? token == token else {
                throw refusal("invalid bearer token")
            }
            return
        }
        guard let key else { throw refusal("x-api-key header is required") }
        guard !key.isEmpty, options.key ?? key == key else { throw refusal("invalid x-api-key") }
    }
}

extension RecordedRequest {
    fileprivate func checkContentType() throws(RequestRefusal) {
        let type = header("content-type")?.prefix { $0 != ";" }
        guard let type, type.lowercased() == "application/json" else {
            throw RequestRefusal("content-type: must be application/json")
        }
    }
}

extension String {
    /// What stands after `Bearer `, if it is there and not empty.
    var bearerToken: String? {
        guard lowercased().hasPrefix("bearer "), count > 7 else { return nil }
        return String(dropFirst(7))
    }
}

/// Checks the body of a request as Anthropic Messages does. A pure function of the body.
struct AnthropicRequestCheck {
    /// The value of `anthropic-version`.
    let version: String
    /// Whether the request names a beta, and so may have its fields.
    var allowsBetaFields = false
    /// The models that there are; nil for all.
    var models: [String]?
    /// Whether the last answer paused its turn, so that this request may end with it.
    var continuesPausedTurn = false
    /// Whether the request only asks how long it is, and so has no limit for an answer.
    var onlyCounts = false

    init(version: String) { self.version = version }

    /// From this version on, sampling is no longer the caller's to set, and two old habits are refused.
    var isStrict: Bool { version >= "2026-10-21" }

    static let fields: Set<String> = [
        "model", "max_tokens", "messages", "system", "tools", "tool_choice", "thinking", "output_config",
        "stop_sequences", "stream", "metadata", "cache_control", "service_tier", "speed", "inference_geo", "container",
        "user_profile_id", "diagnostics",
    ]
    static let fieldsOfAnswers: Set<String> = ["max_tokens", "stop_sequences", "stream", "metadata", "service_tier"]
    static let samplingFields: Set<String> = ["temperature", "top_p", "top_k"]
    static let betaFields: Set<String> = ["context_management", "compaction", "fallbacks", "mcp_servers", "thread"]

    func check(_ json: JSONValue) throws(RequestRefusal) {
        let body = CheckedValue(manner: .anthropic, path: "", value: json)
        guard json.object != nil else { throw RequestRefusal("The request body is not valid JSON") }
        var allowed = Self.fields
        if onlyCounts { allowed.subtract(Self.fieldsOfAnswers) }
        if !isStrict, !onlyCounts { allowed.formUnion(Self.samplingFields) }
        if allowsBetaFields { allowed.formUnion(Self.betaFields) }
        try body.only(allowed)
        try checkModel(body)
        if !onlyCounts, try body.required("max_tokens").integer() <= 0 {
            throw RequestRefusal("max_tokens: Input should be greater than or equal to 1")
        }
        if let stream = body.optional("stream") { _ = try stream.bool() }
        if let sequences = body.optional("stop_sequences") {
            for sequence in try sequences.array() { _ = try sequence.string() }
        }
        try checkThinking(body)
        let tools = try AnthropicToolCheck(body: body).check()
        var messages = AnthropicMessageCheck(isStrict: isStrict, continuesPausedTurn: continuesPausedTurn)
        try messages.checkSystem(body.optional("system"))
        try messages.check(try body.required("messages"))
        try CacheMarks.check(top: body.optional("cache_control"), tools + messages.cacheMarks)
    }

    private func checkModel(_ body: CheckedValue) throws(RequestRefusal) {
        let model = try body.required("model").string()
        guard !model.isEmpty else { throw RequestRefusal("model: String should have at least 1 character") }
        if let models, !models.contains(model) {
            throw RequestRefusal(status: 404, type: "not_found_error", "model: \(model)")
        }
    }

    private func checkThinking(_ body: CheckedValue) throws(RequestRefusal) {
        guard let thinking = body.optional("thinking") else { return }
        let type = try thinking.required("type").word(of: ["adaptive", "enabled", "disabled", "between_tools"])
        if let display = thinking.optional("display") { _ = try display.word(of: ["summarized", "omitted"]) }
        guard type == "enabled" else { return }
        let budget = try thinking.required("budget_tokens")
        let tokens = try budget.integer()
        guard tokens >= 1024 else { throw budget.refusal("Input should be greater than or equal to 1024") }
        guard tokens < body.value["max_tokens"]?.int64 ?? 0 else {
            throw RequestRefusal("`max_tokens` must be greater than `thinking.budget_tokens`.")
        }
    }
}

/// The marks of the prompt cache, in the order of the prefix: tools, system, messages.
enum CacheMarks {
    static let countMax = 4

    static func check(top: CheckedValue?, _ marks: [CheckedValue]) throws(RequestRefusal) {
        let count = marks.count + (top == nil ? 0 : 1)
        guard count <= countMax else {
            throw RequestRefusal("A maximum of 4 blocks with cache_control may be provided. Found \(count).")
        }
        var sawShort = false
        for mark in marks + (top.map { [$0] } ?? []) {
            try mark.only(["type", "ttl"])
            _ = try mark.required("type").word(of: ["ephemeral"])
            let time = try mark.optional("ttl")?.word(of: ["5m", "1h"]) ?? "5m"
            if time == "1h", sawShort {
                throw mark.refusal("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.")
            }
            if time == "5m" { sawShort = true }
        }
    }
}
