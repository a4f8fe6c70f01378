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
        named = words
        var readings = [words.map(Self.word)]
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

    /// For allow rules: whether the command line is surely one command, and this one.
    func covers(_ commandLine: String) -> Bool {
        guard let command = SimpleCommand(commandLine),
            command.wordsToName.allSatisfy({ named.contains($0) })
        else { return false }
        return readings.contains { Self.matches(command.words, $0) }
    }

    /// For deny and ask rules: whether the command could be run by any part of the line.
    func touches(_ commandLine: String) -> Bool {
        guard commandLine.utf8.count <= ShellWords.commandBytesMax else { return true }
        let fragments = CommandFragments(commandLine)
        return texts.contains { fragments.contains($0) }
    }

    private static func matches(_ words: [[UInt8]], _ pattern: [Word]) -> Bool {
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
                    next[index + 1] = glob.matches(word[...])
                }
            }
            reached = next
        }
        return reached[words.count]
    }
}
