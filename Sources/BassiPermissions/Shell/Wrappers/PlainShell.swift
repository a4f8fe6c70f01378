/// Scripts for `sh`, which is bash on one machine and a smaller shell on another: what the two read in different ways is
/// not taken apart.
///
/// To dash `[[ a || b ]]` runs `b`, `((1>2))` writes a file, `$'…'` ends elsewhere, and `&>` is two things. It is looked
/// for in the text alone, in quotes too: one question too many is asked, and none too few.
enum PlainShell {
    /// What bash has and the others do not, or have for something else.
    private static let marks = [
        "[[", "((", "$'", "$\"", "&>", ">&", "<(", ">(", "<<<", "|&", ";&", "=(", "+=", "$[", "${!", "//", "{",
        "function", "select", "coproc", "export", "readonly", "local", "declare", "typeset", "source",
    ]

    /// Why the script may mean two things; nil when it is the same to all shells.
    static func problem(in script: [UInt8]) -> String? {
        let text = String(decoding: script, as: UTF8.self).replacing("2>&1", with: "").replacing(">&2", with: "")
        guard let mark = marks.first(where: { text.contains($0) && !isPlain($0, in: text) }) else { return nil }
        return "'\(mark)' in a script for sh is read differently by different shells"
    }

    /// `{ …; }`, `${name}`, two slashes of an address and an `export` of known words mean the same to all.
    private static func isPlain(_ mark: String, in text: String) -> Bool {
        switch mark {
        case "{": !text.replacing("${", with: "").contains("{") || !text.contains(",") && !text.contains("..")
        case "//": !text.contains("${")
        case "export", "readonly", "local": !text.contains("$") && !text.contains("`")
        default: false
        }
    }
}
