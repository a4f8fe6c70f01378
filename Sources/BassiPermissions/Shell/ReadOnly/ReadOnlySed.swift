/// `sed`, as long as it prints: no `-i`, and in its script nothing that writes a file or runs a command.
enum ReadOnlySed {
    private static let form = ReadOnlyCommand(
        "sed", "nErsuz", values: "e", long: ["--quiet", "--silent", "--regexp-extended", "--posix"], operands: .files)

    static func verdict(of words: ArraySlice<ShellWord>) -> ReadOnlyVerdict {
        var scripts: [ShellWord] = []
        var others: [ShellWord] = []
        var rest = words
        var isBehindOptions = false
        while let word = rest.popFirst() {
            guard let text = word.text else { return .unknown("'\(word.shown)' is known only when it runs") }
            isBehindOptions = isBehindOptions || text == "--"
            if !isBehindOptions, text == "-e" || text == "--expression" {
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
        guard skipPattern(&rest, to: UInt8(ascii: "/")) else { return false }
        if rest.first == UInt8(ascii: "I") { rest = rest.dropFirst() }
        return true
    }

    /// `e` runs what it made, `w` writes it.
    private static func skipSubstitution(_ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let mark = rest.popFirst(), "/|#,:@".utf8.contains(mark), skipPattern(&rest, to: mark),
            skipText(&rest, to: mark)
        else { return false }
        rest = rest.drop { "gpiI".utf8.contains($0) || $0.isDigit }
        return true
    }

    /// A regular expression. To one sed the mark in `[/]` ends it, to another it does not: that is not looked into.
    private static func skipPattern(_ rest: inout ArraySlice<UInt8>, to end: UInt8) -> Bool {
        while let next = rest.popFirst() {
            if next == end { return true }
            if next == UInt8(ascii: "\n") { return false }
            if next == UInt8(ascii: "\\") { _ = rest.popFirst() }
            if next == UInt8(ascii: "[") {
                guard let count = bracket(rest), !rest.prefix(count).contains(where: { $0 == end || $0 == 10 }) else {
                    return false
                }
                rest = rest.dropFirst(count)
            }
        }
        return false
    }

    /// How many bytes the rest of a bracket has, up to its `]`; nil where it has none, or a `[` in it that can be that
    /// of a class.
    private static func bracket(_ rest: ArraySlice<UInt8>) -> Int? {
        var at = rest.startIndex
        if at < rest.endIndex, rest[at] == UInt8(ascii: "^") { at += 1 }
        // A `]` at the first place is one of the characters.
        if at < rest.endIndex, rest[at] == UInt8(ascii: "]") { at += 1 }
        while at < rest.endIndex, rest[at] != UInt8(ascii: "]") {
            if rest[at] == UInt8(ascii: "\\") {
                // `\t` is two bytes to all; of `\]` some take the second for the end.
                guard at + 1 < rest.endIndex, rest[at + 1].isNamePart else { return nil }
                at += 1
            }
            if rest[at] == UInt8(ascii: "[") {
                guard let name = className(rest[(at + 1)...]) else { return nil }
                at += name
            }
            at += 1
        }
        return at < rest.endIndex ? at + 1 - rest.startIndex : nil
    }

    /// How many bytes `:alpha:]` has.
    private static func className(_ rest: ArraySlice<UInt8>) -> Int? {
        guard rest.first == UInt8(ascii: ":") else { return nil }
        let letters = rest.dropFirst().prefix { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) }
        return rest[letters.endIndex...].starts(with: ":]".utf8) ? letters.count + 3 : nil
    }

    /// What takes the place of a match.
    private static func skipText(_ rest: inout ArraySlice<UInt8>, to end: UInt8) -> Bool {
        while let next = rest.popFirst() {
            if next == end { return true }
            if next == UInt8(ascii: "\n") { return false }
            if next == UInt8(ascii: "\\") { _ = rest.popFirst() }
        }
        return false
    }
}
