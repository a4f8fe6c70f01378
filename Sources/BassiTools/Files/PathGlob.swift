import Foundation

/// A glob over relative paths: `*`, `?` and `[…]` within a name, `**` over any number of names.
///
/// A pattern without a slash matches a name at any depth, as people expect of `*.swift`.
struct PathGlob: Sendable {
    private let names: [String]

    init(_ pattern: String) {
        let parts = pattern.split(separator: "/").map(String.init)
        names = parts.count == 1 && !pattern.hasPrefix("/") ? ["**"] + parts : parts
    }

    func matches(_ path: String) -> Bool { Self.match(names[...], path.split(separator: "/")[...]) }

    private static func match(_ names: ArraySlice<String>, _ path: ArraySlice<Substring>) -> Bool {
        guard let name = names.first else { return path.isEmpty }
        if name == "**" {
            let rest = names.dropFirst()
            // Several in a row are one: else the search would grow with every one of them.
            if rest.first == "**" { return match(rest, path) }
            return (path.startIndex...path.endIndex).contains { match(rest, path[$0...]) }
        }
        guard let head = path.first, fnmatch(name, String(head), 0) == 0 else { return false }
        return match(names.dropFirst(), path.dropFirst())
    }
}
