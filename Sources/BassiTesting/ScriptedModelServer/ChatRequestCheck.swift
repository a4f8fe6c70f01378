import BassiEvents

/// Whether a request reaches one of OpenAI's services at all: its path, key and content type.
struct ChatHeaderCheck {
    let options: ScriptedServerOptions
    var route: Substring = "/v1/chat/completions"
    var method = "POST"

    func check(_ request: RecordedRequest) throws(RequestRefusal) {
        guard request.route == route else {
            throw RequestRefusal(status: 404, "Invalid URL (\(request.method) \(request.route))")
        }
        guard request.method == method else {
            throw RequestRefusal(status: 405, "Not allowed to \(request.method) on \(request.route).")
        }
        guard let token = request.header("authorization")?.bearerToken else {
            throw RequestRefusal(
                status: 401,
                "You didn't provide an API key. You need to provide your API key in an Authorization header using "
                    + "Bearer auth (i.e. Authorization: Bearer YOUR_KEY).")
        }
        guard options.key ?? token == token else {
            throw RequestRefusal(status: 401, "Incorrect API key provided.", code: "invalid_api_key")
        }
        if method == "GET" { return }
        let type = request.header("content-type")?.prefix { $0 != ";" }
        guard type?.lowercased() == "application/json" else {
            throw RequestRefusal(
                "Unsupported content type: '\(type ?? "")'. This API method only accepts 'application/json' requests.",
                code: "unsupported_content_type")
        }
    }
}

/// Checks the body of a request as Chat Completions does. A pure function of the body.
struct ChatRequestCheck {
    /// The models that there are; nil for all.
    var models: [String]?
    var dialect = ChatDialect()

    /// OpenAI's own fields, and those that other servers of Chat Completions ask for.
    static let fields: Set<String> = [
        "model", "messages", "stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls",
        "max_completion_tokens", "max_tokens", "reasoning_effort", "temperature", "top_p", "frequency_penalty",
        "presence_penalty", "logit_bias", "logprobs", "top_logprobs", "response_format", "stop", "seed", "n",
        "metadata", "store", "prompt_cache_key", "prompt_cache_retention", "service_tier", "verbosity",
        "safety_identifier", "user", "modalities", "audio", "prediction", "web_search_options",
        "thinking", "reasoning", "reasoning_format", "include_reasoning", "chat_template_kwargs", "provider", "models",
    ]

    func check(_ json: JSONValue) throws(RequestRefusal) {
        guard json.object != nil else {
            throw RequestRefusal("We could not parse the JSON body of your request.")
        }
        let body = CheckedValue(manner: .chat, path: "", value: json)
        try body.only(Self.fields)
        try checkModel(body)
        try checkStream(body)
        try checkTools(body)
        if let limit = body.optional("max_completion_tokens"), body.optional("max_tokens") != nil {
            throw limit.refusal(
                "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
                code: "invalid_parameter_combination")
        }
        for key in ["max_tokens", "max_completion_tokens"] {
            guard let limit = body.optional(key), try limit.integer() < 1 else { continue }
            throw limit.refusal(
                "Invalid '\(key)': integer below minimum value. Expected a value >= 1, but got "
                    + "\(limit.value.text) instead.",
                code: "integer_below_min_value")
        }
        try ChatMessageCheck(dialect: dialect).check(try body.required("messages"))
    }

    func checkModel(_ body: CheckedValue) throws(RequestRefusal) {
        guard let field = body.optional("model"), try !field.string().isEmpty else {
            throw RequestRefusal("you must provide a model parameter")
        }
        let model = try field.string()
        if let models, !models.contains(model) {
            throw RequestRefusal(
                status: 404, "The model `\(model)` does not exist or you do not have access to it.",
                code: "model_not_found")
        }
    }

    private func checkStream(_ body: CheckedValue) throws(RequestRefusal) {
        let streams = try body.optional("stream")?.bool() ?? false
        guard let options = body.optional("stream_options") else { return }
        _ = try options.object()
        try options.only(["include_usage", "include_obfuscation"])
        for key in ["include_usage", "include_obfuscation"] { _ = try options.optional(key)?.bool() }
        guard streams else {
            throw options.refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
        }
    }

    private func checkTools(_ body: CheckedValue) throws(RequestRefusal) {
        guard let tools = body.optional("tools") else {
            for key in ["tool_choice", "parallel_tool_calls"] {
                guard let field = body.optional(key) else { continue }
                throw field.refusal(
                    "Invalid value for '\(key)': '\(key)' is only allowed when 'tools' are specified.")
            }
            return
        }
        let all = try tools.nonEmptyArray()
        for tool in all {
            _ = try tool.object()
            _ = try tool.required("type").word(of: ["function"])
            try tool.only(["type", "function"])
            let function = try tool.required("function")
            _ = try function.object()
            try function.only(["name", "description", "parameters", "strict"])
            try function.required("name").functionName()
            _ = try function.optional("description")?.string()
            if let parameters = function.optional("parameters") { try checkSchema(parameters) }
        }
    }

    func checkSchema(_ schema: CheckedValue) throws(RequestRefusal) {
        _ = try schema.object()
        guard schema.value["type"] == "object" else {
            let type = schema.value["type"]?.string ?? "None"
            throw schema.refusal(
                "Invalid schema for function: schema must be a JSON Schema of 'type: \"object\"', "
                    + "got 'type: \"\(type)\"'.",
                code: "invalid_function_parameters")
        }
    }
}

extension CheckedValue {
    /// An array with at least one element: Chat Completions wants empty ones left out.
    func nonEmptyArray() throws(RequestRefusal) -> [CheckedValue] {
        let elements = try array()
        guard elements.isEmpty else { return elements }
        throw refusal(
            "Invalid '\(path)': empty array. Expected an array with minimum length 1, but got an empty array instead.",
            code: "empty_array")
    }

    /// The name of a function.
    func functionName() throws(RequestRefusal) {
        let name = try string()
        guard name.isPlainName else {
            throw refusal(
                "Invalid '\(path)': string does not match pattern. Expected a string that matches the pattern "
                    + "'^[a-zA-Z0-9_-]+$'.",
                code: "invalid_value")
        }
        guard name.utf8.count <= 64 else {
            throw refusal(
                "Invalid '\(path)': string too long. Expected a string with maximum length 64, but got a string with "
                    + "length \(name.utf8.count) instead.",
                code: "string_above_max_length")
        }
    }
}
