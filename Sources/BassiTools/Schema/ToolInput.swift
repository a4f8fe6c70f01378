import BassiEvents

/// Reads an input that has been checked against its schema; the schema and this reader say the same thing twice, so
/// a gap between them is an error for the model and no crash.
struct ToolInput {
    let json: JSONValue

    func string(_ key: String) throws(ToolError) -> String {
        guard let value = json[key]?.string else {
            throw ToolError("invalid_input", "field '\(key)' is missing (string expected)")
        }
        return value
    }

    func optionalString(_ key: String) -> String? { json[key]?.string }

    /// A whole number; `2.0` is one too.
    func int(_ key: String) -> Int? { json[key]?.double.flatMap { Int(exactly: $0.rounded()) } }

    func bool(_ key: String) -> Bool { json[key]?.bool ?? false }
}

extension JSONValue {
    /// The schema of an object with these properties and no others.
    static func schema(_ properties: JSONObject, required: [String]) -> JSONValue {
        [
            "type": "object", "properties": .object(properties),
            "required": .array(required.map { .string($0) }), "additionalProperties": false,
        ]
    }

    static func stringSchema(_ description: String) -> JSONValue {
        ["type": "string", "description": .string(description)]
    }

    static func countSchema(_ description: String, atMost maximum: Int64) -> JSONValue {
        [
            "type": "integer", "minimum": 1, "maximum": .number(JSONNumber(maximum)),
            "description": .string(description),
        ]
    }
}
