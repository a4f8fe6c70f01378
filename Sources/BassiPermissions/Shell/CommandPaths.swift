/// The words of a command line that may be file paths, as far as one can see without running it.
///
/// This is a net with holes: a path that a program makes up is not in it. What a command can reach is the sandbox's
/// matter; this one makes the plain cases ask.
enum CommandPaths {
    /// The words, each once, in their order.
    static func words(in commandLine: String, folder: String, home: String) -> [String] {
        let line = expanded(commandLine, folder: folder, home: home)
        let plain = Array(line.utf8).filter { !ShellWords.isQuote($0) && $0 != UInt8(ascii: "\\") }
        var seen: Set<[UInt8]> = []
        var words: [String] = []
        func add(_ word: some Sequence<UInt8>) {
            let bytes = Array(word)
            guard !bytes.isEmpty, seen.insert(bytes).inserted else { return }
            words.append(String(decoding: bytes, as: UTF8.self))
        }
        for word in plain.split(whereSeparator: { ShellWords.isBlank($0) || ShellWords.isMeta($0) }) {
            add(word)
            // `of=x`, `a:b`, `@x` and `-fx` have a path within.
            let parts = word.split(whereSeparator: { "=:,@".utf8.contains($0) })
            for part in parts where part.count < word.count { add(part) }
            for part in parts where part.first == UInt8(ascii: "-") {
                add(part.dropFirst())
                add(part.dropFirst(2))
            }
        }
        return words
    }

    private static func expanded(_ text: String, folder: String, home: String) -> String {
        var text = text
        for (name, value) in [("HOME", home), ("PWD", folder)] {
            text.replace("${\(name)}", with: value)
            text.replace("$\(name)", with: value)
        }
        return text
    }
}
