/// A command line that is surely one command: no byte in it can start a second one or redirect.
///
/// Allow rules look at nothing else. What this refuses may still be harmless; then a person is asked.
struct SimpleCommand: Sendable {
    let words: [[UInt8]]

    /// Nil for a command line that may be more than one command.
    init?(_ commandLine: String) {
        let bytes = Array(commandLine.utf8)
        guard bytes.count <= ShellWords.commandBytesMax, !bytes.contains(where: ShellWords.isMeta),
            !commandLine.unicodeScalars.contains(where: { $0.value != 9 && $0.isInvisible })
        else { return nil }
        words = ShellWords.split(bytes)
        guard let first = words.first, !ShellWords.isAssignment(first), !Self.expands(first) else { return nil }
    }

    /// Whether the name of the program is known only when the shell has looked at the files: `/usr/bin/?nv`.
    private static func expands(_ word: [UInt8]) -> Bool {
        word != [UInt8(ascii: "[")] && word.contains { "*?[~".utf8.contains($0) }
    }

    /// The words that run another command, which a pattern must name to cover them: `sudo`, and behind it also the
    /// `bash` of `sudo bash x.sh`; `-exec` behind `find`.
    var wordsToName: [[UInt8]] {
        guard let first = words.first else { return [] }
        let isWrapper = ShellWords.isWrapper(first)
        let searchers = (isWrapper ? words[...] : words.prefix(1)).compactMap { ShellWords.Searcher($0) }
        return words.filter { word in
            isWrapper && ShellWords.isWrapper(word)
                || searchers.contains { ShellWords.isRunningOption(word, of: $0) }
        }
    }
}

extension Unicode.Scalar {
    /// A control or direction character: what a person is shown would differ from what is run.
    var isInvisible: Bool {
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
        default: false
        }
    }
}
