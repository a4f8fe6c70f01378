import BassiTesting

/// Writes scripts in which a command that no rule allows is hidden among commands that are allowed.
///
/// Every script would run the hidden command, or could: so none of them may be allowed.
struct HiddenCommands {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    /// The rules under which they are judged.
    static let allow = [
        "Bash(git status)", "Bash(git log *)", "Bash(npm run *)", "Bash(make *)", "Bash(ls *)", "Bash(cat *)",
        "Bash(echo *)", "Bash(find *)", "Bash(xargs *)", "Bash(timeout *)", "Bash(cd *)",
    ]

    private static let harmless = [
        "git status", "git log --oneline", "ls -l", "cat README.md", "echo done", "npm run test", "make all", "cd src",
        "find . -name '*.swift'", "true", "head -5 a", "grep -n x a", "echo \"a b\"", "wc -l < a",
    ]

    /// The next script.
    mutating func next() -> String {
        var script = core()
        for _ in 0..<Int.random(in: 1...4, using: &random) { script = hidden(script) }
        return script
    }

    private mutating func pick(_ texts: [String]) -> String { texts.randomElement(using: &random) ?? "" }

    /// The hidden command itself, a simple one, its name written in some way.
    private mutating func core() -> String {
        let name = pick([
            "rm", "r\\m", "'rm'", "\"rm\"", "r''m", "$'\\x72m'", "$'\\162\\155'", "/bin/rm", "//bin//rm", "$'r'\"m\"",
            "./rm",
            "${x:-rm}", "$x", "r${x}m", "\"$x\"", "$(echo rm)", "`echo rm`", "/bin/r?", "r*", "[r]m", "{rm,x}", "~/rm",
            "curl",
            "python3 -c 'x'", "node x.js", "sh x.sh", "bash -s", "source ./x", ". ./x", "ssh host", "sudo rm",
            "perl -e x",
            "env rm", "env -i rm", "env -S 'rm x'", "nice rm", "command rm", "exec rm", "builtin eval rm", "git push",
            "git -c alias.x=!rm x", "find . -delete", "find . -exec rm {} +", "sed -i s/a/b/", "sed -n w/etc/x",
            "sort -o",
            "awk x", "tee", "xargs -I ls ls", "timeout 5 rm", "PATH=/tmp git status", "LD_PRELOAD=x ls",
            "GIT_PAGER=x git log",
            "alias ls=rm", "hash -p /tmp/x git", "enable -f x y", "mapfile -C rm a", "let x", "export PATH=/tmp",
        ])
        return name + pick(["", " -rf /precious", " x", " --force $HOME", " 'a b' \"c\""])
    }

    /// The script within another one that still runs it. A list, without an end of line at its end.
    private mutating func hidden(_ script: String) -> String {
        let (first, last) = (pick(Self.harmless), pick(Self.harmless))
        let quoted =
            "'" + script.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
        let ticked = script.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .split(separator: "`", omittingEmptySubsequences: false).joined(separator: "\\`")
        switch Int.random(in: 0..<44, using: &random) {
        case 0: return "\(first); \(script)"
        case 1: return "\(first) && \(script)"
        case 2: return "\(first) || \(script)"
        case 3: return "\(first) | \(script)"
        case 4: return "\(first) |& \(script)"
        case 5: return "\(first) & \(script)"
        case 6: return "\(first)\n\(script)\n\(last)"
        case 7: return "( \(script)\n)"
        case 8: return "{ \(script)\n}"
        case 9: return "echo $( \(script)\n)"
        case 10: return "echo \"$( \(script)\n)\""
        case 11: return "echo `\(ticked)\n`"
        case 12: return "cat <( \(script)\n)"
        case 13: return "echo > >( \(script)\n)"
        case 14: return "if true; then \(script)\nfi"
        case 15: return "if \(script)\nthen \(last); fi"
        case 16: return "while \(script)\ndo break; done"
        case 17: return "for i in a b; do \(script)\ndone"
        case 18: return "for i in $( \(script)\n); do \(last); done"
        case 19: return "case x in x) \(script)\n;; esac"
        case 20: return "case $( \(script)\n) in x) \(last);; esac"
        case 21: return "f() { \(script)\n}; f"
        case 22: return "function ls { \(script)\n}; ls -l"
        case 23: return "x=$( \(script)\n); \(last)"
        case 24: return "x=$( \(script)\n) \(last)"
        case 25: return "echo ${y:-$( \(script)\n)}"
        case 26: return "echo \"${y:-$( \(script)\n)}\""
        case 27: return "echo $(( $( \(script)\n) ))"
        case 28: return "[[ -n $( \(script)\n) ]]"
        case 29: return "cat <<END\n$( \(script)\n)\nEND\n\(last)"
        case 30: return "cat <<-END\n\t`\(ticked)\n`\n\tEND"
        case 31: return "cat <<< $( \(script)\n)"
        case 32: return "echo a > $( \(script)\n)"
        case 33: return "eval \(quoted)"
        case 34: return "bash -c \(quoted)"
        case 35: return "timeout 5 sh -c \(quoted)"
        case 36: return "find . -exec bash -c \(quoted) \\;"
        case 37: return "echo a | xargs bash -c \(quoted)"
        case 38: return "trap \(quoted) EXIT"
        case 39: return "! \(script)"
        case 40: return "echo # a ' b\n\(script)"
        case 41: return "a=( $( \(script)\n) )"
        case 42: return "echo 'a\\'; \(script)"
        default: return "time \(script)"
        }
    }
}
