import BassiEvents

/// Checks the body of a request as OpenAI's Responses does, for a service that keeps nothing. A pure function of the
/// body.
struct ResponsesRequestCheck {
    /// The models that there are; nil for all.
    var models: [String]?

    static let fields: Set<String> = [
        "model", "input", "instructions", "tools", "tool_choice", "parallel_tool_calls", "max_tool_calls", "reasoning",
        "text", "max_output_tokens", "store", "previous_response_id", "conversation", "include", "truncation",
        "context_management", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention", "stream",
        "stream_options", "background", "service_tier", "metadata", "safety_identifier", "temperature", "top_p",
        "top_logprobs", "user", "prompt",
    ]

    private static let included = [
        "reasoning.encrypted_content", "web_search_call.action.sources", "web_search_call.results",
        "code_interpreter_call.outputs", "computer_call_output.output.image_url", "file_search_call.results",
        "message.input_image.image_url", "message.output_text.logprobs",
    ]

    func check(_ json: JSONValue) throws(RequestRefusal) {
        guard json.object != nil else {
            throw RequestRefusal("We could not parse the JSON body of your request.")
        }
        let body = CheckedValue(manner: .chat, path: "", value: json)
        try body.only(Self.fields)
        try ChatRequestCheck(models: models).checkModel(body)
        try checkState(body)
        try checkStream(body)
        try checkWords(body)
        let names = try checkTools(body)
        try checkChoice(body, names)
        try checkFormat(body)
        let stores = try body.optional("store")?.bool() ?? true
        try ResponsesItemCheck(stores: stores).check(try body.required("input"))
    }

    /// Nothing is kept here, so that nothing can be gone on with.
    private func checkState(_ body: CheckedValue) throws(RequestRefusal) {
        if let previous = body.optional("previous_response_id") {
            let id = try previous.string()
            throw previous.refusal("Previous response with id '\(id)' not found.", code: "previous_response_not_found")
        }
        if let conversation = body.optional("conversation") {
            throw conversation.refusal("Conversation with id \(conversation.value.text) not found.")
        }
    }

    private func checkStream(_ body: CheckedValue) throws(RequestRefusal) {
        let streams = try body.optional("stream")?.bool() ?? false
        guard let options = body.optional("stream_options") else { return }
        try options.only(["include_obfuscation"])
        guard streams else {
            throw options.refusal("The 'stream_options' parameter is only allowed when 'stream' is enabled.")
        }
    }

    private func checkWords(_ body: CheckedValue) throws(RequestRefusal) {
        if let limit = body.optional("max_output_tokens"), try limit.integer() < 16 {
            throw limit.refusal(
                "Invalid 'max_output_tokens': integer below minimum value. Expected a value >= 16, but got "
                    + "\(limit.value.text) instead.",
                code: "integer_below_min_value")
        }
        _ = try body.optional("instructions")?.string()
        _ = try body.optional("parallel_tool_calls")?.bool()
        _ = try body.optional("truncation")?.word(of: ["auto", "disabled"])
        for word in try body.optional("include")?.array() ?? [] { _ = try word.word(of: Self.included) }
        guard let reasoning = body.optional("reasoning") else { return }
        try reasoning.only(["effort", "summary", "generate_summary", "context", "mode"])
        let efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"]
        _ = try reasoning.optional("effort")?.word(of: efforts)
        _ = try reasoning.optional("summary")?.word(of: ["auto", "concise", "detailed"])
        _ = try reasoning.optional("context")?.word(of: ["auto", "current_turn", "all_turns"])
        _ = try reasoning.optional("mode")?.word(of: ["standard", "pro"])
    }

    // MARK: - Tools

    private static let hosted = [
        "web_search", "file_search", "code_interpreter", "image_generation", "mcp", "shell", "local_shell",
        "apply_patch", "computer", "tool_search", "namespace", "programmatic_tool_calling",
    ]

    /// The names of the functions. The shape is flat, without the `function` of Chat Completions.
    private func checkTools(_ body: CheckedValue) throws(RequestRefusal) -> [String] {
        var names: [String] = []
        for tool in try body.optional("tools")?.array() ?? [] {
            _ = try tool.object()
            let type = try tool.required("type").word(of: ["function", "custom"] + Self.hosted)
            guard type == "function" || type == "custom" else { continue }
            let name = try tool.required("name")
            try name.functionName()
            names.append(try name.string())
            _ = try tool.optional("description")?.string()
            if type == "custom" {
                try tool.only(["type", "name", "description", "format", "defer_loading"])
                continue
            }
            try tool.only([
                "type", "name", "description", "parameters", "strict", "defer_loading", "allowed_callers",
                "output_schema", "async",
            ])
            let isStrict = try tool.optional("strict")?.bool() ?? false
            guard let parameters = tool.optional("parameters") else { continue }
            try ChatRequestCheck().checkSchema(parameters)
            if isStrict { try checkStrict(parameters, for: "function '\(names[names.count - 1])'") }
        }
        return names
    }

    private func checkChoice(_ body: CheckedValue, _ names: [String]) throws(RequestRefusal) {
        guard let choice = body.optional("tool_choice") else { return }
        if choice.value.string != nil {
            _ = try choice.word(of: ["none", "auto", "required"])
            return
        }
        let type = try choice.required("type").word(of: ["function", "custom", "allowed_tools"] + Self.hosted)
        guard type == "function" else { return }
        let name = try choice.required("name").string()
        guard names.contains(name) else {
            throw choice.refusal("Tool choice 'function' not found in 'tools' parameter.")
        }
    }

    private func checkFormat(_ body: CheckedValue) throws(RequestRefusal) {
        guard let text = body.optional("text") else { return }
        try text.only(["format", "verbosity"])
        _ = try text.optional("verbosity")?.word(of: ["low", "medium", "high"])
        guard let format = text.optional("format") else { return }
        guard try format.required("type").word(of: ["text", "json_schema", "json_object"]) == "json_schema" else {
            return
        }
        try format.only(["type", "name", "schema", "strict", "description"])
        let name = try format.required("name")
        try name.functionName()
        let schema = try format.required("schema")
        _ = try schema.object()
        if try format.optional("strict")?.bool() == true {
            try checkStrict(schema, for: "response_format '\(name.value.string ?? "")'")
        }
    }

    /// All objects closed, all their members required.
    private func checkStrict(_ schema: CheckedValue, for what: String) throws(RequestRefusal) {
        guard schema.value.object != nil else { return }
        func wrong(_ rule: String) -> RequestRefusal {
            schema.refusal("Invalid schema for \(what): In context=(), \(rule).", code: "invalid_json_schema")
        }
        let properties = schema.value["properties"]?.object?.members ?? []
        if schema.value["type"] == "object" || !properties.isEmpty {
            guard schema.value["additionalProperties"] == false else {
                throw wrong("'additionalProperties' is required to be supplied and to be false")
            }
            let required = schema.value["required"]?.array ?? []
            if let missing = properties.first(where: { !required.contains(.string($0.key)) }) {
                throw wrong(
                    "'required' is required to be supplied and to be an array including every key in "
                        + "properties. Missing '\(missing.key)'")
            }
        }
        for key in ["properties", "$defs"] {
            guard let named = schema.optional(key) else { continue }
            for member in try named.object().members { try checkStrict(try named.required(member.key), for: what) }
        }
        if let items = schema.optional("items") { try checkStrict(items, for: what) }
        for choice in try schema.optional("anyOf")?.array() ?? [] { try checkStrict(choice, for: what) }
    }
}
