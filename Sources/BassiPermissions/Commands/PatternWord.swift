/// A word of a command that only reads, of which wildcards and braces make names: `src/*.md`, `*.{c,h}`. It is known by
/// looking at what is there.
///
/// What is there when the command runs can be more, since somebody else may make a file meanwhile. So a word that can
/// begin like an option is taken only by programs of which no option does more than read.
struct PatternWord {
    private static let readingWithAnyOption: Set<String> = [
        "cat", "du", "egrep", "fgrep", "grep", "head", "ls", "nl", "stat", "tac", "tail", "wc",
    ]

    private let word: ShellWord
    private let program: String?
    private let session: PathResolver

    init(_ word: ShellWord, of program: String?, _ session: PathResolver) {
        (self.word, self.program, self.session) = (word, program, session)
    }

    /// Why not all that it names is in the session's folder, or is no name; nil when it is.
    ///
    /// - Parameter resolvers: One for each folder in which the command can stand.
    func whyNotInside(in resolvers: [PathResolver]) -> String? {
        var search = WildcardSearch()
        for resolver in resolvers {
            var expansion = WordExpansion(values: [:], home: resolver.home, folder: resolver.folder)
            for shape in expansion.shapes(of: word) {
                if let reason = whyNotInside(shape, in: resolver, &search) { return "'\(word.shown)' \(reason)" }
            }
        }
        return search.isExhausted ? "'\(word.shown)' names more files than are looked at" : nil
    }

    private func whyNotInside(
        _ shape: WordShape, in resolver: PathResolver, _ search: inout WildcardSearch
    ) -> String? {
        guard !shape.isUnknown, !shape.components.contains(where: Self.canBeParent) else {
            return "is known only when it runs"
        }
        var beginsOpenly = false
        switch shape.pieces.first {
        case .byte(let byte): if byte == UInt8(ascii: "-") { return "may be an option" }
        case nil: return nil
        default:
            guard Self.readingWithAnyOption.contains(program ?? "") else { return "may be an option" }
            beginsOpenly = true
        }
        let folder = session.realFolder
        let base = "/" + AbsolutePath.split(resolver.folder).map { String(decoding: $0, as: UTF8.self) + "/" }.joined()
        for path in search.paths(PossiblePath(shape, in: resolver.folder).names) {
            if beginsOpenly, path.hasPrefix(base + "-") { return "may be an option" }
            let places = Places(path, in: resolver)
            guard places.isKnown, places.real.allSatisfy({ $0.isInside(folder) }) else {
                return "names what is not in the session's folder"
            }
        }
        return nil
    }

    /// `..`, and `.*`, which some shells take for it too.
    private static func canBeParent(_ name: WordShape) -> Bool {
        if name.literal == AbsolutePath.parent { return true }
        guard name.pieces.first == .byte(UInt8(ascii: ".")), name.pieces.count > 1 else { return false }
        if case .byte = name.pieces[1] { return false }
        return true
    }
}
