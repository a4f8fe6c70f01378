/// A path that a word of a command can become when it runs.
struct PossiblePath: Sendable {
    /// The components from the root; when only its end is known, as if this end stood in the session's folder.
    var names: [WordShape]
    /// The last component.
    var last: WordShape
    /// Whether only its end is known: it can be in any folder.
    let isOpen: Bool
    /// The files that are there now and that its wildcards stand for.
    private(set) var found: [Places] = []
    /// Whether all of them were looked for.
    private(set) var isSearched = false

    /// - Parameter folder: Where the command stands, absolute.
    init(_ shape: WordShape, in folder: String) {
        let base = AbsolutePath.split(folder).map { WordShape($0.map { .byte($0) }) }
        guard let gap = shape.pieces.lastIndex(of: .unknown) else {
            names = Self.lexically((shape.beginsWithSlash ? [] : base) + shape.components)
            last = names.last ?? WordShape([])
            isOpen = false
            return
        }
        let end = shape.pieces[(gap + 1)...]
        let behind = end.drop { $0 != .byte(UInt8(ascii: "/")) }
        let tail = WordShape(Array(behind)).components
        names = tail.isEmpty ? [] : Self.lexically(base + tail)
        last = tail.last ?? WordShape([.unknown] + end.prefix(end.count - behind.count))
        isOpen = true
    }

    /// Without `.`, and with `..` taken as "without the component before".
    private static func lexically(_ names: [WordShape]) -> [WordShape] {
        names.reduce(into: []) { done, name in
            switch name.literal {
            case AbsolutePath.here: return
            case AbsolutePath.parent: _ = done.popLast()
            default: done.append(name)
            }
        }
    }

    /// Looks for the files that its wildcards stand for, and where they lead.
    mutating func search(with search: inout WildcardSearch, in resolver: PathResolver) {
        guard !isOpen else { return }
        let paths = search.paths(names)
        isSearched = !search.isExhausted
        found = paths.map { Places($0, in: resolver) }
    }
}
