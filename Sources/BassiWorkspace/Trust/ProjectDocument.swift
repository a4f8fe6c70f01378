import BassiEvents
import BassiPermissions
import Yams

/// A settings file of a folder, from the bytes that were hashed: what a folder may never set is taken out of it.
struct ProjectDocument {
    let file: SettingsFile
    /// What was taken out, as keys.
    private(set) var ignored: [String] = []

    /// Reads the document.
    ///
    /// - Throws: ``SettingsError``.
    init(_ bytes: [UInt8], path: String) throws(SettingsError) {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(file: path, line: nil, problem: "the file is not UTF-8: save it as UTF-8")
        }
        if let line = Self.firstAnchor(text) {
            throw SettingsError(
                file: path, line: line,
                problem:
                    "a folder's settings take no anchors, and '&' before a word is taken for one: write the value out")
        }
        file = try SettingsFile(text: text, path: path)
    }

    /// The line of the first anchor of YAML. A few lines with them stand for more values than a machine can hold.
    static func firstAnchor(_ text: String) -> Int? {
        var (line, last) = (1, UInt8(ascii: "\n"))
        var isAnchor = false
        for byte in text.utf8 {
            let isName = byte.isAlphanumeric || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || byte > 0x7F
            if isAnchor, isName { return line }
            if byte == 0x0A { line += 1 }
            // Behind a letter or a digit it is a part of a word: `?a=1&b=2`.
            isAnchor = byte == UInt8(ascii: "&") && !last.isAlphanumeric && last != byte
            last = byte
        }
        return nil
    }

    /// The document without what a folder may never set, trusted or not: the mode `bypass`, how commands are confined,
    /// which places `web_fetch` reaches, how long the person's sessions are kept, and where a request goes with which key.
    ///
    /// - Parameter providers: The names of the providers that the person has; nil for any.
    mutating func settings(providers: Set<String>? = nil) -> SettingsFile {
        var ignored: [String] = []
        let root = Self.filter(file.root.node) { name, value in
            switch name {
            case "sandbox", "retention":
                ignored.append(name)
                return nil
            case "permissions": return Self.filter(value) { Self.permissions($0, $1, &ignored) }
            case "limits": return Self.filter(value) { Self.limits($0, $1, &ignored) }
            case "providers":
                return Self.filter(value) { provider, value in
                    guard providers?.contains(provider) ?? true else {
                        ignored.append("providers.\(provider)")
                        return nil
                    }
                    return Self.filter(value) { key, value in
                        if key == "models" { return value }
                        ignored.append("providers.\(provider).\(key)")
                        return nil
                    }
                }
            default: return value
            }
        }
        self.ignored = ignored
        return SettingsFile(root: root, path: file.path)
    }

    private static func permissions(_ name: String, _ value: Node, _ ignored: inout [String]) -> Node? {
        guard name == "mode", value.string == PermissionMode.bypass.rawValue else { return value }
        ignored.append("permissions.mode: bypass")
        return nil
    }

    private static func limits(_ name: String, _ value: Node, _ ignored: inout [String]) -> Node? {
        guard name == "commands" || name == "web" else { return value }
        ignored.append("limits.\(name)")
        return nil
    }

    /// A mapping with what `change` makes of its members; anything else as it is, for the error that names it.
    private static func filter(_ node: Node, _ change: (String, Node) -> Node?) -> Node {
        guard case .mapping(let mapping) = node else { return node }
        var pairs: [(Node, Node)] = []
        for (key, value) in mapping {
            guard let name = key.string else {
                pairs.append((key, value))
                continue
            }
            if let value = change(name, value) { pairs.append((key, value)) }
        }
        return .mapping(Node.Mapping(pairs, mapping.tag, mapping.style, mapping.mark))
    }

    /// The document as JSON, to look through.
    var json: JSONValue { JSONValue(yaml: file.root.node) }

    /// The same of what counts, and the keys that never do.
    func effective() -> (JSONValue, ignored: [String]) {
        var document = self
        let file = document.settings()
        return (JSONValue(yaml: file.root.node), document.ignored)
    }
}
