/// Commands that run text which is not in the command line: what comes on standard input, what a variable holds.
///
/// `bash x.sh` is none of them: a file is a program like `make`, and what it does is not the line's to say.
enum HandedText {
    /// Whether the command runs such text.
    static func isRun(by command: ShellCommand) -> Bool {
        guard let first = command.words.first?.literal else { return false }
        return isRun(by: program(first), command.words.dropFirst())
    }

    private static func program(_ word: [UInt8]) -> String {
        String(decoding: ShellWords.programName(word), as: UTF8.self)
    }

    private static func isRun(by program: String, _ operands: ArraySlice<ShellWord>) -> Bool {
        let first = operands.first
        switch program {
        case "bash", "sh", "dash", "rbash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh": return isShell(operands)
        case "busybox", "toybox":
            guard let first else { return false }
            return first.literal.map { isRun(by: self.program($0), operands.dropFirst()) } ?? true
        case "eval": return operands.contains { $0.literal == nil }
        case "source", ".", "trap":
            let word = first?.text == "--" ? operands.dropFirst().first : first
            return word.map { !isFile($0) } ?? false
        case "su": return isOfSwitchedUser(operands)
        case "sudo", "doas":
            return operands.contains { ["-s", "-i", "--shell", "--login"].contains($0.text) }
                || isUnclear(program, operands)
        case "chroot": return operands.count == 1 || isUnclear(program, operands)
        case "at": return !operands.contains { ["-f", "-l", "-r", "-d", "-c"].contains($0.text) }
        case "batch": return !operands.contains { $0.text == "-f" }
        case "parallel": return operands.allSatisfy { $0.text?.hasPrefix("-") ?? false }
        default: return isUnclear(program, operands)
        }
    }

    /// Whether a wrapper has a word that is not known where its command could be: `xargs env`.
    private static func isUnclear(_ program: String, _ operands: ArraySlice<ShellWord>) -> Bool {
        guard program != "command" || !["-v", "-V"].contains(operands.first?.text),
            let form = WrapperForm.named(program)
        else { return false }
        var head = WrapperForm.Head(operands)
        return !form.skip(&head) && operands.contains { $0.literal == nil }
    }

    /// `su` without a command is a shell.
    private static func isOfSwitchedUser(_ operands: ArraySlice<ShellWord>) -> Bool {
        guard let option = operands.firstIndex(where: { ["-c", "--command"].contains($0.text) }) else { return true }
        return operands[(option + 1)...].first?.literal == nil
    }

    /// Whether a shell with these words runs neither a script of the line nor a file.
    private static func isShell(_ operands: ArraySlice<ShellWord>) -> Bool {
        var rest = operands
        var hasScript = false
        while let text = rest.first?.text, text.hasPrefix("-") || text.hasPrefix("+") {
            rest = rest.dropFirst()
            if text == "-" || text == "--" { break }
            if text == "--version" || text == "--help" { return false }
            let isLong = text.hasPrefix("--")
            if ["--rcfile", "--init-file"].contains(text) || !isLong && text.hasSuffix("o") { rest = rest.dropFirst() }
            if isLong { continue }
            if text.contains("s") { return true }
            hasScript = hasScript || text.contains("c")
        }
        guard let word = rest.first else { return !hasScript }
        return hasScript ? word.literal == nil : !isFile(word)
    }

    /// Whether the word surely names a file, and none that stands for standard input.
    private static func isFile(_ word: ShellWord) -> Bool {
        if let text = word.text {
            return !["/dev/stdin", "/dev/fd/", "/proc/"].contains { text.hasPrefix($0) }
        }
        guard case .text = word.parts.last, !word.hasBraces else { return false }
        return word.staysOne || word.parts.count == 2 && word.parts[0].isFolder
    }

    /// For a line that is understood only up to some place: whether anything in it looks like such a command.
    static func seemsToRun(in commandLine: String) -> Bool {
        let fragments = CommandFragments(commandLine)
        return ["sh", "bash", "dash", "ash", "ksh", "zsh", "eval", "source"].contains { name in
            fragments.contains(Glob(name.utf8, questionMark: false))
                || fragments.contains(Glob("\(name) *".utf8, questionMark: false))
        }
    }
}

extension ShellWord.Part {
    /// Whether it is a folder that no script needs to set.
    fileprivate var isFolder: Bool {
        switch self {
        case .tilde: true
        case .expansion(let name?, _): ["HOME", "PWD"].contains(String(decoding: name, as: UTF8.self))
        case .text, .glob, .brace, .expansion: false
        }
    }
}
