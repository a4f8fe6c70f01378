import BassiEvents

/// The JSON Schema of an answer in the forms that providers take: a part of the standard each. What a provider cannot
/// hold a model to is checked afterwards, against the whole schema.
enum OutputFormat {
    /// The name that a schema is sent under, where one is needed.
    static let name = "answer"

    /// Keywords that services which compile a schema to a grammar refuse.
    private static let limits: Set<String> = [
        "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "minLength", "maxLength",
        "minItems",
        "maxItems", "uniqueItems", "minProperties", "maxProperties", "$schema", "$id", "default", "examples",
    ]

    /// The schema without limits on values, and with each object closed: nothing in it is looser than it was.
    static func plain(_ schema: JSONValue) -> JSONValue {
        guard let object = schema.object else { return schema }
        var plain = JSONObject()
        for member in object.members where !limits.contains(member.key) {
            plain[member.key] = reduced(member)
        }
        if plain["properties"] != nil, plain["additionalProperties"] == nil { plain["additionalProperties"] = false }
        return .object(plain)
    }

    /// What stands under a keyword: schemas by name, a list of them, one, or a value.
    private static func reduced(_ member: JSONObject.Member) -> JSONValue {
        switch member.key {
        case "properties", "$defs", "definitions", "patternProperties":
            var named = JSONObject()
            for part in member.value.object?.members ?? [] { named[part.key] = plain(part.value) }
            return .object(named)
        case "allOf", "anyOf", "oneOf", "prefixItems":
            return .array((member.value.array ?? []).map(plain))
        case "items", "additionalProperties", "not": return plain(member.value)
        default: return member.value
        }
    }

    /// Whether a schema is one that strict modes take: every object is closed, and each of its properties is required.
    static func isStrict(_ schema: JSONValue) -> Bool {
        guard let object = schema.object else { return true }
        if let properties = object["properties"]?.object {
            let required = Set(object["required"]?.array?.compactMap(\.string) ?? [])
            guard object["additionalProperties"]?.bool == false, required == Set(properties.members.map(\.key)) else {
                return false
            }
        }
        return object.members.allSatisfy { member in
            switch member.key {
            case "properties", "$defs", "definitions":
                (member.value.object?.members ?? []).allSatisfy { isStrict($0.value) }
            case "anyOf": (member.value.array ?? []).allSatisfy(isStrict)
            case "items": isStrict(member.value)
            case "allOf", "oneOf", "not", "patternProperties": false
            default: true
            }
        }
    }
}
