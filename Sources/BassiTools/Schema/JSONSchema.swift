import BassiEvents

/// The part of JSON Schema (2020-12) that tools use, checked so that the first mismatch names its field.
///
/// A keyword that is not known here is passed over, as the standard asks: the tool itself still checks what it needs.
public struct JSONSchema: Sendable {
    private let schema: JSONValue

    /// A schema.
    public init(_ schema: JSONValue) { self.schema = schema }

    /// What is wrong with a value, or nil when it fits.
    public func problem(with value: JSONValue) -> String? { Self.problem(value, schema, at: "") }

    private static func problem(_ value: JSONValue, _ schema: JSONValue, at path: String) -> String? {
        if schema.bool == false { return "\(named(path)) is not allowed" }
        guard schema.object != nil else { return nil }
        return typeProblem(value, schema, path) ?? choiceProblem(value, schema, path)
            ?? limitProblem(value, schema, path) ?? objectProblem(value, schema, path)
            ?? arrayProblem(value, schema, path) ?? combinationProblem(value, schema, path)
    }

    private static func named(_ path: String) -> String { path.isEmpty ? "the input" : "field '\(path)'" }

    private static func typeProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        let allowed = schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? []
        guard !allowed.isEmpty, !allowed.contains(where: { isOfType(value, $0) }) else { return nil }
        return "\(named(path)) is \(value.kindName), but \(allowed.joined(separator: " or ")) was expected"
    }

    private static func isOfType(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        // 1.0 is an integer in JSON Schema.
        case "integer": value.double.map { $0 == $0.rounded() } ?? false
        default: value.kindName == type
        }
    }

    private static func choiceProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        if let allowed = schema["enum"]?.array, !allowed.contains(value) {
            return "\(named(path)) is \(value.text), but one of \(JSONValue.array(allowed).text) was expected"
        }
        if let constant = schema["const"], constant != value {
            return "\(named(path)) is \(value.text), but \(constant.text) was expected"
        }
        return nil
    }

    private static func limitProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        func limit(_ key: String) -> Double? { schema[key]?.double }
        if let number = value.double {
            if let least = limit("minimum"), number < least { return "\(named(path)) is less than \(least)" }
            if let most = limit("maximum"), number > most { return "\(named(path)) is more than \(most)" }
        }
        if let text = value.string {
            let count = Double(text.unicodeScalars.count)
            if let least = limit("minLength"), count < least {
                return least == 1
                    ? "\(named(path)) is empty" : "\(named(path)) has fewer than \(Int(least)) characters"
            }
            if let most = limit("maxLength"), count > most {
                return "\(named(path)) has more than \(Int(most)) characters"
            }
        }
        return nil
    }

    private static func objectProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        guard let object = value.object else { return nil }
        let properties = schema["properties"]?.object ?? [:]
        for key in schema["required"]?.array?.compactMap(\.string) ?? [] where object[key] == nil {
            return "\(named(join(path, key))) is missing"
        }
        for member in object.members {
            let place = join(path, member.key)
            if let property = properties[member.key] {
                if let problem = problem(member.value, property, at: place) { return problem }
            } else if let others = schema["additionalProperties"] {
                guard others.bool != false else {
                    let names = properties.members.map(\.key).joined(separator: ", ")
                    return "\(named(place)) is not known; there are: \(names)"
                }
                if let problem = problem(member.value, others, at: place) { return problem }
            }
        }
        return nil
    }

    private static func arrayProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        guard let elements = value.array else { return nil }
        if let least = schema["minItems"]?.int64, elements.count < least {
            return "\(named(path)) has fewer than \(least) elements"
        }
        if let most = schema["maxItems"]?.int64, elements.count > most {
            return "\(named(path)) has more than \(most) elements"
        }
        guard let items = schema["items"] else { return nil }
        for (index, element) in elements.enumerated() {
            if let problem = problem(element, items, at: "\(path)[\(index)]") { return problem }
        }
        return nil
    }

    private static func combinationProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        for part in schema["allOf"]?.array ?? [] {
            if let problem = problem(value, part, at: path) { return problem }
        }
        for key in ["anyOf", "oneOf"] {
            guard let parts = schema[key]?.array, !parts.isEmpty else { continue }
            let problems = parts.map { problem(value, $0, at: path) }
            let fitting = problems.count { $0 == nil }
            if fitting == 0 { return problems.compactMap { $0 }.joined(separator: ", or ") }
            if key == "oneOf", fitting > 1 { return "\(named(path)) fits more than one of the allowed forms" }
        }
        return nil
    }

    private static func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
