import BassiEvents

/// Whether a schema is one that OpenAI's strict mode takes: all objects closed, all members required, and only the
/// words that it knows. Another one is sent without the mode rather than refused.
enum StrictSchema {
    private static let words: Set<String> = [
        "type", "title", "description", "properties", "required", "additionalProperties", "items", "enum", "const",
        "anyOf", "$ref", "$defs", "definitions", "pattern", "format", "minimum", "maximum", "exclusiveMinimum",
        "exclusiveMaximum", "multipleOf", "minItems", "maxItems",
    ]
    private static let depthMax = 10

    static func accepts(_ schema: JSONValue) -> Bool {
        schema["type"]?.string == "object" && schema["anyOf"] == nil && accepts(schema, depth: 0)
    }

    private static func accepts(_ schema: JSONValue, depth: Int) -> Bool {
        guard let object = schema.object, depth <= depthMax else { return false }
        guard object.members.allSatisfy({ words.contains($0.key) }), isClosed(object) else { return false }
        let named = ["properties", "$defs", "definitions"].flatMap { schema[$0]?.object?.members.map(\.value) ?? [] }
        let inner = named + (schema["anyOf"]?.array ?? []) + (schema["items"].map { [$0] } ?? [])
        return inner.allSatisfy { accepts($0, depth: depth + 1) }
    }

    private static func isClosed(_ schema: JSONObject) -> Bool {
        let types = schema["type"]?.array ?? schema["type"].map { [$0] } ?? []
        guard types.contains("object") || schema["properties"] != nil else { return true }
        let required = schema["required"]?.array ?? []
        let names = schema["properties"]?.object?.members.map { JSONValue.string($0.key) } ?? []
        return schema["additionalProperties"] == false && names.allSatisfy { required.contains($0) }
    }
}
