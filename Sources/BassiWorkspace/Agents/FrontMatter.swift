import BassiEvents
import Foundation

/// The beginning of a Markdown file that says what the file is: YAML between two lines of `---`.
///
/// It is read as tolerantly as other programs read it: what is no YAML says nothing, and the text behind it counts.
struct FrontMatter {
    /// What is said, in its order; the names without case, `-` and `_`, since people write them in every way.
    private(set) var members: [(name: String, value: SettingsNode)] = []
    /// The text behind it.
    let body: String
    /// Why nothing of it counts.
    private(set) var problem: SettingsError?

    /// Takes a file apart.
    ///
    /// - Parameter path: As errors name the file.
    init(_ text: String, path: String) {
        let unmarked = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        let lines = unmarked.replacing("\r\n", with: "\n").split(separator: "\n", omittingEmptySubsequences: false)
        guard lines.first.map(Self.isFence) == true else {
            body = lines.joined(separator: "\n")
            return
        }
        guard let end = lines.dropFirst().firstIndex(where: Self.isFence) else {
            body = lines.dropFirst().joined(separator: "\n")
            problem = SettingsError(
                file: path, line: 1, problem: "the line '---' that ends its front matter is missing")
            return
        }
        body = lines[(end + 1)...].joined(separator: "\n")
        // An empty line in place of the first fence, so that the parser counts lines as people do.
        let head = [""] + lines[1..<end]
        do throws(SettingsError) {
            members = try Self.members(head, path)
        } catch {
            if let members = try? Self.members(Self.quoted(head), path) {
                self.members = members
            } else {
                problem = error
            }
        }
    }

    private static func isFence(_ line: Substring) -> Bool {
        line.hasPrefix("---") && line.dropFirst(3).allSatisfy(\.isWhitespace)
    }

    private static func members(
        _ lines: [Substring], _ path: String
    ) throws(SettingsError) -> [(name: String, value: SettingsNode)] {
        let text = lines.joined(separator: "\n")
        if let line = ProjectDocument.firstAnchor(text) {
            throw SettingsError(file: path, line: line, problem: "front matter takes no anchors of YAML")
        }
        return try SettingsFile(text: text, path: path).root.members().map { (Self.plainName($0.key), $0.value) }
    }

    /// `disallowedTools`, `disallowed-tools` and `disallowed_tools` are one name.
    static func plainName(_ name: String) -> String { name.filter { $0 != "-" && $0 != "_" }.lowercased() }

    // MARK: - What people write for YAML

    /// The same with quotes around each plain value: `description: Use it when: …` is no YAML, and written often.
    private static func quoted(_ lines: [Substring]) -> [Substring] {
        var (rest, result): (ArraySlice<Substring>, [Substring]) = (lines[...], [])
        while let first = rest.popFirst() {
            let more = rest.prefix { $0.first?.isWhitespace == true }
            rest = rest.dropFirst(more.count)
            guard let (key, value) = plainMember(first) else {
                result += [first] + more
                continue
            }
            let text = ([value] + more).map(uncommented).joined(separator: " ")
            // What looks like an anchor is none in quotes.
            result.append("\(key): \(JSONValue.string(text).text.replacing("&", with: "\\u0026"))")
            // Each line keeps its number.
            result += Array(repeating: "", count: more.count)
        }
        return result
    }

    /// `name: value` at the beginning of a line, where the value is neither in quotes nor a list nor a mapping.
    private static func plainMember(_ line: Substring) -> (key: Substring, value: Substring)? {
        let key = line.prefix { $0.isLetter || $0.isNumber || $0 == "-" || $0 == "_" }
        let rest = line[key.endIndex...]
        guard !key.isEmpty, rest.first == ":", rest.dropFirst().first?.isWhitespace == true else { return nil }
        let value = rest.dropFirst().drop(while: \.isWhitespace)
        guard let first = value.first, !"\"'[{|>#".contains(first) else { return nil }
        return (key, value)
    }

    private static func uncommented(_ text: Substring) -> String {
        let end = text.firstRange(of: " #")?.lowerBound ?? text.endIndex
        return text[..<end].trimmingCharacters(in: .whitespaces)
    }
}
