/// The commands of git that look and change nothing, with options that run no program and write no file.
enum ReadOnlyGit {
    static func verdict(of words: ArraySlice<ShellWord>) -> ReadOnlyVerdict {
        var rest = words
        var folders: [ShellWord] = []
        while let text = rest.first?.text, text.hasPrefix("-") {
            rest = rest.dropFirst()
            switch text {
            case "--no-pager", "-P", "--no-optional-locks": continue
            case "--version" where rest.isEmpty && folders.isEmpty: return .reads([], isDeep: false)
            case "-C":
                guard let folder = rest.popFirst(), folder.path != nil else {
                    return .unknown("the folder of -C is not known")
                }
                folders.append(folder)
            default: return .unknown("its option \(text) is not known")
            }
        }
        guard let name = rest.popFirst()?.text else { return .unknown("it is not known which command of git it is") }
        guard let form = form(of: name, rest) else { return .unknown("git \(name) is not known to read only") }
        guard !rest.contains(where: checksSignatures) else {
            return .unknown("to check a signature git runs another program")
        }
        if name == "status" { rest.removeAll { ["-uno", "-unormal", "-uall"].contains($0.text) } }
        guard case .reads(let paths, _) = form.verdict(of: rest) else { return form.verdict(of: rest) }
        guard folders.isEmpty || !paths.contains(where: \.isPattern) else {
            return .unknown("what its wildcards name here it looks for in the folder of -C")
        }
        // What is named is below the folder of -C.
        let below = folders.flatMap { folder in
            paths.compactMap { path in
                path.literal.map { ShellWord(literal: Array((folder.path ?? ".").utf8) + [UInt8(ascii: "/")] + $0) }
            }
        }
        return .reads(folders + paths + below, isDeep: showsContent.contains(name))
    }

    /// The folders of its options `-C`, as they stand: each goes on from where the one before led.
    static func folders(named words: ArraySlice<ShellWord>) -> [String] {
        var folders: [String] = []
        var rest = words
        while let option = rest.popFirst()?.text, option.hasPrefix("-") {
            if option == "-C", let folder = rest.popFirst()?.path { folders.append(folder) }
        }
        return folders
    }

    /// `%G?` and its like in a format, `%+G?` too, and `%(signature)`.
    private static func checksSignatures(_ word: ShellWord) -> Bool {
        var rest = word.knownBytes[...]
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            rest = rest[(percent + 1)...].drop { "+- ".utf8.contains($0) }
            if rest.first == UInt8(ascii: "G") || rest.starts(with: "(signature".utf8) { return true }
        }
        return false
    }

    private static func form(of name: String, _ words: ArraySlice<ShellWord>) -> ReadOnlyCommand? {
        let first = words.first?.text
        switch name {
        case "branch":
            let lists = ["--list", "--contains", "--merged", "--no-merged"].contains(first)
            return words.contains { isOperand($0) } && !lists ? nil : branch
        case "tag":
            let isSorted = words.allSatisfy { $0.text?.hasPrefix("--sort=") ?? false }
            return isSorted || first == "-l" || first == "--list" ? tag : nil
        // Behind -v there can be a command too.
        case "remote": return words.isEmpty || words.count == 1 && first == "-v" || first == "get-url" ? remote : nil
        case "stash": return first == "list" ? forms["log"] : first == "show" ? forms["show"] : nil
        case "config":
            let rest = ["--global", "--local"].contains(first) ? words.dropFirst() : words
            // A name alone is looked up.
            let isName = rest.count == 1 && rest.first?.text?.hasPrefix("-") == false
            return isName || ["--get", "--list", "-l", "--get-all"].contains(rest.first?.text) ? config : nil
        case "worktree": return first == "list" && words.count <= 2 ? worktree : nil
        case "reflog": return words.isEmpty || first == "show" || isOption(first) ? forms["log"] : nil
        default: return forms[name]
        }
    }

    private static func isOperand(_ word: ShellWord) -> Bool { word.text.map { !$0.hasPrefix("-") } ?? true }
    private static func isOption(_ text: String?) -> Bool { text?.hasPrefix("-") ?? false }

    private static let showsContent: Set<String> = [
        "log", "diff", "show", "grep", "blame", "cat-file", "stash", "reflog", "whatchanged", "shortlog",
    ]

    private static let branch = ReadOnlyCommand(
        "branch", "avqr",
        long: [
            "--all", "--list", "--show-current", "--remotes", "--verbose", "--no-color", "--merged", "--no-merged",
            "--contains",
        ],
        longValues: ["--sort", "--format"], operands: .text)
    private static let tag = ReadOnlyCommand(
        "tag", "ln", long: ["--list"], longValues: ["--sort", "--format"], operands: .text)
    private static let remote = ReadOnlyCommand("remote", "v", long: ["--verbose", "--all", "--push"], operands: .text)
    private static let config = ReadOnlyCommand(
        "config", "lz", long: ["--get", "--list", "--get-all", "--show-origin", "--local", "--global"], operands: .text)
    private static let worktree = ReadOnlyCommand("worktree", long: ["--porcelain"], operands: .text)

    private static let history: Set<String> = [
        "--oneline", "--graph", "--decorate", "--all", "--stat", "--shortstat", "--numstat", "--name-only",
        "--name-status",
        "--patch", "--no-patch", "--follow", "--reverse", "--merges", "--no-merges", "--first-parent", "--cached",
        "--staged",
        "--summary", "--no-color", "--color", "--word-diff", "--no-ext-diff", "--no-textconv", "--check", "--raw",
        "--abbrev-commit",
        "--ignore-all-space", "--ignore-space-change", "--ignore-blank-lines", "--exit-code", "--quiet", "--left-right",
        "--cherry-pick",
        "--branches", "--tags", "--remotes", "--date-order", "--topo-order", "--full-history", "--no-renames",
        "--minimal",
        "--merge-base", "--no-prefix", "--text", "--relative", "--compact-summary", "--dirstat", "--no-decorate",
        "--show-pulls",
    ]
    private static let historyValues: Set<String> = [
        "--format", "--pretty", "--since", "--until", "--after", "--before", "--author", "--committer", "--grep",
        "--max-count",
        "--date", "--stat", "--diff-filter", "--color", "--word-diff", "--abbrev", "--skip", "--unified", "--decorate",
        "--find-renames",
        "--diff-algorithm", "--inter-hunk-context", "--exclude",
    ]

    private static func historyForm(_ name: String) -> ReadOnlyCommand {
        ReadOnlyCommand(
            name, "#puswbiczMCqRaE", values: "nULSG", long: history, longValues: historyValues, operands: .files)
    }

    private static let forms: [String: ReadOnlyCommand] = Dictionary(
        uniqueKeysWithValues: ["log", "diff", "show", "whatchanged"].map { ($0, historyForm($0)) }
            + [
                // To it -n is an option without a value.
                ReadOnlyCommand(
                    "shortlog", "#puswbiczMCqRaEne", values: "ULSG", long: history, longValues: historyValues),
                ReadOnlyCommand(
                    "status", "sbuz",
                    long: [
                        "--short", "--branch", "--porcelain", "--long", "--ignored", "--show-stash",
                        "--untracked-files",
                    ], longValues: ["--porcelain", "--untracked-files", "--ignored"]),
                ReadOnlyCommand(
                    "rev-parse", "q",
                    long: [
                        "--show-toplevel", "--abbrev-ref", "--short", "--verify", "--git-dir", "--is-inside-work-tree",
                        "--show-prefix", "--quiet", "--symbolic-full-name",
                    ], longValues: ["--short"]),
                ReadOnlyCommand(
                    "ls-files", "cdmosutz", values: "x",
                    long: [
                        "--cached", "--deleted", "--modified", "--others", "--stage", "--exclude-standard",
                        "--error-unmatch", "--full-name",
                    ], longValues: ["--exclude"]),
                ReadOnlyCommand("ls-tree", "drltz", long: ["--name-only", "--full-tree"]),
                ReadOnlyCommand(
                    "blame", "wlsefnbtpMC", values: "L", long: ["--porcelain", "--line-porcelain", "--date"],
                    longValues: ["--date", "--since"]),
                ReadOnlyCommand(
                    "describe", long: ["--tags", "--always", "--dirty", "--long", "--all", "--abbrev"],
                    longValues: ["--abbrev", "--match", "--exclude"]),
                ReadOnlyCommand("merge-base", "a", long: ["--all", "--is-ancestor", "--fork-point"]),
                ReadOnlyCommand(
                    "rev-list", "#", values: "n",
                    long: ["--count", "--all", "--left-right", "--no-merges", "--first-parent"],
                    longValues: ["--max-count", "--since", "--until"]),
                ReadOnlyCommand("show-ref", "dsq", long: ["--heads", "--tags", "--verify", "--hash"]),
                ReadOnlyCommand("for-each-ref", longValues: ["--format", "--sort", "--count"]),
                ReadOnlyCommand("cat-file", "pte"),
                ReadOnlyCommand("count-objects", "vH"), ReadOnlyCommand("check-ignore", "vqn"),
                ReadOnlyCommand("name-rev", long: ["--name-only", "--tags"]),
                ReadOnlyCommand(
                    "grep", "#nilLcwvEFPhHaIo", values: "ABCem",
                    long: [
                        "--line-number", "--ignore-case", "--files-with-matches", "--count", "--word-regexp",
                        "--cached", "--untracked", "--show-function",
                    ], longValues: ["--max-depth", "--color"], operands: .textThenFiles),
            ].map { ($0.name, $0) })
}
