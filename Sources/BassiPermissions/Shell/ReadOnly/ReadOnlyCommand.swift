/// What a command that only reads looks at, or why it is not known to read only.
enum ReadOnlyVerdict {
    /// It reads these files and nothing else; `isDeep` when it shows what is in files that it does not name.
    case reads([ShellWord], isDeep: Bool)
    /// It is not known to read only.
    case unknown(String)
}

/// A program that reads only, as long as it gets no other options than these.
///
/// The lists are short on purpose: an option that is not in them is asked, not looked up.
struct ReadOnlyCommand {
    /// What the words are that are no options.
    enum Operands {
        /// Files.
        case files
        /// A pattern, then files.
        case textThenFiles
        /// Text, whatever it is.
        case text
        /// At most one file: the second one is written.
        case oneFile
        /// None.
        case none
        /// Text with a `+` at its beginning: a format of `date`.
        case formats
    }

    let name: String
    let flags: String
    let values: String
    let files: String
    let long: Set<String>
    let longValues: Set<String>
    let operands: Operands
    /// Options that read all that is in a folder; `*` where it does so without one.
    let deep: Set<String>

    init(
        _ name: String, _ flags: String = "", values: String = "", files: String = "", long: Set<String> = [],
        longValues: Set<String> = [], operands: Operands = .files, deep: Set<String> = []
    ) {
        self.name = name
        self.flags = flags
        self.values = values
        self.files = files
        self.long = long
        self.longValues = longValues
        self.operands = operands
        self.deep = deep
    }

    /// What the command reads.
    static func verdict(of command: ShellCommand) -> ReadOnlyVerdict {
        guard let name = command.name else { return .unknown("its name is known only when it runs") }
        let words = command.words.dropFirst()
        switch name {
        case "git": return ReadOnlyGit.verdict(of: words)
        case "find": return ReadOnlyFind.verdict(of: words)
        case "sed": return ReadOnlySed.verdict(of: words)
        default: break
        }
        if words.count == 1, words.first?.text == "--version", showsVersion.contains(name) {
            return .reads([], isDeep: false)
        }
        if name == "jq", words.contains(where: { loadsModule($0) }) {
            return .unknown("a filter of jq with import or include reads files that it names itself")
        }
        if name == "strings", words.contains(where: { $0.knownBytes.first == UInt8(ascii: "@") }) {
            return .unknown("strings reads more words from a file")
        }
        guard let form = table[name] else { return .unknown("\(name) is not known to read only") }
        return form.verdict(of: words.filter { !isKnownWhole($0, of: name) })
    }

    /// Options that are whole words, and the letters of `ps aux`; not its `e`, which shows the variables of all.
    private static func isKnownWhole(_ word: ShellWord, of name: String) -> Bool {
        guard let text = word.text else { return false }
        switch name {
        case "date": return ["-Idate", "-Ihours", "-Iminutes", "-Iseconds", "-Ins"].contains(text)
        case "ps": return !text.isEmpty && text.allSatisfy("auxfwlj".contains)
        default: return false
        }
    }

    private static func loadsModule(_ word: ShellWord) -> Bool {
        let text = String(decoding: word.knownBytes, as: UTF8.self)
        return text.contains("import") || text.contains("include")
    }

    /// What the command reads with these words.
    func verdict(of words: ArraySlice<ShellWord>) -> ReadOnlyVerdict {
        var reading = Reading(form: self)
        reading.isDeep = deep.contains("*")
        if case .text = operands, flags == "*" { return .reads([], isDeep: false) }
        var rest = words
        while let word = rest.popFirst() {
            if let reason = reading.take(word, &rest) { return .unknown(reason) }
        }
        return reading.finish()
    }

    /// Goes through the words of one command.
    private struct Reading {
        let form: ReadOnlyCommand
        var paths: [ShellWord] = []
        var operands: [ShellWord] = []
        var isBehindOptions = false
        var hasPattern = false
        var isDeep = false

        /// Takes a word, with its value where it has one; a reason when it must be asked.
        mutating func take(_ word: ShellWord, _ rest: inout ArraySlice<ShellWord>) -> String? {
            guard let text = word.text ?? word.path else {
                if word.isPattern, mayTakePatterns {
                    operands.append(word)
                    return nil
                }
                guard case .text = form.operands, word.beginsPlainly else {
                    return "'\(word.shown)' is known only when it runs"
                }
                return nil
            }
            guard !isBehindOptions, text.hasPrefix("-"), text.utf8.count > 1 else {
                operands.append(word)
                return nil
            }
            if text == "--" {
                isBehindOptions = true
                return nil
            }
            if form.deep.contains(text) { isDeep = true }
            return text.hasPrefix("--") ? takeLong(text, &rest) : takeShort(text, &rest)
        }

        /// Where it makes no difference how many names there are.
        private var mayTakePatterns: Bool {
            switch form.operands {
            // Of two folders it shows what they hold.
            case .files: form.name != "diff"
            case .textThenFiles: hasPattern || !operands.isEmpty
            case .text, .oneFile, .none, .formats: false
            }
        }

        private mutating func takeLong(_ text: String, _ rest: inout ArraySlice<ShellWord>) -> String? {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let option = String(parts[0])
            if parts.count == 2 {
                guard form.longValues.contains(option) else { return "its option \(option) is not known" }
            } else if !form.long.contains(option) {
                guard form.longValues.contains(option), rest.popFirst()?.literal != nil else {
                    return "its option \(option) is not known"
                }
            }
            // `rg --files` takes no pattern.
            if option == "--regexp" || option == "--files" { hasPattern = true }
            return nil
        }

        private mutating func takeShort(_ text: String, _ rest: inout ArraySlice<ShellWord>) -> String? {
            var letters = text.dropFirst()
            if form.flags.contains("#"), letters.allSatisfy({ $0.isASCII && $0.isNumber }) { return nil }
            while let letter = letters.popFirst() {
                if form.deep.contains("-\(letter)") { isDeep = true }
                if letter != "#", form.flags.contains(letter) { continue }
                guard form.values.contains(letter) || form.files.contains(letter) else {
                    return "its option -\(letter) is not known"
                }
                let value = letters.isEmpty ? rest.popFirst() : ShellWord(literal: Array(letters.utf8))
                guard let value, value.literal != nil else { return "the value of -\(letter) is not known" }
                if form.files.contains(letter) { paths.append(value) }
                if letter == "e" || letter == "f" { hasPattern = true }
                return nil
            }
            return nil
        }

        func finish() -> ReadOnlyVerdict {
            switch form.operands {
            case .files: return .reads(paths + operands, isDeep: isDeep)
            case .textThenFiles:
                return .reads(paths + (hasPattern ? operands : Array(operands.dropFirst())), isDeep: isDeep)
            case .text: return .reads(paths, isDeep: isDeep)
            case .oneFile where operands.count <= 1: return .reads(paths + operands, isDeep: isDeep)
            case .none where operands.isEmpty: return .reads(paths, isDeep: isDeep)
            case .formats where operands.allSatisfy({ $0.text?.hasPrefix("+") ?? false }):
                return .reads(paths, isDeep: isDeep)
            case .oneFile, .none, .formats: return .unknown("with these words \(form.name) may write or set something")
            }
        }
    }
}
