/// The pattern of a rule for `bash`: `git status` is that command, `npm run *` it with any further words.
///
/// A `*` that is a word stands for any number of words, none too; within a word it stands for any text of that word.
/// `git:*` is read as `git *` too, as people have it in their settings.
struct CommandPattern: Sendable, Equatable {
    private enum Word: Sendable, Equatable {
        case any
        case glob(Glob)
    }

    /// The readings of the pattern: one, or with `:*` at the end two.
    private let readings: [[Word]]
    /// The words as written, which name the wrappers that the pattern means.
    private let named: [[UInt8]]
    /// The pattern as texts in which `*` stands for any text, words and separators too.
    private let texts: [Glob]

    /// A pattern from its text; nil when it is blank.
    init?(_ text: String) {
        let words = ShellWords.split(text.utf8)
        guard !words.isEmpty else { return nil }
        let unquoted = ShellWords.unquotedWords(text.utf8)
        named = unquoted
        var readings = [unquoted.map(Self.word)]
        var texts = Self.texts(words)
        if let last = words.last, last.count > 2, last.suffix(2).elementsEqual(":*".utf8) {
            let prefix = words.dropLast() + [Array(last.dropLast(2)), [UInt8(ascii: "*")]]
            readings.append(prefix.map(Self.word))
            texts += Self.texts(Array(prefix))
        }
        self.readings = readings
        self.texts = texts.map { Glob($0, questionMark: false) }
    }

    private static func word(_ bytes: [UInt8]) -> Word {
        bytes == [UInt8(ascii: "*")] ? .any : .glob(Glob(bytes, questionMark: false))
    }

    /// `git *` also covers `git` alone.
    private static func texts(_ words: [[UInt8]]) -> [[UInt8]] {
        let blank = CollectionOfOne(UInt8(ascii: " "))
        let whole = Array(words.joined(separator: blank))
        guard words.count > 1, words.last == [UInt8(ascii: "*")] else { return [whole] }
        return [whole, Array(words.dropLast().joined(separator: blank))]
    }

    /// For allow rules: whether this is surely the command.
    ///
    /// A word that only the run can tell is covered by a `*` that is a word, and by nothing else.
    func covers(_ command: ShellCommand) -> Bool {
        guard command.words.first?.literal != nil, wordsToName(of: command).allSatisfy({ named.contains($0) }) else {
            return false
        }
        return readings.contains { Self.matches(command.words, $0) }
    }

    /// Whether the pattern says which command it is that a wrapper runs: `sudo apt *` does, `sudo *` does not.
    func names(_ inner: ShellCommand) -> Bool {
        guard let name = inner.words.first?.literal else { return false }
        return named.dropFirst().contains(name) && wordsToName(of: inner).allSatisfy { named.contains($0) }
    }

    /// The words that a pattern must say to cover the command: programs that run what is not in the script or run it
    /// as somebody else, and options with which a search deletes.
    private func wordsToName(of command: ShellCommand) -> [[UInt8]] {
        guard let first = command.words.first?.literal else { return [] }
        switch command.wrapping {
        case .opaque, .privileged: return [first]
        case .none, .transparent: break
        }
        guard let searcher = ShellWords.Searcher(first) else { return [] }
        return command.words.compactMap(\.literal).filter { ShellWords.isRunningOption($0, of: searcher) }
    }

    /// For deny and ask rules: whether the command could be run by any part of the line.
    func touches(_ commandLine: String) -> Bool {
        guard commandLine.utf8.count <= ShellWords.commandBytesMax else { return true }
        let fragments = CommandFragments(commandLine)
        return texts.contains { fragments.contains($0) }
    }

    /// For deny and ask rules: whether the parsed command could be this one.
    func touches(_ command: ShellCommand, values: ShellValues) -> Bool {
        guard let first = command.words.first else { return false }
        if runsWords(command) { return true }
        let rest = command.words.dropFirst().map(\.knownBytes)
        let starts = Self.starts(in: rest)
        return first.possibleNames(values: values, meant: named.first).contains { name in
            starts.contains { start in
                let words = [name] + rest[start...]
                let text = ArraySlice(words.joined(separator: CollectionOfOne(UInt8(ascii: " "))))
                return texts.contains { $0.matches(text) }
            }
        }
    }

    /// Where the words behind a name can begin to say what is done: at once, and behind options, each with or without a
    /// value. `git -C a push` is `git push`.
    private static func starts(in words: [[UInt8]]) -> [Int] {
        func isOption(_ index: Int) -> Bool { index >= 0 && words[index].first == UInt8(ascii: "-") }
        var starts = [0]
        for index in words.indices.prefix(32) {
            guard isOption(index) || isOption(index - 1) else { break }
            if index + 1 < words.count { starts.append(index + 1) }
        }
        return starts
    }

    /// Whether a program that runs others has such a command among its words, written in any way: `flock a $'\x72m' x`.
    private func runsWords(_ command: ShellCommand) -> Bool {
        guard let name = command.words.first?.literal,
            ShellWords.isWrapper(name) || ShellWords.Searcher(name) != nil
        else { return false }
        let line = Array(command.words.map(\.knownBytes).joined(separator: CollectionOfOne(UInt8(ascii: " "))))
        let fragments = CommandFragments(String(decoding: line, as: UTF8.self))
        return texts.contains { fragments.contains($0) }
    }

    /// For deny and ask rules: whether the name of a command, which only the run can tell, could be the first word.
    func mayBegin(_ command: ShellCommand, values: ShellValues) -> Bool {
        guard let first = command.words.first, first.literal == nil, let meant = named.first else { return false }
        var expansion = WordExpansion(values: values)
        return expansion.shapes(of: first).contains { shape in
            let name = shape.lastComponent
            return name.literal == nil && Glob(meant, questionMark: false).likeness(to: name) > .none
        }
    }

    private static func matches(_ words: [ShellWord], _ pattern: [Word]) -> Bool {
        // reached[i]: the pattern so far can take the first i words.
        var reached = [Bool](repeating: false, count: words.count + 1)
        reached[0] = true
        for part in pattern {
            var next = [Bool](repeating: false, count: words.count + 1)
            switch part {
            case .any:
                guard let first = reached.firstIndex(of: true) else { return false }
                for index in first..<next.count { next[index] = true }
            case .glob(let glob):
                for (index, word) in words.enumerated() where reached[index] {
                    guard let literal = word.literal else { continue }
                    next[index + 1] = glob.matches(literal[...])
                }
            }
            reached = next
        }
        return reached[words.count]
    }
}

extension ShellWord {
    /// The names that the first word of a command can be, for rules that restrict: with the folder and without, with
    /// the values that the script gives a variable, and, for a name with wildcards, the one that is meant.
    fileprivate func possibleNames(values: ShellValues, meant: [UInt8]?) -> [[UInt8]] {
        var names: [[UInt8]] = []
        if let literal { names = [literal] } else { names = (variableValues(values) ?? []) + madeNames(values) }
        if let meant, names.isEmpty, parts.contains(where: { if case .glob = $0 { true } else { false } }) {
            // `[` opens a choice of letters, which is not looked into.
            let known = ShellWords.programName(knownBytes)
            let text = known.firstIndex(of: UInt8(ascii: "[")).map { known[..<$0] + [UInt8(ascii: "*")] } ?? known[...]
            if Glob(text, questionMark: true).matches(meant[...]) { names = [meant] }
        }
        names += names.map { ShellWords.programName($0) }
        // To some file systems `RM` is `rm`.
        if let meant,
            names.contains(where: {
                Glob(meant.foldingCaseOfLetters, questionMark: false).matches($0.foldingCaseOfLetters[...])
            })
        {
            names.append(meant)
        }
        return names
    }

    private func variableValues(_ values: ShellValues) -> [[UInt8]]? {
        guard parts.count == 1, case .expansion(let name?, _) = parts[0] else { return nil }
        return values[name]?.compactMap(\.literal)
    }

    /// What braces and the values of the script make of it, where nothing is left to the run.
    private func madeNames(_ values: ShellValues) -> [[UInt8]] {
        var expansion = WordExpansion(values: values)
        return expansion.shapes(of: self).compactMap(\.literal)
    }
}
