import BassiEvents

/// What the services answer beside their models: the list of these, and the count of a request's tokens. It takes
/// nothing from the script.
struct SideAnswers {
    let options: ScriptedServerOptions

    /// The answer; nil for a request to a model.
    func answer(_ request: RecordedRequest, headers: [HeaderField]) throws(RequestRefusal) -> ServerReply? {
        switch request.route {
        case "/v1/models":
            if request.header("anthropic-version") != nil {
                try AnthropicHeaderCheck(options: options, route: request.route, method: "GET").check(request)
                return .json(anthropicModels.encoded, headers: headers)
            }
            try ChatHeaderCheck(options: options, route: request.route, method: "GET").check(request)
            return .json(openAIModels.encoded, headers: headers)
        case "/v1/messages/count_tokens":
            try AnthropicHeaderCheck(options: options, route: request.route).check(request)
            var check = AnthropicRequestCheck(version: request.header("anthropic-version") ?? "")
            check.allowsBetaFields = request.header("anthropic-beta") != nil
            check.models = options.models
            check.onlyCounts = true
            try check.check(request.body)
            let tokens = JSONValue.number(JSONNumber(request.body.encoded.count / 4))
            return .json(JSONValue.object(["input_tokens": tokens]).encoded, headers: headers)
        default: return nil
        }
    }

    private var models: [String] { options.models ?? ["scripted"] }

    private var anthropicModels: JSONValue {
        let list = models.map { model -> JSONValue in
            [
                "type": "model", "id": .string(model), "display_name": .string(model),
                "created_at": "2026-09-21T00:00:00Z", "lifecycle": "active",
            ]
        }
        func id(_ model: String?) -> JSONValue { model.map { .string($0) } ?? .null }
        return [
            "data": .array(list), "has_more": false, "first_id": id(models.first), "last_id": id(models.last),
        ]
    }

    private var openAIModels: JSONValue {
        let list = models.map { model -> JSONValue in
            ["id": .string(model), "object": "model", "created": 1_790_000_000, "owned_by": "bassi"]
        }
        return ["object": "list", "data": .array(list)]
    }
}
