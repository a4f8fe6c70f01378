import Foundation

/// A `.env` file: `NAME=value` lines, `#` comments, quotes as in a shell, `export` allowed. Nothing is expanded or run.
enum DotEnv {
    static func parse(_ text: String) -> [(name: String, value: String)] {
        // A mark at the beginning is no part of the first name.
        let text = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
        return text.split(whereSeparator: \.isNewline).compactMap { line in
            var line = line.drop(while: \.isWhitespace)
            if line.hasPrefix("export ") { line = line.dropFirst(7).drop(while: \.isWhitespace) }
            guard !line.hasPrefix("#"), let equals = line.firstIndex(of: "=") else { return nil }
            let name = line[..<equals].trimmingCharacters(in: .whitespaces)
            guard !name.isEmpty, name.allSatisfy({ $0.isLetter || $0.isNumber || $0 == "_" }) else { return nil }
            return (name, value(line[line.index(after: equals)...]))
        }
    }

    private static func value(_ text: Substring) -> String {
        let begun = text.drop(while: \.isWhitespace)
        for quote in ["\"", "'"] as [Character] where begun.first == quote {
            let inside = begun.dropFirst()
            if let end = inside.firstIndex(of: quote) { return String(inside[..<end]) }
        }
        // A comment begins at a blank and a hash; a hash inside a value belongs to it.
        let end = text.indices.first {
            text[$0] == "#" && $0 > text.startIndex && text[text.index(before: $0)].isWhitespace
        }
        return text[..<(end ?? text.endIndex)].trimmingCharacters(in: .whitespaces)
    }
}
