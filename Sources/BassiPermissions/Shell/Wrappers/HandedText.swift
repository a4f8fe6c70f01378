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
        case _ where ShellInvocation.names.contains(program): return isShell(operands)
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
        // What a later name means.
        case "alias": return operands.contains { $0.literal?.contains(UInt8(ascii: "=")) ?? true }
        case "hash": return operands.contains { $0.text.map { $0.hasPrefix("-") && $0.contains("p") } ?? true }
        case "enable": return operands.contains { $0.text.map { $0.hasPrefix("-") && $0.contains("f") } ?? true }
        case "env": return splitsText(operands) || isUnclear(program, operands)
        case "parallel": return operands.allSatisfy { $0.text?.hasPrefix("-") ?? false }
        default: return isUnclear(program, operands)
        }
    }

    /// `env -S 'rm x'`: words that are in one, with marks and variables of its own.
    private static func splitsText(_ operands: ArraySlice<ShellWord>) -> Bool {
        var isValue = false
        for text in operands.lazy.map({ $0.text ?? "" }) {
            let isOption = text.hasPrefix("-")
            guard isOption || isValue || text.contains("=") else { return false }
            if isOption, text.hasPrefix("--") ? text.hasPrefix("--s") : text.contains("S") { return true }
            isValue = isOption
        }
        return false
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
        let invocation = ShellInvocation(operands)
        if invocation.onlyTells { return false }
        if invocation.readsInput { return true }
        guard let word = invocation.word else { return !invocation.hasScript }
        return invocation.hasScript ? word.literal == nil : !isFile(word)
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
