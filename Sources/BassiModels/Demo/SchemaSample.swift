import BassiEvents

/// A small value that fits a schema, which is all that a demonstration can answer to one.
enum SchemaSample {
    /// The value; `root` holds what references in the schema name.
    static func value(of schema: JSONValue, in root: JSONValue, depth: Int = 0) -> JSONValue {
        guard depth < 16 else { return .null }
        func sample(_ part: JSONValue?) -> JSONValue { value(of: part ?? .null, in: root, depth: depth + 1) }
        if let constant = schema["const"] ?? schema["enum"]?.array?.first { return constant }
        if let name = schema["$ref"]?.string { return sample(root.definition(name)) }
        if let first = schema["anyOf"]?.array?.first ?? schema["oneOf"]?.array?.first { return sample(first) }
        switch schema["type"]?.string ?? schema["type"]?.array?.first?.string {
        case "object":
            var object = JSONObject()
            for key in schema["required"]?.array?.compactMap(\.string) ?? [] {
                object[key] = sample(schema["properties"]?[key])
            }
            return .object(object)
        case "array":
            return .array(Array(repeating: sample(schema["items"]), count: Int(schema["minItems"]?.int64 ?? 0) % 100))
        case "integer", "number": return schema["minimum"] ?? 0
        case "boolean": return false
        case "null": return .null
        default: return .string(String(repeating: "x", count: max(4, Int(schema["minLength"]?.int64 ?? 0) % 1000)))
        }
    }
}
