/// How a shell is called: whether it runs a script of its words, what it reads, or a file.
struct ShellInvocation {
    /// The shells whose language is near enough to find commands in it, for rules that restrict.
    static let names: Set = ["bash", "sh", "dash", "rbash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh"]

    /// `-c`: the word is a script.
    private(set) var hasScript = false
    /// `-s`: the word is none of its own, the script comes on standard input.
    private(set) var readsInput = false
    /// `--version`, `--help`.
    private(set) var onlyTells = false
    /// The script, or the file that is run.
    private(set) var word: ShellWord?

    init(_ operands: ArraySlice<ShellWord>) {
        var rest = operands
        while let text = rest.first?.text, text.hasPrefix("-") || text.hasPrefix("+") {
            rest = rest.dropFirst()
            if text == "-" || text == "--" { break }
            if text == "--version" || text == "--help" { onlyTells = true }
            if ["--rcfile", "--init-file"].contains(text) { rest = rest.dropFirst() }
            guard !text.hasPrefix("--") else { continue }
            // `-o posix`, `-O extglob`: each takes a word, wherever it stands.
            rest = rest.dropFirst(text.filter { $0 == "o" || $0 == "O" }.count)
            readsInput = readsInput || text.contains("s")
            hasScript = hasScript || text.contains("c")
        }
        word = rest.first
    }

    /// The script that a command gives a shell in a word, whatever the shell; nil when there is none, or it is not known.
    static func script(in command: ShellCommand) -> [UInt8]? {
        guard let name = command.words.first?.literal else { return nil }
        return script(of: name, command.words.dropFirst())
    }

    private static func script(of name: [UInt8], _ operands: ArraySlice<ShellWord>) -> [UInt8]? {
        let program = String(decoding: ShellWords.programName(name), as: UTF8.self)
        switch program {
        case "busybox", "toybox":
            guard let applet = operands.first?.literal else { return nil }
            return script(of: applet, operands.dropFirst())
        case "su":
            let option = operands.firstIndex { ["-c", "--command"].contains($0.text) }
            return option.flatMap { operands[($0 + 1)...].first?.literal }
        case _ where names.contains(program):
            let invocation = ShellInvocation(operands)
            return invocation.hasScript ? invocation.word?.literal : nil
        default: return nil
        }
    }
}
