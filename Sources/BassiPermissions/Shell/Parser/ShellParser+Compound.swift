extension ShellParser {
    /// One command of a pipeline: a simple one, or one that holds others.
    mutating func command() throws(Failure) {
        let start = at
        let word = reserved()
        guard word != nil || byte == UInt8(ascii: "(") else { return try simpleCommand() }
        try nested { parser throws(Failure) in try parser.compound(word) }
        var redirections: [ShellRedirection] = []
        try skipBlanks()
        while try redirection(into: &redirections) { try skipBlanks() }
        if !redirections.isEmpty { emit([], redirections: redirections, offset: start) }
    }

    private mutating func compound(_ word: String?) throws(Failure) {
        switch word {
        case nil: try parenthesis()
        case "{":
            at += 1
            try list()
            try expect("}")
        case "if": try conditionalCommand()
        case "while", "until":
            at += 5
            try repeated { parser throws(Failure) in
                try parser.list()
                try parser.doList()
            }
        case "for", "select": try forCommand()
        case "case": try caseCommand()
        case "function": try functionKeyword()
        case "[[": try conditionalExpression()
        case "coproc": try coprocess()
        default: throw problem("'\(word ?? "")' is not expected here")
        }
    }

    /// `coproc command`, or `coproc NAME { …; }`: it sets variables, so that no rule allows it.
    private mutating func coprocess() throws(Failure) {
        note("coproc is not taken apart")
        at += 6
        try skipBlanks()
        let start = at
        if !variableName().isEmpty, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") { try skipBlanks() }
        if byte != UInt8(ascii: "("), reserved() == nil { at = start }
        try command()
    }

    /// What is in it can run again when what stands behind it has run.
    mutating func repeated(_ body: (inout ShellParser) throws(Failure) -> Void) throws(Failure) {
        repeats += 1
        try body(&self)
        repeats -= 1
    }

    /// `( list )` or `(( expression ))`.
    private mutating func parenthesis() throws(Failure) {
        if peek() == UInt8(ascii: "(") {
            at += 2
            return try arithmetic()
        }
        at += 1
        try list()
        try close()
    }

    /// The `)` at the end of a list.
    mutating func close() throws(Failure) {
        guard byte == UInt8(ascii: ")") else {
            throw byte == nil ? problem("a parenthesis is not closed") : unexpected()
        }
        at += 1
    }

    private mutating func conditionalCommand() throws(Failure) {
        at += 2
        while true {
            try list()
            try expect("then")
            try list()
            guard reserved() == "elif" else { break }
            at += 4
        }
        if reserved() == "else" {
            at += 4
            try list()
        }
        try expect("fi")
    }

    private mutating func doList() throws(Failure) {
        try skipLines()
        try expect("do")
        try list()
        try expect("done")
    }

    /// `for name in words; do list; done`, `for (( … )); do list; done`; `select` alike.
    private mutating func forCommand() throws(Failure) {
        let start = at
        at += byte == UInt8(ascii: "f") ? 3 : 6
        try skipBlanks()
        if isAt("((") {
            at += 2
            try arithmetic()
        } else {
            let name = variableName()
            guard !name.isEmpty else { throw problem("a loop needs the name of a variable") }
            emit([], assigned: [name], offset: start)
            try skipLines()
            if reserved() == "in" {
                at += 2
                try skipBlanks()
                while let next = byte, next != UInt8(ascii: ";"), next != UInt8(ascii: "\n") {
                    guard let word = try word() else { throw unexpected() }
                    record(name, word)
                    try skipBlanks()
                }
            } else {
                record(name, .unknown)
            }
        }
        try skipBlanks()
        if byte == UInt8(ascii: ";") { at += 1 }
        try repeated { parser throws(Failure) in try parser.doList() }
    }

    /// `case word in pattern) list ;; esac`.
    private mutating func caseCommand() throws(Failure) {
        at += 4
        try skipBlanks()
        guard try word() != nil else { throw unexpected() }
        try skipLines()
        try expect("in")
        try skipLines()
        while reserved() != "esac" {
            if byte == UInt8(ascii: "(") { at += 1 }
            repeat {
                if byte == UInt8(ascii: "|") { at += 1 }
                try skipBlanks()
                guard try word() != nil else { throw unexpected() }
                try skipBlanks()
            } while byte == UInt8(ascii: "|")
            try close()
            try list()
            if isAt(";;&") { at += 3 } else if isAt(";;") || isAt(";&") { at += 2 } else { break }
            try skipLines()
        }
        try expect("esac")
    }

    private mutating func functionKeyword() throws(Failure) {
        at += 8
        try skipBlanks()
        guard let name = try word(), name.literal?.isEmpty == false else {
            throw problem("a function needs a name")
        }
        try skipBlanks()
        if byte == UInt8(ascii: "(") {
            at += 1
            try skipBlanks()
            try close()
        }
        try functionBody()
    }

    /// What a function does is judged where it is defined, as if it were called there with anything.
    mutating func functionBody() throws(Failure) {
        try skipLines()
        guard byte == UInt8(ascii: "(") || reserved().map({ !Self.closers.contains($0) }) ?? false else {
            throw problem("the body of a function is expected here")
        }
        try repeated { parser throws(Failure) in try parser.command() }
    }

    // MARK: - Conditions

    /// `[[ … ]]`: no words are split in it, but substitutions run, and arithmetic can.
    private mutating func conditionalExpression() throws(Failure) {
        at += 2
        var words: [ShellWord] = []
        while true {
            try skipLines()
            if isAt("]]"), peek(2).map(Self.endsWord) ?? true { break }
            switch byte {
            case nil: throw problem("[[ is not closed")
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "<"), UInt8(ascii: ">"):
                guard peek() != UInt8(ascii: "(") || byte == UInt8(ascii: "(") else { throw unexpected() }
                at += 1
            case UInt8(ascii: "&") where isAt("&&"), UInt8(ascii: "|") where isAt("||"): at += 2
            default:
                let isExpression = words.last?.literal == Array("=~".utf8)
                guard let word = try word(isExpression: isExpression) else { throw unexpected() }
                words.append(word)
            }
        }
        at += 2
        checkArithmetic(in: words)
    }

    /// `-eq` evaluates both sides and `-v` a subscript, and a value can hold `a[$(command)]`.
    private mutating func checkArithmetic(in words: [ShellWord]) {
        let comparing = Set(["-eq", "-ne", "-lt", "-le", "-gt", "-ge"])
        for (index, word) in words.enumerated() {
            guard let text = word.text, !word.isQuoted else { continue }
            if comparing.contains(text) {
                let sides = [index - 1, index + 1].filter(words.indices.contains)
                if !sides.allSatisfy({ words[$0].isNumber }) { note("\(text) computes with a value that is not known") }
            }
            if text == "-v" || text == "-R" { note("\(text) evaluates a name") }
        }
    }
}

extension ShellWord {
    /// Whether it is a whole number, or one of the shell's own that always is.
    fileprivate var isNumber: Bool {
        if case .expansion(let name?, _) = parts.first, parts.count == 1 { return name == [0x23] || name == [0x3F] }
        guard let literal, !literal.isEmpty else { return false }
        let digits = literal.first == UInt8(ascii: "-") ? literal.dropFirst() : literal[...]
        return !digits.isEmpty && digits.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    }
}
