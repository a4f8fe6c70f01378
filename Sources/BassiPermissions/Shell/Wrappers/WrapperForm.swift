/// How a program that runs another is written: which options it has, and where the other begins.
struct WrapperForm {
    let name: String
    /// Short options without a value.
    private let flags: String
    /// Short options with one.
    private let values: String
    private let longFlags: Set<String>
    private let longValues: Set<String>
    /// Words between the options and the command: the duration of `timeout`.
    let operandsBefore: Int
    /// Whether it runs the command as somebody else or elsewhere.
    let isPrivileged: Bool
    /// Whether words are added to the command that are not in the script.
    let appendsWords: Bool
    /// Whether it does something of its own without a command.
    let needsCommand: Bool

    private init(
        _ name: String, flags: String = "", values: String = "", longFlags: Set<String> = [],
        longValues: Set<String> = [], operandsBefore: Int = 0, isPrivileged: Bool = false, appendsWords: Bool = false,
        needsCommand: Bool = true
    ) {
        self.name = name
        self.flags = flags
        self.values = values
        self.longFlags = longFlags
        self.longValues = longValues
        self.operandsBefore = operandsBefore
        self.isPrivileged = isPrivileged
        self.appendsWords = appendsWords
        self.needsCommand = needsCommand
    }

    /// The form of a program; nil for one that is no wrapper, or none that can be taken apart.
    static func named(_ program: String) -> WrapperForm? { forms[program] }

    private static let forms: [String: WrapperForm] = Dictionary(
        uniqueKeysWithValues: [
            WrapperForm(
                "timeout", flags: "v", values: "ks", longFlags: ["--foreground", "--preserve-status", "--verbose"],
                longValues: ["--kill-after", "--signal"], operandsBefore: 1),
            WrapperForm("nice", values: "n", longValues: ["--adjustment"]),
            WrapperForm("ionice", flags: "t", values: "cn"),
            WrapperForm("nohup"),
            WrapperForm("setsid", flags: "cfw", longFlags: ["--fork", "--wait", "--ctty"]),
            WrapperForm("stdbuf", values: "ioe", longValues: ["--input", "--output", "--error"]),
            WrapperForm("time", flags: "pv", longFlags: ["--portability", "--verbose"]),
            WrapperForm(
                "env", flags: "iv0", values: "u", longFlags: ["--ignore-environment"], longValues: ["--unset"]),
            WrapperForm(
                "xargs", flags: "0rtx", values: "nPLIsEd",
                longFlags: ["--null", "--no-run-if-empty", "--verbose", "--exit"],
                longValues: ["--max-args", "--max-procs", "--max-lines", "--delimiter", "--max-chars"],
                appendsWords: true),
            WrapperForm("command", flags: "p"),
            WrapperForm("builtin"),
            WrapperForm("exec", flags: "cl", values: "a", needsCommand: false),
            WrapperForm(
                "sudo", flags: "nEHPSkKbA", values: "ugCpDhrtTU", longFlags: ["--non-interactive", "--preserve-env"],
                longValues: ["--user", "--group"], isPrivileged: true),
            WrapperForm("doas", flags: "n", values: "uC", isPrivileged: true),
            WrapperForm("chroot", longValues: ["--userspec", "--groups"], operandsBefore: 1, isPrivileged: true),
        ].map { ($0.name, $0) })

    /// What stands before the command.
    struct Head {
        var words: ArraySlice<ShellWord>
        /// The variables that `env` sets.
        var assigned: [String] = []
        /// What `xargs -I` replaces.
        var replaced: [UInt8]?
        /// Whether `xargs` is told how many words or lines to take.
        var isCounted = false

        init(_ words: ArraySlice<ShellWord>) { self.words = words }
    }

    /// Drops the options, the assignments and the operands before the command; false when it is not clear where they
    /// end. A word that is not known could be an option, or with its value the command.
    func skip(_ head: inout Head) -> Bool {
        var isBehindOptions = false
        while let word = head.words.first {
            guard let literal = word.literal else { return false }
            let text = String(decoding: literal, as: UTF8.self)
            if takesAssignments, let equals = literal.firstIndex(of: UInt8(ascii: "=")), equals > 0,
                !text.hasPrefix("-")
            {
                head.assigned.append(String(decoding: literal[..<equals], as: UTF8.self))
                head.words = head.words.dropFirst()
                isBehindOptions = true
                continue
            }
            guard !isBehindOptions, text.hasPrefix("-"), text.count > 1 else { break }
            head.words = head.words.dropFirst()
            if text == "--" {
                isBehindOptions = true
            } else {
                guard skipValue(of: text, &head) else { return false }
            }
        }
        for _ in 0..<operandsBefore {
            guard head.words.popFirst()?.literal != nil else { return false }
        }
        // xargs lets the later of the two win, and then adds words at the end.
        guard let replaced = head.replaced else { return true }
        return !head.isCounted && !replaced.isEmpty
    }

    private var takesAssignments: Bool { name == "env" || name == "sudo" }

    private func skipValue(of text: String, _ head: inout Head) -> Bool {
        if text.hasPrefix("--") {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = String(parts[0])
            if ["--max-args", "--max-lines"].contains(option) { head.isCounted = true }
            if parts.count == 2 { return longValues.contains(option) }
            if longFlags.contains(option) { return true }
            return longValues.contains(option) && head.words.popFirst()?.literal != nil
        }
        if name == "nice", text.dropFirst().allSatisfy({ $0.isASCII && $0.isNumber }) { return true }
        var letters = text.dropFirst()
        while let letter = letters.popFirst() {
            if flags.contains(letter) { continue }
            guard values.contains(letter) else { return false }
            var value: [UInt8]? = Array(letters.utf8)
            if letters.isEmpty { value = head.words.popFirst()?.literal }
            if letter == "I" { head.replaced = value }
            if name == "xargs", letter == "n" || letter == "L" { head.isCounted = true }
            return value != nil
        }
        return true
    }
}
