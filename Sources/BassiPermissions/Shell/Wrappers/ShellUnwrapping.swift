/// Finds in a simple command the commands that it runs: `make` in `timeout 60 make`, `rm` in `find -exec rm {} +`.
struct ShellUnwrapping {
    private let command: ShellCommand
    var kind = ShellWrapping.none
    /// The words of the commands that it runs.
    private(set) var inner: [[ShellWord]] = []
    /// A script that it runs.
    private(set) var script: [UInt8]?
    /// Whether the script runs at another time: `trap`.
    private(set) var runsLater = false
    /// The variables that it sets, for itself or for others.
    var assigned: [String] = []
    /// Why nobody can tell what it runs.
    var problem: String?

    init(_ command: ShellCommand) { self.command = command }

    var operands: ArraySlice<ShellWord> { command.words.dropFirst() }

    /// Without the `--` that ends the options.
    var plainOperands: ArraySlice<ShellWord> { operands.first?.text == "--" ? operands.dropFirst() : operands }

    /// Looks at the command.
    mutating func take() {
        guard let first = command.words.first else { return }
        guard let literal = first.literal else {
            problem = "the name of the command '\(first.shown)' is known only when it runs"
            return
        }
        if literal.contains(UInt8(ascii: "=")) || literal.isEmpty {
            problem = "'\(first.shown)' is no name of a command"
            return
        }
        let program = String(decoding: ShellWords.programName(literal), as: UTF8.self)
        let isPlain = Self.isPlainPlace(literal)
        if let searcher = ShellWords.Searcher(literal) { search(searcher) } else { run(program) }
        // A program of this name in another folder is another program.
        if kind == .transparent, !isPlain { kind = .privileged }
    }

    private static func isPlainPlace(_ literal: [UInt8]) -> Bool {
        guard let slash = literal.lastIndex(of: UInt8(ascii: "/")) else { return true }
        let folder = String(decoding: literal[...slash], as: UTF8.self)
        return ["/bin/", "/usr/bin/", "/usr/sbin/", "/sbin/"].contains(folder)
    }

    private mutating func run(_ program: String) {
        switch program {
        case "bash": shell()
        case "sh", "dash":
            shell()
            if let script, let reason = PlainShell.problem(in: script) { problem = reason }
        case "eval": evaluate()
        case "trap": trap()
        case "alias", "hash", "enable", "shopt", "coproc", "bind", "complete", "compgen", "fc", "let":
            if !operands.isEmpty { problem = "\(program) changes what later words mean, or computes" }
        case "set": settings()
        case "export", "declare", "typeset", "local", "readonly": declare(program)
        case "read": declareNames(operands)
        case "printf", "wait": checkFirst(program)
        case "unset", "getopts", "mapfile", "readarray": changeVariables(program)
        case "test", "[": checkTest()
        case "command" where looksOnly: break
        default:
            if let form = WrapperForm.named(program) {
                unwrap(form)
            } else if ShellWords.isWrapper(program.utf8) {
                kind = .opaque
            }
        }
        // What another shell is told is read as well, for rules that restrict.
        if kind == .opaque, script == nil { script = ShellInvocation.script(in: command) }
    }

    /// `command -v name` runs nothing.
    private var looksOnly: Bool { ["-v", "-V"].contains(operands.first?.text) }

    // MARK: - Wrappers of words

    private mutating func unwrap(_ form: WrapperForm) {
        var head = WrapperForm.Head(operands)
        guard form.skip(&head) else {
            problem = "it is not clear what \(form.name) runs"
            return
        }
        assigned += head.assigned
        kind = form.isPrivileged ? .privileged : .transparent
        var words = Array(head.words)
        if words.isEmpty {
            // `env` alone prints what a person may not want to show; `sudo` alone is a shell.
            if form.needsCommand { kind = .opaque }
            return
        }
        if let text = head.replaced {
            words = words.map { Self.replacing(text, in: $0) }
        } else if form.appendsWords {
            words.append(.unknown)
        }
        inner = [words]
    }

    /// The word with what takes the place of `text`, up to there.
    private static func replacing(_ text: [UInt8], in word: ShellWord) -> ShellWord {
        guard let literal = word.literal else {
            // The text can begin in what is known of the word and end in what is not.
            guard !word.knownBytes.contains(where: text.contains) else { return .unknown }
            return ShellWord(
                word.parts + [.expansion(variable: nil, splits: false)], hasBraces: word.hasBraces,
                isQuoted: word.isQuoted)
        }
        guard let start = literal.firstIndex(ofAll: text) else { return word }
        let gap = ShellWord.Part.expansion(variable: nil, splits: false)
        return ShellWord(start == 0 ? [gap] : [.text(Array(literal[..<start])), gap])
    }

    private mutating func search(_ searcher: ShellWords.Searcher) {
        checkUnknownWords()
        guard searcher == .find else { return }
        var rest = operands
        while let word = rest.popFirst() {
            guard let text = word.text, text.hasPrefix("-exec") || text.hasPrefix("-ok") else { continue }
            guard text == "-exec" || text == "-ok" || text == "-executable" else {
                problem = "\(text) runs a command in folders that are not known"
                return
            }
            guard text != "-executable" else { continue }
            guard let end = Self.end(of: rest), end > rest.startIndex else {
                problem = "\(text) is not closed"
                return
            }
            inner.append(rest[..<end].map { Self.replacing(Array("{}".utf8), in: $0) })
            rest = rest[(end + 1)...]
        }
    }

    /// Where the command of `-exec` ends: at `;`, or at a `+` behind `{}`.
    private static func end(of words: ArraySlice<ShellWord>) -> Int? {
        words.indices.first { index in
            words[index].text == ";"
                || words[index].text == "+" && index > words.startIndex && words[index - 1].text == "{}"
        }
    }

    /// A word that is not known could be `-exec` or `-delete`.
    private mutating func checkUnknownWords() {
        let naming: Set = ["-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex"]
        for index in operands.indices where operands[index].literal == nil {
            let word = operands[index]
            let isValue =
                word.staysOne && index > operands.startIndex && naming.contains(operands[index - 1].text ?? "")
            guard !isValue, !(word.staysOneOrMore && word.beginsPlainly) else { continue }
            problem = "'\(word.shown)' could become an option that runs a command or deletes"
            return
        }
    }

    // MARK: - Scripts

    /// `bash -c 'script'`; `bash file` runs what is not in the script.
    private mutating func shell() {
        var rest = operands
        var hasScript = false
        while let word = rest.first {
            guard let text = word.text else { return problem = "it is not clear what the shell runs" }
            guard text.hasPrefix("-") || text.hasPrefix("+"), text.count > 1 else { break }
            rest = rest.dropFirst()
            if text == "--" { break }
            if text == "-o", rest.first?.text == "pipefail" || rest.first?.text == "errexit" {
                rest = rest.dropFirst()
                continue
            }
            guard !text.hasPrefix("--"), text.dropFirst().allSatisfy({ "ceuxlf".contains($0) }) else {
                kind = .opaque
                if rest.contains(where: { $0.literal == nil }) { problem = "it is not clear what the shell runs" }
                return
            }
            if text.hasPrefix("-"), text.contains("c") { hasScript = true }
        }
        guard hasScript else { return kind = .opaque }
        guard let literal = rest.first?.literal else {
            return problem = "the script of the shell is known only when it runs"
        }
        kind = .transparent
        script = literal
    }

    private mutating func evaluate() {
        var text: [UInt8] = []
        for word in plainOperands {
            guard let literal = word.literal else { return problem = "eval runs what is known only when it runs" }
            if !text.isEmpty { text.append(UInt8(ascii: " ")) }
            text += literal
        }
        kind = .transparent
        script = text
    }

    private mutating func trap() {
        guard let first = plainOperands.first else { return }
        guard let literal = first.literal, operands.allSatisfy({ $0.literal != nil }),
            literal.first != UInt8(ascii: "-") || literal.count == 1
        else { return problem = "trap runs what is not known" }
        kind = .transparent
        runsLater = true
        if !literal.isEmpty, literal != [UInt8(ascii: "-")] { script = literal }
    }
}
