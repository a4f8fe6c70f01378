import BassiEvents
import BassiProcess
import Foundation
import Yams

/// A YAML document that is read with exact errors: file, line, key, and what is allowed.
struct SettingsFile {
    /// The longest file that is read.
    static let bytesMax = 1 << 20

    let path: String
    let root: SettingsNode

    /// Reads a file; nil when it is not there. An empty one is an empty mapping.
    init?(path: String) throws(SettingsError) {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        guard let (bytes, isWhole) = BoundedFile.read(path, bytesMax: Self.bytesMax) else {
            throw SettingsError(file: path, line: nil, problem: "this is no file that can be read: check its mode")
        }
        guard isWhole else {
            throw SettingsError(file: path, line: nil, problem: "the file is larger than \(Self.bytesMax) bytes")
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw SettingsError(file: path, line: nil, problem: "the file is not UTF-8: save it as UTF-8")
        }
        try self.init(text: text, path: path)
    }

    init(text: String, path: String) throws(SettingsError) {
        self.path = path
        do {
            let node = try Yams.compose(yaml: text) ?? Node.mapping(Node.Mapping([]))
            root = SettingsNode(file: path, key: "", name: "", node: node)
        } catch let error as YamlError {
            throw Self.problem(error, path)
        } catch {
            throw SettingsError(file: path, line: nil, problem: "this is not YAML: \(error)")
        }
    }

    /// A document that was changed after it was read.
    init(root: Node, path: String) {
        self.path = path
        self.root = SettingsNode(file: path, key: "", name: "", node: root)
    }

    private static func problem(_ error: YamlError, _ path: String) -> SettingsError {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            SettingsError(file: path, line: mark.line, problem: "this is not YAML: \(problem)")
        case .duplicatedKeysInMapping(let duplicates, let context):
            SettingsError(
                file: path, line: context.mark.line,
                problem: "a key stands twice in one mapping: \(duplicates.sorted().joined(separator: ", "))")
        default: SettingsError(file: path, line: nil, problem: "this is not YAML: \(error)")
        }
    }
}

/// A setting that is unknown, of the wrong type, or not what it may be.
public struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The file.
    public let file: String
    /// The line, 1 being the first; nil where it is not known.
    public let line: Int?
    /// One sentence with the key and what is allowed.
    public let problem: String

    /// `FILE:LINE: PROBLEM`.
    public var description: String { "\(file)\(line.map { ":\($0)" } ?? ""): \(problem)" }
}

/// A value of a document, with the path of keys that leads to it.
struct SettingsNode {
    let file: String
    let key: String
    /// The last of these keys.
    let name: String
    let node: Node

    private func wrong(_ expected: String) -> SettingsError {
        let found =
            switch node {
            case .scalar(let scalar): "'\(scalar.string)'"
            case .mapping: "a mapping"
            case .sequence: "a list"
            case .alias: "an alias"
            }
        let name = key.isEmpty ? "the document" : "'\(key)'"
        return problem("\(name) is \(found), but \(expected) was expected")
    }

    func problem(_ text: String) -> SettingsError { SettingsError(file: file, line: node.mark?.line, problem: text) }

    /// Whether nothing stands there.
    var isNull: Bool { node.null != nil && node.scalar?.style == .plain }

    /// The members of a mapping, in order; none for an empty value. Keys that are not among `known` are errors.
    func members(known: [String]? = nil) throws(SettingsError) -> [(key: String, value: SettingsNode)] {
        if isNull { return [] }
        guard let mapping = node.mapping else { throw wrong("a mapping") }
        var members: [(String, SettingsNode)] = []
        for (keyNode, value) in mapping {
            guard let name = keyNode.string else { throw wrong("a mapping with names as keys") }
            if let known, !known.contains(name) {
                let place = key.isEmpty ? "" : " under '\(key)'"
                throw SettingsError(
                    file: file, line: keyNode.mark?.line,
                    problem: "unknown key '\(name)'\(place); allowed are: \(known.joined(separator: ", "))")
            }
            let whole = key.isEmpty ? name : "\(key).\(name)"
            members.append((name, SettingsNode(file: file, key: whole, name: name, node: value)))
        }
        return members
    }

    func string() throws(SettingsError) -> String {
        guard let scalar = node.scalar, !isNull else { throw wrong("a text") }
        return scalar.string
    }

    func strings() throws(SettingsError) -> [String] {
        try elements("a list of texts").map { element throws(SettingsError) in try element.string() }
    }

    func elements(_ expected: String) throws(SettingsError) -> [SettingsNode] {
        if isNull { return [] }
        guard let sequence = node.sequence else { throw wrong(expected) }
        return sequence.enumerated().map { SettingsNode(file: file, key: "\(key)[\($0)]", name: "", node: $1) }
    }

    func positiveInt() throws(SettingsError) -> Int {
        guard let value = node.int, value > 0 else { throw wrong("a whole number of 1 or more") }
        return value
    }

    func count() throws(SettingsError) -> Int {
        guard let value = node.int, value >= 0 else { throw wrong("a whole number of 0 or more") }
        return value
    }

    /// A plain decimal number as its text: money is never a double here.
    func decimal() throws(SettingsError) -> String {
        guard let text = node.scalar?.string, node.float != nil, !text.hasPrefix("-") else {
            throw wrong("a number of 0 or more")
        }
        return text
    }

    /// A day, as it stands: `2026-10-21`.
    func date() throws(SettingsError) -> String {
        let text = try string()
        guard Timestamp(text + "T00:00:00.000Z") != nil else { throw wrong("a date such as 2026-10-21") }
        return text
    }

    func bool() throws(SettingsError) -> Bool {
        guard let value = node.bool else { throw wrong("true or false") }
        return value
    }

    func word<Word: RawRepresentable & CaseIterable>(_ type: Word.Type) throws(SettingsError) -> Word
    where Word.RawValue == String {
        let text = try string()
        guard let word = Word(rawValue: text) else {
            throw wrong("one of \(Word.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return word
    }
}
