import Foundation

/// A glob over relative paths: `*`, `?` and `[…]` within a name, `**` over any number of names.
///
/// A pattern without a slash matches a name at any depth, as people expect of `*.swift`. `a/**` is what lies in `a`,
/// not `a` itself.
struct PathGlob: Sendable {
    private let names: [String]

    init(_ pattern: String) {
        let parts = pattern.split(separator: "/").map(String.init)
        let anchored = parts.count == 1 && !pattern.hasPrefix("/") ? ["**"] + parts : parts
        names = anchored.last == "**" ? anchored + ["*"] : anchored
    }

    /// The globs that `{a,b}` in a pattern stands for, `{` inside `{` too; beyond the limit braces are plain characters.
    static func alternatives(_ pattern: String) -> [PathGlob] {
        var patterns = [pattern]
        while let index = patterns.firstIndex(where: { braces(in: $0) != nil }), patterns.count < alternativesMax {
            guard let (before, choices, after) = braces(in: patterns[index]) else { break }
            patterns.replaceSubrange(index...index, with: choices.map { before + $0 + after })
        }
        return patterns.map { PathGlob($0) }
    }

    static let alternativesMax = 100

    /// The first innermost pair of braces with a comma in it.
    private static func braces(in pattern: String) -> (before: String, choices: [String], after: String)? {
        var open: String.Index?
        for index in pattern.indices {
            if pattern[index] == "{" { open = index }
            guard pattern[index] == "}", let start = open else { continue }
            let inside = pattern[pattern.index(after: start)..<index]
            if inside.contains(",") {
                let choices = inside.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
                return (String(pattern[..<start]), choices, String(pattern[pattern.index(after: index)...]))
            }
            open = nil
        }
        return nil
    }

    /// Only the last `**` is tried again further on: that finds a match when there is one, and the time stays a product
    /// of the two lengths, whatever a cloned folder's patterns are.
    func matches(_ path: String) -> Bool {
        let path = path.split(separator: "/")
        var (name, at) = (0, 0)
        var retry: (name: Int, at: Int)?
        while at < path.count || name < names.count {
            if name < names.count, names[name] == "**" {
                name += 1
                retry = (name, at)
            } else if name < names.count, at < path.count, fnmatch(names[name], String(path[at]), 0) == 0 {
                name += 1
                at += 1
            } else if let (first, start) = retry, start < path.count {
                (name, at) = (first, start + 1)
                retry = (first, start + 1)
            } else {
                return false
            }
        }
        return true
    }
}
