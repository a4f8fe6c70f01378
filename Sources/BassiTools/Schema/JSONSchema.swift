import BassiEvents

/// The part of JSON Schema (2020-12) that tools use, checked so that the first mismatch names its field.
///
/// A keyword that is not known here is passed over, as the standard asks: the tool itself still checks what it needs.
public struct JSONSchema: Sendable {
    /// References that lead to references, at most: one that leads to itself says nothing.
    private static let referencesMax = 64

    private let schema: JSONValue

    /// A schema.
    public init(_ schema: JSONValue) { self.schema = schema }

    /// What is wrong with a value, or nil when it fits.
    public func problem(with value: JSONValue) -> String? { problem(value, schema, at: "") }

    private func problem(_ value: JSONValue, _ schema: JSONValue, at path: String) -> String? {
        var schema = schema
        for _ in 0..<Self.referencesMax {
            guard let name = schema["$ref"]?.string else { break }
            // Beside a reference there is rarely more than a description.
            guard let named = self.schema.definition(name) else { return nil }
            schema = named
        }
        if schema.bool == false { return "\(named(path)) is not allowed" }
        guard schema.object != nil else { return nil }
        return typeProblem(value, schema, path) ?? choiceProblem(value, schema, path)
            ?? limitProblem(value, schema, path) ?? objectProblem(value, schema, path)
            ?? arrayProblem(value, schema, path) ?? combinationProblem(value, schema, path)
    }

    private func named(_ path: String) -> String { path.isEmpty ? "the input" : "field '\(path)'" }

    private func typeProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        let allowed = schema["type"]?.string.map { [$0] } ?? schema["type"]?.array?.compactMap(\.string) ?? []
        guard !allowed.isEmpty, !allowed.contains(where: { isOfType(value, $0) }) else { return nil }
        return "\(named(path)) is \(value.kindName), but \(allowed.joined(separator: " or ")) was expected"
    }

    private func isOfType(_ value: JSONValue, _ type: String) -> Bool {
        switch type {
        // 1.0 is an integer in JSON Schema.
        case "integer": value.double.map { $0.isFinite && $0 == $0.rounded() } ?? false
        default: value.kindName == type
        }
    }

    private func choiceProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        if let allowed = schema["enum"]?.array, !allowed.contains(where: { Self.isEqual($0, value) }) {
            return "\(named(path)) is \(value.text), but one of \(JSONValue.array(allowed).text) was expected"
        }
        if let constant = schema["const"], !Self.isEqual(constant, value) {
            return "\(named(path)) is \(value.text), but \(constant.text) was expected"
        }
        return nil
    }

    /// Equal by the standard: 1 and 1.0 are one number, and the order of an object's keys does not count.
    private static func isEqual(_ one: JSONValue, _ other: JSONValue) -> Bool {
        switch (one, other) {
        case (.number, .number): one.double == other.double
        case (.array(let ones), .array(let others)):
            ones.count == others.count && zip(ones, others).allSatisfy(isEqual)
        case (.object(let ones), .object(let others)):
            ones.members.count == others.members.count
                && ones.members.allSatisfy { member in others[member.key].map { isEqual(member.value, $0) } ?? false }
        default: one == other
        }
    }

    private func limitProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        // The limit is shown as it was written: it may be any number, and need not fit into an integer.
        func limit(_ key: String, _ isBroken: (Double) -> Bool) -> String? {
            schema[key].flatMap { limit in limit.double.map(isBroken) == true ? limit.text : nil }
        }
        if let number = value.double {
            if let least = limit("minimum", { number < $0 }) { return "\(named(path)) is less than \(least)" }
            if let most = limit("maximum", { number > $0 }) { return "\(named(path)) is more than \(most)" }
            if let least = limit("exclusiveMinimum", { number <= $0 }) {
                return "\(named(path)) is not more than \(least)"
            }
            if let most = limit("exclusiveMaximum", { number >= $0 }) {
                return "\(named(path)) is not less than \(most)"
            }
            let isNoMultiple = { (step: Double) in step > 0 && (number / step).rounded() * step != number }
            if let step = limit("multipleOf", isNoMultiple) { return "\(named(path)) is no multiple of \(step)" }
        }
        if let text = value.string {
            let count = Double(text.unicodeScalars.count)
            if let least = limit("minLength", { count < $0 }) {
                return text.isEmpty ? "\(named(path)) is empty" : "\(named(path)) has fewer than \(least) characters"
            }
            if let most = limit("maxLength", { count > $0 }) {
                return "\(named(path)) has more than \(most) characters"
            }
        }
        return nil
    }

    private func objectProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        guard let object = value.object else { return nil }
        let properties = schema["properties"]?.object ?? [:]
        for key in schema["required"]?.array?.compactMap(\.string) ?? [] where object[key] == nil {
            let other = object.members.first { properties[$0.key] == nil && schema["additionalProperties"] == false }
            let hint = other.map { "; '\($0.key)' is not known" } ?? ""
            return "\(named(join(path, key))) is missing\(hint)"
        }
        for member in object.members {
            let place = join(path, member.key)
            if let property = properties[member.key] {
                if let problem = problem(member.value, property, at: place) { return problem }
            } else if let others = schema["additionalProperties"], schema["patternProperties"] == nil {
                guard others.bool != false else {
                    let names = properties.members.map(\.key).joined(separator: ", ")
                    return "\(named(place)) is not known; there are: \(names.isEmpty ? "none" : names)"
                }
                if let problem = problem(member.value, others, at: place) { return problem }
            }
        }
        return nil
    }

    private func arrayProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
        guard let elements = value.array else { return nil }
        if let least = schema["minItems"]?.int64, elements.count < least {
            return "\(named(path)) has fewer than \(least) elements"
        }
        if let most = schema["maxItems"]?.int64, elements.count > most {
            return "\(named(path)) has more than \(most) elements"
        }
        if schema["uniqueItems"]?.bool == true {
            for (index, element) in elements.enumerated()
            where elements[..<index].contains(where: { Self.isEqual($0, element) }) {
                return "\(named("\(path)[\(index)]")) is there twice"
            }
        }
        // `items` speaks of what follows the ones that `prefixItems` names.
        guard let items = schema["items"] else { return nil }
        for (index, element) in elements.enumerated().dropFirst(schema["prefixItems"]?.array?.count ?? 0) {
            if let problem = problem(element, items, at: "\(path)[\(index)]") { return problem }
        }
        return nil
    }

    private func combinationProblem(_ value: JSONValue, _ schema: JSONValue, _ path: String) -> String? {
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
        if let other = schema["not"], problem(value, other, at: path) == nil { return "\(named(path)) is not allowed" }
        return nil
    }

    private func join(_ path: String, _ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}
