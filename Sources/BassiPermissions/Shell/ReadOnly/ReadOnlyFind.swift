/// `find`, as long as it looks and does nothing.
enum ReadOnlyFind {
    static func verdict(of words: ArraySlice<ShellWord>) -> ReadOnlyVerdict {
        var paths: [ShellWord] = []
        var rest = words
        var isInExpression = false
        while let word = rest.popFirst() {
            guard let text = word.text ?? word.path else {
                return .unknown("'\(word.shown)' is known only when it runs")
            }
            let begins = text.hasPrefix("-") || ["(", ")", "!", ","].contains(text)
            isInExpression = isInExpression || begins && !["-H", "-L", "-P"].contains(text)
            guard isInExpression else {
                if !begins { paths.append(word) }
                continue
            }
            if text == "-exec" || text == "-ok" {
                // What it runs is judged by itself.
                guard let end = end(of: rest) else { return .unknown("\(text) is not closed") }
                rest = rest[(end + 1)...]
            } else if files.contains(text) {
                guard let file = rest.popFirst() else { return .unknown("\(text) needs a file") }
                paths.append(file)
            } else if values.contains(text) {
                guard rest.popFirst()?.staysOne == true else { return .unknown("the value of \(text) is not known") }
            } else if !plain.contains(text) {
                return .unknown("its option \(text) is not known")
            }
        }
        return .reads(paths, isDeep: false)
    }

    private static func end(of words: ArraySlice<ShellWord>) -> Int? {
        words.indices.first { index in
            words[index].text == ";"
                || words[index].text == "+" && index > words.startIndex && words[index - 1].text == "{}"
        }
    }

    private static let plain: Set<String> = [
        "(", ")", "!", ",", "-a", "-and", "-o", "-or", "-not", "-print", "-print0", "-prune", "-depth", "-mount",
        "-xdev",
        "-empty", "-executable", "-readable", "-writable", "-true", "-false", "-quit", "-daystart", "-ls",
    ]
    private static let values: Set<String> = [
        "-name", "-iname", "-path", "-ipath", "-wholename", "-regex", "-iregex", "-type", "-xtype", "-size", "-mtime",
        "-mmin", "-atime", "-amin", "-ctime", "-cmin", "-maxdepth", "-mindepth", "-perm", "-user", "-group", "-links",
        "-inum", "-newermt", "-printf", "-regextype",
    ]
    private static let files: Set<String> = ["-newer", "-anewer", "-cnewer", "-samefile"]
}

/// `sed`, as long as it prints: no `-i`, and in its script nothing that writes a file or runs a command.
enum ReadOnlySed {
    private static let form = ReadOnlyCommand(
        "sed", "nErsuz", values: "e", long: ["--quiet", "--silent", "--regexp-extended", "--posix"], operands: .files)

    static func verdict(of words: ArraySlice<ShellWord>) -> ReadOnlyVerdict {
        var scripts: [ShellWord] = []
        var others: [ShellWord] = []
        var rest = words
        while let word = rest.popFirst() {
            guard let text = word.text else { return .unknown("'\(word.shown)' is known only when it runs") }
            if text == "-e" || text == "--expression" {
                guard let script = rest.popFirst() else { return .unknown("-e needs a script") }
                scripts.append(script)
            } else {
                others.append(word)
            }
        }
        if scripts.isEmpty, let index = others.firstIndex(where: { $0.text?.hasPrefix("-") == false }) {
            scripts.append(others.remove(at: index))
        }
        // `-e` joined with its script, or with other options, is not looked into.
        let isJoined = others.contains { word in
            guard let text = word.text, text.hasPrefix("-"), !text.hasPrefix("--") else { return false }
            return text.contains("e")
        }
        guard !isJoined, !scripts.isEmpty, scripts.allSatisfy({ $0.literal.map(onlyPrints) ?? false }) else {
            return .unknown("its script is not known to print only")
        }
        return form.verdict(of: others[...])
    }

    /// Addresses with `p`, `d`, `q`, `=` or `s/…/…/` with plain flags, and nothing else.
    static func onlyPrints(_ script: [UInt8]) -> Bool {
        var rest = script[...]
        while let first = rest.first {
            if " ;\n\t".utf8.contains(first) {
                rest = rest.dropFirst()
                continue
            }
            guard skipAddress(&rest) else { return false }
            if rest.first == UInt8(ascii: ",") {
                rest = rest.dropFirst()
                guard skipAddress(&rest) else { return false }
            }
            rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "!") }
            guard let command = rest.popFirst() else { return false }
            switch command {
            case UInt8(ascii: "p"), UInt8(ascii: "d"), UInt8(ascii: "q"), UInt8(ascii: "="): break
            case UInt8(ascii: "s"): guard skipSubstitution(&rest) else { return false }
            default: return false
            }
            rest = rest.drop { $0 == UInt8(ascii: " ") }
            if let next = rest.first, next != UInt8(ascii: ";"), next != UInt8(ascii: "\n") { return false }
        }
        return true
    }

    private static func skipAddress(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if rest.first == UInt8(ascii: "$") { rest = rest.dropFirst() }
        rest = rest.drop { $0.isDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "~") }
        guard rest.first == UInt8(ascii: "/") else { return true }
        rest = rest.dropFirst()
        guard skipText(&rest, to: UInt8(ascii: "/")) else { return false }
        if rest.first == UInt8(ascii: "I") { rest = rest.dropFirst() }
        return true
    }

    /// `e` runs what it made, `w` writes it.
    private static func skipSubstitution(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let mark = rest.popFirst(), "/|#,:@".utf8.contains(mark), skipText(&rest, to: mark),
            skipText(&rest, to: mark)
        else { return false }
        rest = rest.drop { "gpiI".utf8.contains($0) || $0.isDigit }
        return true
    }

    /// Brackets and ends of lines are left to sed, which reads them in its own way.
    private static func skipText(_ rest: inout ArraySlice<UInt8>, to end: UInt8) -> Bool {
        while let next = rest.popFirst() {
            if next == end { return true }
            if next == UInt8(ascii: "\n") || next == UInt8(ascii: "[") && rest.prefix(16).contains(end) {
                return false
            }
            if next == UInt8(ascii: "\\") { _ = rest.popFirst() }
        }
        return false
    }
}
