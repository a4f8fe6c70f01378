import Foundation

/// A Swift source, once as it is and once with what is not code blanked, so that a rule can look at text alone.
///
/// Good enough for rules, not a parser: a regular expression literal with a quote in it would confuse it.
struct SourceText {
    /// The path from the root of the package, as messages show it.
    let path: String
    /// The lines as written.
    let lines: [String]
    /// The same lines: comments and the insides of strings are spaces, a name in backticks is `x`es.
    let code: [String]

    init(path: String, text: String) {
        self.path = path
        lines = text.components(separatedBy: "\n")
        var blanker = Blanker(text)
        code = blanker.run().components(separatedBy: "\n")
    }

    /// The folder under `Sources` or `Tests`, that is the target.
    var target: String {
        let parts = path.split(separator: "/")
        return parts.count > 2 ? String(parts[1]) : ""
    }

    /// What is said about a line: its own text, and the comments and attributes directly above it.
    func remarks(at index: Int) -> String {
        var said = [lines[index]]
        var above = index - 1
        while above >= 0 {
            let line = lines[above].trimmingCharacters(in: .whitespaces)
            guard line.hasPrefix("//") || line.hasPrefix("*") || line.hasPrefix("/*") || line.hasPrefix("@") else {
                break
            }
            said.append(line)
            above -= 1
        }
        return said.joined(separator: "\n").lowercased()
    }

    func finding(_ index: Int, _ message: String) -> String {
        "\(path):\(index + 1): error: \(message)"
    }
}

/// Walks over the bytes of a source once; the result has the same length and the same line ends.
private struct Blanker {
    private let source: [UInt8]
    private var result: [UInt8] = []
    private var at = 0

    init(_ text: String) {
        source = Array(text.utf8)
        result.reserveCapacity(source.count)
    }

    mutating func run() -> String {
        code(untilParenthesis: false, kept: true)
        return String(decoding: result, as: UTF8.self)
    }

    private func sees(_ text: StaticString) -> Bool {
        guard at + text.utf8CodeUnitCount <= source.count else { return false }
        return text.withUTF8Buffer { wanted in wanted.indices.allSatisfy { source[at + $0] == wanted[$0] } }
    }

    private mutating func take(_ count: Int = 1, kept: Bool, as mark: UInt8 = UInt8(ascii: " ")) {
        for _ in 0..<count where at < source.count {
            let byte = source[at]
            result.append(kept || byte == UInt8(ascii: "\n") ? byte : mark)
            at += 1
        }
    }

    /// Code up to the end or, inside `\(…)` of a string, up to the parenthesis that closes it.
    private mutating func code(untilParenthesis: Bool, kept: Bool) {
        var depth = 0
        while at < source.count {
            if sees("//") {
                while at < source.count, source[at] != UInt8(ascii: "\n") { take(kept: false) }
            } else if sees("/*") {
                blockComment()
            } else if let hashes = openingOfString() {
                string(hashes: hashes, kept: kept)
            } else if sees("`") {
                take(kept: kept)
                while at < source.count, !sees("`"), !sees("\n") { take(kept: false, as: UInt8(ascii: "x")) }
                take(kept: kept)
            } else {
                if sees("(") { depth += 1 }
                if sees(")") {
                    if untilParenthesis, depth == 0 { return }
                    depth -= 1
                }
                take(kept: kept)
            }
        }
    }

    private mutating func blockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                depth += 1
                take(2, kept: false)
            } else if sees("*/") {
                depth -= 1
                take(2, kept: false)
            } else {
                take(kept: false)
            }
        } while depth > 0 && at < source.count
    }

    /// How many `#` stand before the quote here; nil when no string begins here.
    private func openingOfString() -> Int? {
        var ahead = at
        while ahead < source.count, source[ahead] == UInt8(ascii: "#") { ahead += 1 }
        return ahead < source.count && source[ahead] == UInt8(ascii: "\"") ? ahead - at : nil
    }

    private func hashes(_ count: Int, from index: Int) -> Bool {
        index + count <= source.count && (index..<index + count).allSatisfy { source[$0] == UInt8(ascii: "#") }
    }

    private mutating func string(hashes count: Int, kept: Bool) {
        take(count, kept: false)
        let many = sees("\"\"\"")
        let quotes = many ? 3 : 1
        take(quotes, kept: kept)
        while at < source.count {
            if many ? sees("\"\"\"") : sees("\""), hashes(count, from: at + quotes) {
                take(quotes, kept: kept)
                take(count, kept: false)
                return
            }
            if !many, sees("\n") { return }
            guard sees("\\"), hashes(count, from: at + 1) else {
                take(kept: false)
                continue
            }
            take(1 + count, kept: false)
            if sees("(") {
                take(kept: false)
                code(untilParenthesis: true, kept: false)
            }
            take(kept: false)
        }
    }
}
