extension ReadOnlyCommand {
    /// Programs that are asked for nothing but their version. Not those that a file of the folder can replace by another:
    /// `cargo` and `rustc` by rust-toolchain.toml, `yarn` by .yarnrc, `pnpm` and `npx` by package.json, `go` by go.mod.
    static let showsVersion: Set<String> = [
        "git", "swift", "swiftc", "clang", "gcc", "g++", "make", "cmake", "node", "npm", "bun",
        "deno", "python", "python3", "pip", "pip3", "uv", "ruby", "java", "docker", "kubectl",
        "rg", "jq", "curl", "bash", "tsc",
    ]

    private static let checksums = [
        "md5sum", "sha1sum", "sha224sum", "sha256sum", "sha384sum", "sha512sum", "cksum", "b2sum",
    ]

    private static let grepLong: Set<String> = [
        "--recursive", "--line-number", "--ignore-case", "--invert-match", "--word-regexp", "--count",
        "--fixed-strings",
        "--extended-regexp", "--perl-regexp", "--files-with-matches", "--files-without-match", "--only-matching",
        "--quiet",
        "--silent", "--no-messages", "--with-filename", "--no-filename", "--text", "--color", "--colour",
    ]
    private static let grepLongValues: Set<String> = [
        "--include", "--exclude", "--exclude-dir", "--color", "--colour", "--context", "--after-context",
        "--before-context", "--max-count", "--regexp",
    ]

    private static func grep(_ name: String) -> ReadOnlyCommand {
        ReadOnlyCommand(
            name, "#rnivwcFEPGlLoqshHaxzbITyZU", values: "ABCme", files: "f", long: grepLong,
            longValues: grepLongValues,
            operands: .textThenFiles, deep: ["-r", "--recursive"])
    }

    private static let forms: [ReadOnlyCommand] =
        [
            // The shell's own, and words. With `*` no option does more.
            ReadOnlyCommand("echo", "*", operands: .text),
            ReadOnlyCommand("printf", "*", operands: .text),
            ReadOnlyCommand("true", "*", operands: .text), ReadOnlyCommand("false", "*", operands: .text),
            ReadOnlyCommand(":", "*", operands: .text),
            ReadOnlyCommand("exit", operands: .text), ReadOnlyCommand("return", operands: .text),
            ReadOnlyCommand("break", operands: .text), ReadOnlyCommand("continue", operands: .text),
            ReadOnlyCommand("shift", operands: .text), ReadOnlyCommand("wait", operands: .text),
            ReadOnlyCommand("sleep", operands: .text), ReadOnlyCommand("seq", "*", operands: .text),
            ReadOnlyCommand("test", "*", operands: .text), ReadOnlyCommand("[", "*", operands: .text),
            ReadOnlyCommand("command", "vV", operands: .text), ReadOnlyCommand("type", "aptP", operands: .text),
            ReadOnlyCommand("which", "a", operands: .text),
            ReadOnlyCommand("basename", "*", operands: .text),
            ReadOnlyCommand("dirname", "*", operands: .text), ReadOnlyCommand("expr", "*", operands: .text),
            ReadOnlyCommand("tr", "cCdst", long: ["--delete", "--squeeze-repeats", "--complement"], operands: .text),
            // The machine.
            ReadOnlyCommand("pwd", "LP", operands: .none), ReadOnlyCommand("whoami", operands: .none),
            ReadOnlyCommand("id", "ugnGr", operands: .none), ReadOnlyCommand("uname", "asnrvmpio", operands: .none),
            ReadOnlyCommand("hostname", operands: .none), ReadOnlyCommand("nproc", operands: .none),
            ReadOnlyCommand("uptime", operands: .none), ReadOnlyCommand("arch", operands: .none),
            ReadOnlyCommand(
                "date", "uIR", values: "d", long: ["--utc"], longValues: ["--date", "--iso-8601"], operands: .formats),
            ReadOnlyCommand("df", "hTikm"), ReadOnlyCommand("free", "hmgb", operands: .none),
            ReadOnlyCommand("ps", "aefuxlAF", values: "poC", operands: .none),
            // Files.
            ReadOnlyCommand(
                "ls", "laAhtrRSFd1ipsnGkoXUucmCxgHq",
                long: [
                    "--all", "--almost-all", "--recursive", "--human-readable", "--directory", "--reverse", "--color",
                    "--classify", "--group-directories-first", "--size", "--inode",
                ], longValues: ["--color", "--sort", "--time", "--time-style", "--ignore", "--hide", "--block-size"]),
            ReadOnlyCommand(
                "cat", "AbeEnstTuv", long: ["--number", "--show-all", "--show-ends", "--show-tabs", "--squeeze-blank"]),
            ReadOnlyCommand(
                "head", "#qvz", values: "nc", long: ["--quiet", "--verbose"], longValues: ["--lines", "--bytes"]),
            ReadOnlyCommand(
                "tail", "#qvz", values: "nc", long: ["--quiet", "--verbose"], longValues: ["--lines", "--bytes"]),
            ReadOnlyCommand("wc", "clmwL", long: ["--lines", "--words", "--chars", "--bytes"]),
            ReadOnlyCommand("nl", values: "bnsvw"), ReadOnlyCommand("tac"), ReadOnlyCommand("rev"),
            ReadOnlyCommand(
                "cut", "snz", values: "dfcb", long: ["--complement"],
                longValues: ["--delimiter", "--fields", "--characters"]),
            ReadOnlyCommand("paste", "sz", values: "d"), ReadOnlyCommand("column", "tnx", values: "sco"),
            ReadOnlyCommand("comm", "123"), ReadOnlyCommand("join", "i", values: "12toaej"),
            ReadOnlyCommand("fold", "bs", values: "w"), ReadOnlyCommand("fmt", "#suc", values: "w"),
            ReadOnlyCommand("expand", "i", values: "t"),
            ReadOnlyCommand(
                "sort", "#nrufbdghiMRVzcCm", values: "kt",
                long: ["--numeric-sort", "--reverse", "--unique", "--human-numeric-sort", "--version-sort"],
                longValues: ["--key", "--field-separator"]),
            ReadOnlyCommand(
                "uniq", "#cdDiuz", values: "fsw", long: ["--count", "--repeated", "--unique", "--ignore-case"],
                operands: .oneFile),
            ReadOnlyCommand(
                "diff", "#qsuybBwaitdpEZ", values: "UCWIx",
                long: [
                    "--unified", "--brief", "--side-by-side", "--ignore-all-space", "--color", "--stat",
                ], longValues: ["--color", "--unified", "--exclude", "--label"], deep: ["*"]),
            ReadOnlyCommand("cmp", "bls"),
            ReadOnlyCommand("stat", "Lft", values: "c", longValues: ["--format", "--printf"]),
            ReadOnlyCommand("file", "bihLkN", long: ["--brief", "--mime", "--mime-type"]),
            ReadOnlyCommand(
                "du", "shackmxbdS0", values: "d",
                long: ["--summarize", "--human-readable", "--all", "--apparent-size"],
                longValues: ["--max-depth", "--exclude"]),
            ReadOnlyCommand(
                "tree", "adfhpsuDCiQFLr", values: "LIP", long: ["--dirsfirst", "--gitignore", "--noreport"]),
            ReadOnlyCommand("realpath", "emsLPqz"), ReadOnlyCommand("readlink", "femnqsvz"),
            ReadOnlyCommand("od", "bcdxov", values: "ANjtS"), ReadOnlyCommand("hexdump", "Cbcdox", values: "ns"),
            // Its options are whole words, such as -ps.
            ReadOnlyCommand("xxd", operands: .oneFile),
            ReadOnlyCommand("strings", "a", values: "nt"),
            ReadOnlyCommand("base64", "di", values: "w"),
            ReadOnlyCommand(
                "jq", "rcesSCMnaj",
                long: [
                    "--raw-output", "--compact-output", "--slurp", "--sort-keys", "--exit-status", "--null-input",
                    "--tab",
                ], operands: .textThenFiles),
            // Searching.
            grep("grep"), grep("egrep"), grep("fgrep"),
            ReadOnlyCommand(
                "rg", "#nNilcowvFSsUPxqHIp0.u", values: "gtTABCme", files: "f",
                long: [
                    "--line-number", "--no-line-number", "--ignore-case", "--files", "--files-with-matches", "--count",
                    "--hidden", "--no-ignore", "--word-regexp", "--fixed-strings", "--multiline", "--no-heading",
                    "--heading",
                    "--json", "--only-matching", "--smart-case", "--with-filename", "--no-filename", "--stats",
                    "--type-list",
                ],
                longValues: [
                    "--glob", "--type", "--type-not", "--max-count", "--context", "--after-context", "--before-context",
                    "--color", "--colors", "--max-depth", "--sort", "--regexp", "--iglob",
                ], operands: .textThenFiles, deep: ["*"]),
        ]
        // Not `-c`: it reads the files that a list names.
        + checksums.map { ReadOnlyCommand($0, "btz", long: ["--quiet", "--status", "--tag"]) }

    static let table = Dictionary(uniqueKeysWithValues: forms.map { ($0.name, $0) })
}
