import BassiEvents

/// A model of a recording, with what was known of it: prices and limits are the same when it is played back.
struct RecordedModel: Sendable, Equatable {
    let provider: String
    let model: String
    let profile: ModelProfile

    init(_ found: ProviderRegistry.Found) {
        (provider, model, profile) = (found.adapter.provider, found.model, found.profile)
    }

    var json: JSONValue {
        .members([
            ("provider", .string(provider)), ("model", .string(model)),
            ("context_tokens_max", .number(JSONNumber(profile.contextTokensMax))),
            ("output_tokens_max", .number(JSONNumber(profile.outputTokensMax))),
            ("structured_output", .string(profile.structuredOutput.rawValue)),
            ("price", profile.price.map(Self.json)),
        ])
    }

    init(json: JSONValue) throws(MalformedLine) {
        provider = try RecordedForm.text("provider", json)
        model = try RecordedForm.text("model", json)
        var profile = ModelProfile(
            contextTokensMax: try RecordedForm.int("context_tokens_max", json),
            outputTokensMax: try RecordedForm.int("output_tokens_max", json))
        if let word = json["structured_output"]?.string {
            profile.structuredOutput = StructuredOutput(rawValue: word) ?? .none
        }
        if let price = json["price"] { profile.price = try Self.price(price) }
        self.profile = profile
    }

    private static func json(_ price: Price) -> JSONValue {
        .members([
            ("input", .number(JSONNumber(price.input))), ("output", .number(JSONNumber(price.output))),
            ("cache_read", .number(JSONNumber(price.cacheRead))),
            ("cache_write", .number(JSONNumber(price.cacheWrite))),
            (
                "surcharge",
                price.surcharge.map { more in
                    [
                        "threshold": .number(JSONNumber(more.threshold)), "input": .number(JSONNumber(more.input)),
                        "output": .number(JSONNumber(more.output)),
                    ]
                }
            ),
        ])
    }

    private static func price(_ json: JSONValue) throws(MalformedLine) -> Price {
        func amount(_ key: String, _ json: JSONValue) throws(MalformedLine) -> Int64 {
            Int64(try RecordedForm.int(key, json))
        }
        var price = Price(
            input: try amount("input", json), output: try amount("output", json),
            cacheRead: try amount("cache_read", json), cacheWrite: try amount("cache_write", json))
        if let more = json["surcharge"] {
            price.surcharge = Price.Surcharge(
                threshold: try RecordedForm.int("threshold", more), input: try amount("input", more),
                output: try amount("output", more))
        }
        return price
    }
}
