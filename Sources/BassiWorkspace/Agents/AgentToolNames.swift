/// The names of tools as agents are written with: those that people know from other programs, and Bassi's own.
enum AgentToolNames {
    /// Names of others, without case, and the tools that they stand for here.
    static let others = [
        "read": ["read_file", "list_files"], "ls": ["list_files"], "glob": ["find_files"], "grep": ["search_files"],
        "write": ["write_file"], "edit": ["edit_file"], "multiedit": ["edit_file"],
        "bash": ["bash"], "bashoutput": ["bash_output"], "killshell": ["bash_kill"], "killbash": ["bash_kill"],
        "webfetch": ["web_fetch"], "task": ["task"], "agent": ["task"], "todowrite": ["update_plan"],
        "askuserquestion": ["ask_user"],
    ]

    /// The words of a list, or of a text with commas or blanks between them.
    ///
    /// - Throws: ``SettingsError`` for what is neither.
    static func words(of node: SettingsNode) throws(SettingsError) -> [String] {
        if node.isNull { return [] }
        let texts = node.node.scalar == nil ? try node.strings() : [try node.string()]
        return texts.flatMap(words)
    }

    /// What stands in brackets belongs to its word: `Bash(git log, git diff)`.
    static func words(in text: String) -> [String] {
        var (words, word, depth) = ([String](), "", 0)
        for character in text {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if depth <= 0, character == "," || character.isWhitespace {
                words.append(word)
                (word, depth) = ("", 0)
            } else {
                word.append(character)
            }
        }
        return (words + [word]).filter { !$0.isEmpty }
    }

    /// The tools that a word names, as the model calls them; none for a word that names none. A rule such as
    /// `Bash(git *)` names its tool: what a call may do, rules in the settings say.
    static func tools(of word: String) -> [String] {
        let name = String(word.prefix { $0 != "(" && $0 != ")" })
        return others[name.lowercased()] ?? Workspace.toolNames.filter { $0 == name }
    }
}
