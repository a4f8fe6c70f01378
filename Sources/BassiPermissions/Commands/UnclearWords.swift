/// The words of one command that become names only when it runs, with the paths that they can be.
struct UnclearWords: Sendable {
    /// One of them.
    struct Word: Sendable {
        let shown: String
        let paths: [PossiblePath]
        /// Whether the command may open it, as far as is known of the command.
        let mayBeOpened: Bool
        /// Whether a redirection writes it.
        let isWritten: Bool
    }

    private(set) var words: [Word] = []
    /// Whether there were more than are looked at.
    private(set) var isCrowded = false

    /// As many paths are looked at in one line.
    static let pathsMax = 1_024

    init() {}

    /// The words of a command and what it is sent to.
    ///
    /// - Parameters:
    ///   - resolvers: One for each folder in which the command can stand.
    ///   - room: How many paths may still be looked at.
    init(of part: CommandReview.Part, in resolvers: [PathResolver], values: ShellValues, room: inout Int) {
        let command = part.command
        var expansions = resolvers.map { WordExpansion(values: values, home: $0.home, folder: $0.folder) }
        for (index, word) in command.words.enumerated().dropFirst() where word.literal == nil {
            let mayBeOpened =
                command.wrapping != .transparent && part.opened?.contains(word) ?? !Self.isMessage(index, of: command)
            add(word, &expansions, &room, mayBeOpened: mayBeOpened, isWritten: false)
        }
        for redirection in command.redirections where redirection.kind != .none && redirection.target.literal == nil {
            add(
                redirection.target, &expansions, &room, mayBeOpened: true, isWritten: redirection.kind == .write)
        }
    }

    private mutating func add(
        _ word: ShellWord, _ expansions: inout [WordExpansion], _ room: inout Int, mayBeOpened: Bool, isWritten: Bool
    ) {
        guard room > 0 else { return isCrowded = true }
        var paths: [PossiblePath] = []
        for index in expansions.indices {
            for shape in expansions[index].shapes(of: word) {
                paths += ([shape] + shape.parts).map { PossiblePath($0, in: expansions[index].folder) }
            }
        }
        room -= paths.count
        guard room >= 0 else { return isCrowded = true }
        words.append(Word(shown: word.shown, paths: paths, mayBeOpened: mayBeOpened, isWritten: isWritten))
    }

    /// Looks for the files that wildcards stand for.
    mutating func search(with search: inout WildcardSearch, in resolver: PathResolver) {
        words = words.map { word in
            var paths = word.paths
            for index in paths.indices { paths[index].search(with: &search, in: resolver) }
            return Word(
                shown: word.shown, paths: paths, mayBeOpened: word.mayBeOpened, isWritten: word.isWritten)
        }
    }

    /// Whether the word is the text of a message, which people write with `$(cat <<EOF …)`.
    private static func isMessage(_ index: Int, of command: ShellCommand) -> Bool {
        guard index > 1, command.words[index].staysOne, let option = command.words[index - 1].text else { return false }
        switch command.name {
        case "git":
            return ["-m", "-am", "--message"].contains(option)
                && ["commit", "tag", "merge", "stash"].contains(command.words[1].text)
        case "gh", "glab": return ["--body", "--title", "--notes", "--description"].contains(option)
        default: return false
        }
    }
}
