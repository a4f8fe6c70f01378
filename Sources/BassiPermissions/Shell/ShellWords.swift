/// What rules that restrict know of a shell's language without parsing it: which bytes can start a second command or
/// redirect, and which words run another command.
enum ShellWords {
    /// Longer command lines are not looked through: no rule allows them, every rule with a pattern that restricts
    /// holds for them.
    static let commandBytesMax = ShellScript.bytesMax

    /// Whether the byte can start another command, redirect, or put something in its place.
    static func isMeta(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ";"), UInt8(ascii: "&"), UInt8(ascii: "|"), UInt8(ascii: "<"), UInt8(ascii: ">"),
            UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "$"), UInt8(ascii: "`"), UInt8(ascii: "\\"),
            UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\n"), UInt8(ascii: "\r"):
            true
        default: false
        }
    }

    /// A space or a tab: what parts words in a shell.
    static func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }

    /// A single or double quote.
    static func isQuote(_ byte: UInt8) -> Bool { byte == UInt8(ascii: "'") || byte == UInt8(ascii: "\"") }

    /// The words between blanks.
    static func split(_ text: some Sequence<UInt8>) -> [[UInt8]] {
        Array(text).split(whereSeparator: isBlank).map { Array($0) }
    }

    /// The words between blanks, where quotes hold words together and are dropped.
    static func unquotedWords(_ text: some Sequence<UInt8>) -> [[UInt8]] {
        var words: [[UInt8]] = []
        var word: [UInt8]?
        var quote: UInt8?
        for byte in text {
            if let open = quote {
                if byte == open { quote = nil } else { word?.append(byte) }
            } else if isQuote(byte) {
                quote = byte
                word = word ?? []
            } else if isBlank(byte) {
                if let done = word { words.append(done) }
                word = nil
            } else {
                word = (word ?? []) + [byte]
            }
        }
        // Not a quote then, but an apostrophe.
        guard quote == nil else { return split(text) }
        return word.map { words + [$0] } ?? words
    }

    /// Without the blanks at both ends.
    static func trimmed(_ bytes: some Sequence<UInt8>) -> ArraySlice<UInt8> {
        let from = Array(bytes).drop(while: isBlank)
        let end = from.lastIndex { !isBlank($0) }
        return end.map { from[...$0] } ?? []
    }

    /// Whether the word sets a variable for the command behind it: `A=1`, `A+=1`, `A[0]=1`.
    static func isAssignment(_ word: some Collection<UInt8>) -> Bool {
        guard let equals = word.firstIndex(of: UInt8(ascii: "=")), let first = word.first else { return false }
        return first.isNameStart && word[..<equals].allSatisfy { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "-") }
    }

    /// The word behind its last slash, without quotes: the program that `"/usr/bin"/env` runs.
    static func programName(_ word: some Sequence<UInt8>) -> [UInt8] {
        let plain = word.filter { !isQuote($0) && $0 != UInt8(ascii: "\\") }
        return plain.lastIndex(of: UInt8(ascii: "/")).map { Array(plain[($0 + 1)...]) } ?? plain
    }

    /// Whether the word, as the name of a program, runs what stands behind it: `sudo`, `/usr/bin/env`, `if`.
    static func isWrapper(_ word: some Sequence<UInt8>) -> Bool {
        wrappers.contains(String(decoding: programName(word), as: UTF8.self))
    }

    /// Whether the word is an option with which a search program changes a file, or runs a command that is not taken
    /// apart.
    static func isRunningOption(_ word: some Sequence<UInt8>, of searcher: Searcher) -> Bool {
        let option = word.filter { !isQuote($0) && $0 != UInt8(ascii: "\\") }
        switch searcher {
        case .find: return findOptions.contains(String(decoding: option, as: UTF8.self))
        case .fd:
            guard option.first == UInt8(ascii: "-") else { return false }
            if option.starts(with: "--".utf8) { return option.starts(with: "--exec".utf8) }
            // Short options can be written together: -Hx.
            return option.contains(UInt8(ascii: "x")) || option.contains(UInt8(ascii: "X"))
        }
    }

    /// A program that searches and can run a command for what it finds.
    enum Searcher {
        case find, fd

        /// The program that the word names, if it is one of these.
        init?(_ word: some Sequence<UInt8>) {
            switch String(decoding: programName(word), as: UTF8.self) {
            case "find", "gfind", "bfs": self = .find
            case "fd", "fdfind": self = .fd
            default: return nil
            }
        }
    }

    private static let wrappers: Set<String> = [
        // Run the rest as another user, elsewhere, or with other settings.
        "env", "sudo", "sudoedit", "doas", "su", "runuser", "pkexec", "chroot", "unshare", "nsenter", "setpriv",
        "setarch", "nice", "ionice", "chrt", "taskset", "numactl", "stdbuf", "setsid", "nohup", "timeout", "flock",
        "script", "unbuffer", "expect", "strace", "ltrace", "gdb", "perf", "watch", "entr", "at", "batch",
        "systemd-run",
        "systemd-inhibit", "run0", "prlimit", "choom", "uclampset", "cgexec", "catchsegv", "valgrind", "rlwrap",
        "faketime", "eatmydata", "hyperfine", "chronic", "ifne", "gosu", "su-exec", "setuidgid", "envdir", "softlimit",
        "chpst", "dumb-init", "tini", "torify", "torsocks", "proxychains", "proxychains4", "sshpass", "dbus-launch",
        "linux32", "linux64", "caffeinate", "gtimeout", "gxargs", "genv", "gnice", "gnohup", "gstdbuf",
        "dbus-run-session", "xvfb-run", "firejail", "bwrap", "proot", "fakeroot", "time", "ssh", "rsh",
        // Run it for each line of something.
        "xargs", "parallel",
        // Shells, and programs that hold many.
        "sh", "bash", "rbash", "dash", "ash", "ksh", "mksh", "zsh", "fish", "csh", "tcsh", "pwsh", "busybox", "toybox",
        // The shell's own.
        "eval", "exec", "source", ".", "command", "builtin", "trap", "alias", "coproc", "enable", "mapfile",
        "readarray",
        // Its grammar.
        "!", "if", "then", "else", "elif", "while", "until", "do", "for", "select", "case", "function", "[[",
    ]

    private static let findOptions: Set<String> = [
        "-execdir", "-okdir", "-delete", "-fprint", "-fprint0", "-fprintf", "-fls", "-files0-from",
    ]
}

extension UInt8 {
    /// A letter or `_`, with which a variable's name begins.
    var isNameStart: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self | 0x20) && self < 0x80 || self == UInt8(ascii: "_")
    }
}
