import BassiEvents
import Yams

/// Adds an allow rule to a settings file, and leaves all else in it as it stands: comments, order and quotes.
///
/// A line or a word is put in where the list ends; then the document is read again and must be the old one with the rule
/// behind the others. A document that is written in a way this does not know is left alone.
enum SavedRule {
    /// The document with the rule; the same where the rule is there already.
    ///
    /// - Throws: ``SettingsError`` for a document that cannot be read, or not be added to.
    static func text(adding rule: String, to text: String, path: String) throws(SettingsError) -> String {
        let before = try SettingsFile(text: text, path: path)
        let document = JSONValue(yaml: before.root.node)
        let permissions = document["permissions"]
        let allow = permissions?["allow"]
        if allow?.array?.contains(.string(rule)) == true { return text }
        let new = edited(text, before.root.node, rule: JSONValue.string(rule).text)
        var (root, inner) = (document.object ?? JSONObject(), permissions?.object ?? JSONObject())
        inner["allow"] = .array((allow?.array ?? []) + [.string(rule)])
        root["permissions"] = .object(inner)
        guard let new, let after = try? SettingsFile(text: new, path: path),
            sorted(JSONValue(yaml: after.root.node)) == sorted(.object(root))
        else {
            throw SettingsError(
                file: path, line: nil,
                problem: "the rule was not saved: add \(JSONValue.string(rule).text) under permissions, allow, yourself"
            )
        }
        return new
    }

    private static func edited(_ text: String, _ root: Node, rule: String) -> String? {
        guard let permissions = root["permissions"] else {
            let end = text.isEmpty || text.hasSuffix("\n") ? text : text + "\n"
            return end + "permissions:\n  allow:\n    - \(rule)\n"
        }
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let list = permissions["allow"]?.sequence else {
            guard permissions["allow"] == nil, let mark = permissions.mark else { return nil }
            return inserted(rule, intoMappingAt: mark, &lines)
        }
        if let start = permissions["allow"]?.mark, scalar(at: start, lines) == "[" {
            let mark = list.last?.mark ?? start
            return closed(with: list.isEmpty ? rule : ", \(rule)", after: mark, &lines)
        }
        guard let mark = list.last?.mark, lines.indices.contains(mark.line - 1),
            let dash = lines[mark.line - 1].range(of: "- ")
        else { return nil }
        lines.insert(lines[mark.line - 1][..<dash.upperBound] + rule, at: mark.line)
        return lines.joined(separator: "\n")
    }

    /// What stands where a value begins: the style that the library gives is that of its end, which has none.
    private static func scalar(at mark: Mark, _ lines: [String]) -> Unicode.Scalar? {
        guard lines.indices.contains(mark.line - 1) else { return nil }
        return lines[mark.line - 1].unicodeScalars.dropFirst(mark.column - 1).first
    }

    /// Before the first member of the mapping.
    private static func inserted(_ rule: String, intoMappingAt mark: Mark, _ lines: inout [String]) -> String? {
        guard lines.indices.contains(mark.line - 1) else { return nil }
        if scalar(at: mark, lines) == "{" {
            var scalars = Array(lines[mark.line - 1].unicodeScalars)
            guard mark.column <= scalars.count else { return nil }
            let isEmpty = scalars[mark.column...].first { $0 != " " } == "}"
            scalars.insert(contentsOf: Array("allow: [\(rule)]\(isEmpty ? "" : ", ")".unicodeScalars), at: mark.column)
            lines[mark.line - 1] = String(String.UnicodeScalarView(scalars))
        } else {
            let indent = String(repeating: " ", count: max(0, mark.column - 1))
            lines.insert("\(indent)allow:\n\(indent)  - \(rule)", at: mark.line - 1)
        }
        return lines.joined(separator: "\n")
    }

    /// Before the bracket that closes the list.
    private static func closed(with text: String, after mark: Mark, _ lines: inout [String]) -> String? {
        var quote: Unicode.Scalar?
        for line in lines.indices.dropFirst(mark.line - 1) {
            var scalars = Array(lines[line].unicodeScalars)
            for at in scalars.indices where line > mark.line - 1 || at >= mark.column - 1 {
                let scalar = scalars[at]
                if let open = quote {
                    if scalar == open { quote = nil }
                } else if scalar == "\"" || scalar == "'" {
                    quote = scalar
                } else if scalar == "]" {
                    scalars.insert(contentsOf: Array(text.unicodeScalars), at: at)
                    lines[line] = String(String.UnicodeScalarView(scalars))
                    return lines.joined(separator: "\n")
                }
            }
        }
        return nil
    }

    /// Where a new key stands says nothing.
    private static func sorted(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            .object(
                JSONObject(
                    object.members.map { JSONObject.Member(key: $0.key, value: sorted($0.value)) }
                        .sorted { $0.key < $1.key }))
        case .array(let elements): .array(elements.map(sorted))
        case .null, .bool, .number, .string: value
        }
    }
}
