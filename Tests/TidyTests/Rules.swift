import Foundation
import Testing

/// One rule: a name, and what it finds in a source. A finding is a whole line, `file:line: error: …`.
struct Rule: Sendable, CustomTestStringConvertible {
    let name: String
    let check: @Sendable (SourceText) -> [String]
    var testDescription: String { name }

    /// A rule that looks at one line of blanked code after the other.
    static func lines(
        _ name: String, _ check: @escaping @Sendable (_ source: SourceText, _ index: Int) -> String?
    ) -> Rule {
        Rule(name: name) { source in
            source.code.indices.compactMap { index in
                check(source, index).map { source.finding(index, $0) }
            }
        }
    }
}

extension Rule {
    static let forSources: [Rule] = forAll + [noForce, documented, ownedTasks, imports]
    static let forTests: [Rule] = forAll + [noSleep]
    private static let forAll: [Rule] = [fileLength, functionLength, unsafeBecause, folderNames]

    static let noForce = lines("no try!, as! or force unwrap") { source, index in
        let line = source.code[index]
        var previous: Character = " "
        var at = line.startIndex
        while at < line.endIndex {
            let next = line.index(after: at)
            // `a != b` has a space before, `!a` nothing that can be unwrapped; `a!=b` compares.
            let compares = next < line.endIndex && line[next] == "="
            if line[at] == "!", !compares, previous.isPartOfName || ")]}\"`?>".contains(previous) {
                let word = line[..<at].reversed().prefix { $0.isPartOfName }.reversed()
                switch String(word) {
                case "try": return "try! stops the program: throw, or handle the error"
                case "as": return "as! stops the program: use as? and say what else"
                default: return "force unwrap stops the program: use guard let, or throw"
                }
            }
            previous = line[at]
            at = next
        }
        return nil
    }

    static let documented = lines("every public declaration is documented") { source, index in
        let line = source.code[index]
        guard line.contains("public") || line.contains("open") else { return nil }
        var isPublic = false
        for word in line.words {
            switch word.text {
            case "public", "open":
                // `private(set)` and the like leave the getter as public as it was.
                if word.before == nil || word.before == " ", !word.after.hasPrefix("(set)") { isPublic = true }
            case "func", "var", "let", "struct", "enum", "class", "actor", "protocol", "init", "subscript",
                "typealias", "case", "macro":
                guard isPublic else { return nil }
                if word.text == "class", word.after.hasPrefix(" func") || word.after.hasPrefix(" var") { continue }
                let remarks = source.remarks(at: index).components(separatedBy: "\n").dropFirst()
                let isDocumented = remarks.contains { $0.hasPrefix("///") || $0.hasSuffix("*/") }
                return isDocumented ? nil : "a public declaration without a /// comment"
            case "extension", "import": return nil
            default: continue
            }
        }
        return nil
    }

    static let ownedTasks = lines("every task has an owner") { source, index in
        let line = source.code[index]
        guard line.contains("Task") else { return nil }
        for word in line.words where word.text == "Task" && word.before != "." && word.opensTask {
            if source.remarks(at: index).contains("owned by") { continue }
            return "a Task without a comment \"owned by …\" that names who awaits it"
        }
        return nil
    }

    static let unsafeBecause = lines("unsafe concurrency says because") { source, index in
        let line = source.code[index]
        let unsafe = line.contains("nonisolated(unsafe)") || line.contains("@unchecked Sendable")
        guard unsafe, !source.remarks(at: index).contains("because") else { return nil }
        return "@unchecked Sendable or nonisolated(unsafe) without a comment \"because …\""
    }

    static let fileLength = Rule(name: "a file has at most 500 lines") { source in
        let count = source.lines.count - (source.lines.last == "" ? 1 : 0)
        return count > 500 ? [source.finding(500, "the file has \(count) lines, 500 is the end: split it")] : []
    }

    static let functionLength = Rule(name: "a function has at most 70 lines") { source in
        functions(in: source).filter { $0.count > 70 }.map {
            source.finding($0.lowerBound, "the function has \($0.count) lines, 70 is the end: split it")
        }
    }

    static let folderNames = Rule(name: "a folder is named after what is in it") { source in
        let unnamed: Set<Substring> = ["Utils", "Common", "Helpers", "Core", "Types", "New", "v2"]
        let found = source.path.split(separator: "/").dropLast().first(where: unnamed.contains)
        return found.map { [source.finding(0, "a folder named \($0) says nothing: name it after its idea")] } ?? []
    }

    static let noSleep = lines("no test sleeps") { source, index in
        let line = source.code[index]
        guard line.contains("sleep") else { return nil }
        let ofSystem = ["Task.sleep", "Thread.sleep", "Clock().sleep", ".continuous.sleep", ".suspending.sleep"]
        let called = line.words.contains {
            ["sleep", "usleep", "nanosleep"].contains($0.text) && $0.before != "." && $0.after.hasPrefix("(")
                && !line.contains("func \($0.text)")
        }
        guard called || ofSystem.contains(where: line.contains) else { return nil }
        return "a test that sleeps is slow and still flaky: wait for the event, or use a manual clock"
    }

    static let imports = Rule.lines("a module imports only what its place in the flow allows") { source, index in
        let words = source.code[index].words.filter { $0.before != "(" }.map(\.text)
        let modifiers: Set<Substring> = ["public", "package", "internal", "fileprivate", "private"]
        guard let at = words.firstIndex(of: "import") else { return nil }
        guard words[..<at].allSatisfy({ $0.hasPrefix("@") || modifiers.contains($0) }) else { return nil }
        let kinds: Set<Substring> = ["struct", "class", "enum", "protocol", "typealias", "func", "let", "var"]
        guard let name = words[(at + 1)...].first(where: { !kinds.contains($0) }).map(String.init) else { return nil }
        return Layers.complaint(of: source.target, importing: name)
    }

    /// The first and the last line of each function and initializer that has a body.
    static func functions(in source: SourceText) -> [ClosedRange<Int>] {
        source.code.indices.flatMap { index in
            source.code[index].words.compactMap { word -> ClosedRange<Int>? in
                switch word.text {
                case "func", "deinit": break
                case "init", "subscript":
                    guard word.before != ".", let next = word.after.first, "(<?".contains(next) else { return nil }
                default: return nil
                }
                return bodyEnd(in: source, line: index, rest: word.after).map { index...$0 }
            }
        }
    }

    /// The line of the brace that closes the body of a declaration; nil when it has none, as in a protocol.
    private static func bodyEnd(in source: SourceText, line: Int, rest: Substring) -> Int? {
        var depth = 0
        var braces = 0
        for index in line..<source.code.count {
            let text = index == line ? rest : source.code[index][...]
            for character in text {
                switch character {
                case "(", "[": depth += 1
                case ")", "]": depth -= 1
                case "{" where depth == 0 || braces > 0: braces += 1
                case "}" where braces > 0:
                    braces -= 1
                    if braces == 0 { return index }
                // The end of what surrounds a requirement without a body.
                case "}" where depth == 0: return nil
                default: break
                }
            }
            if braces == 0, depth == 0, !goesOn(after: index, in: source) { return nil }
        }
        return nil
    }

    private static func goesOn(after index: Int, in source: SourceText) -> Bool {
        let line = source.code[index].trimmingCharacters(in: .whitespaces)
        if line.hasSuffix("->") || line.hasSuffix(",") || line.hasSuffix("where") { return true }
        let next = source.code.dropFirst(index + 1).lazy.map { $0.trimmingCharacters(in: .whitespaces) }
            .first { !$0.isEmpty }
        return ["{", "->", "where", "throws", "async", "rethrows"].contains { next?.hasPrefix($0) ?? false }
    }
}

extension Word {
    /// Whether a closure follows: `Task {`, `Task.detached {`, `Task(priority: .low) {`, `Task<Void, Never> {`.
    fileprivate var opensTask: Bool {
        var rest = after
        for suffix in [".detached", ".immediate"] where rest.hasPrefix(suffix) { rest.removeFirst(suffix.count) }
        for (open, close) in [("<", ">"), ("(", ")")] where rest.hasPrefix(open) {
            guard let end = rest.lastIndex(of: Character(close)) else { return false }
            rest = rest[rest.index(after: end)...]
        }
        return rest.drop { $0 == " " }.hasPrefix("{")
    }
}
