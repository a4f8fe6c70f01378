extension ShellParser {
    /// What has been read of a simple command.
    private struct Simple {
        var words: [ShellWord] = []
        var assigned: [String] = []
        var redirections: [ShellRedirection] = []
        /// Whether its words are being read: a failure is in one of them.
        var isInWord = false

        var isEmpty: Bool { words.isEmpty && assigned.isEmpty && redirections.isEmpty }
    }

    /// Assignments, words and redirections in any order, up to what ends the command.
    mutating func simpleCommand() throws(Failure) {
        let start = at
        var command = Simple()
        do throws(Failure) {
            guard try parts(of: &command) else { return }
            guard at > start, !command.isEmpty else { throw unexpected() }
            if byte == UInt8(ascii: "(") { throw unexpected() }
        } catch {
            // For rules that restrict: it begins with these words, whatever comes.
            if command.isInWord, command.words.isEmpty { command.words = [.unknown] }
            let isSaid = command.words == [.unknown] && commands.last?.words == command.words
            if !command.isEmpty, !isSaid { emit(command, offset: start) }
            throw error
        }
        emit(command, offset: start)
    }

    /// Reads the parts; false when it was a function.
    private mutating func parts(of command: inout Simple) throws(Failure) -> Bool {
        while true {
            try skipBlanks()
            if try redirection(into: &command.redirections) { continue }
            if command.words.isEmpty, let name = try assignment() {
                command.assigned.append(name)
                continue
            }
            if byte == UInt8(ascii: "("), command.words.count == 1, command.assigned.isEmpty,
                command.redirections.isEmpty
            {
                if "?*+@!".utf8.contains(bytes[at - 1]) {
                    // `@(r)m`, once `shopt` has switched it on.
                    command.words = [.unknown]
                    throw problem("a pattern of several names is not taken apart")
                }
                try function(named: command.words[0])
                return false
            }
            command.isInWord = true
            let wordStart = at
            let word = try word()
            command.isInWord = false
            guard let word else { return true }
            try checkNoDescriptor(from: wordStart)
            command.words.append(word)
        }
    }

    private mutating func emit(_ command: Simple, offset: Int) {
        emit(command.words, assigned: command.assigned, redirections: command.redirections, offset: offset)
    }

    mutating func emit(
        _ words: [ShellWord], assigned: [String] = [], redirections: [ShellRedirection] = [], offset: Int
    ) {
        commands.append(
            ShellCommand(
                words, assigned: assigned, redirections: redirections, offset: offset, mayRunLater: repeats > 0))
    }

    /// Behind `name (`: the rest of `name () body`.
    private mutating func function(named name: ShellWord) throws(Failure) {
        guard name.literal?.isEmpty == false, !name.isQuoted else { throw unexpected() }
        at += 1
        try skipBlanks()
        try close()
        try nested { parser throws(Failure) in try parser.functionBody() }
    }

    // MARK: - Assignments

    /// The name at this place; empty when there is none.
    mutating func variableName() -> String {
        let start = at
        guard let first = byte, first.isNameStart else { return "" }
        while let next = byte, next.isNamePart { at += 1 }
        return String(decoding: bytes[start..<at], as: UTF8.self)
    }

    /// Reads `name=value`, `name+=value`, `name[1]=value` or `name=(values)`; nil, and nothing read, for another word.
    private mutating func assignment() throws(Failure) -> String? {
        let start = at
        let name = variableName()
        guard !name.isEmpty else { return nil }
        if byte == UInt8(ascii: "[") {
            // A subscript is computed, and what is computed can run a command.
            guard let end = bytes[at...].prefix(24).firstIndex(of: UInt8(ascii: "]")), end + 1 < bytes.count,
                bytes[end + 1] == UInt8(ascii: "=") || bytes[end + 1] == UInt8(ascii: "+")
            else {
                at = start
                return nil
            }
            guard bytes[(at + 1)..<end].allSatisfy({ $0.isDigit }) else {
                throw problem("the subscript of an assignment is not a number")
            }
            at = end + 1
        }
        let isWhole = byte == UInt8(ascii: "=") && at == start + name.utf8.count
        if byte == UInt8(ascii: "+"), peek() == UInt8(ascii: "=") { at += 1 }
        guard byte == UInt8(ascii: "=") else {
            at = start
            return nil
        }
        at += 1
        if byte == UInt8(ascii: "(") {
            try array()
            record(name, .unknown)
        } else if let value = try word(isValue: true) {
            record(name, value)
            if !isWhole { record(name, .unknown) }
        }
        return name
    }

    private mutating func array() throws(Failure) {
        at += 1
        try skipLines()
        while let next = byte, next != UInt8(ascii: ")") {
            // `[index]=value` computes the index.
            guard next != UInt8(ascii: "[") else { throw problem("an array with subscripts is not taken apart") }
            guard try word() != nil else { throw unexpected() }
            try skipLines()
        }
        try close()
    }

    /// Remembers what a variable can be, for rules that deny. A variable that is not in the list can be anything.
    mutating func record(_ name: String, _ value: ShellWord) {
        let name = Array(name.utf8)
        let count = values[name]?.count ?? 0
        guard count < 64, count > 0 || values.count < 64 else {
            if count == 64 { values[name]?.append(.unknown) }
            return
        }
        values[name, default: []].append(value)
    }

    // MARK: - Redirections

    /// Reads one redirection when there is one here.
    mutating func redirection(into redirections: inout [ShellRedirection]) throws(Failure) -> Bool {
        let start = at
        skipDescriptor()
        let hasDescriptor = at > start
        guard let symbol = redirectionSymbol() else {
            at = start
            return false
        }
        if byte == UInt8(ascii: "("), symbol == "<" || symbol == ">" {
            // `<(list)` is a word. With a number before it shells differ.
            guard !hasDescriptor else { throw problem("a process substitution stands behind a number") }
            at = start
            return false
        }
        try skipBlanks()
        if symbol.hasPrefix("<<"), symbol != "<<<" {
            pending.append(try hereDocument(stripsTabs: symbol == "<<-"))
            return true
        }
        guard let target = try word() else { throw problem("a redirection needs a file") }
        redirections.append(ShellRedirection(kind: try kind(of: symbol, target), target: target))
        return true
    }

    /// Digits or `{name}` directly before `<` or `>`.
    private mutating func skipDescriptor() {
        var end = at
        if byte == UInt8(ascii: "{") {
            end += 1
            while end < bytes.count, bytes[end].isNamePart { end += 1 }
            guard end > at + 1, end < bytes.count, bytes[end] == UInt8(ascii: "}") else { return }
            end += 1
        } else {
            while end < bytes.count, bytes[end].isDigit { end += 1 }
        }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "<") || bytes[end] == UInt8(ascii: ">") else { return }
        // The variable of `{name}>` is set to a number, whatever its name.
        if byte == UInt8(ascii: "{") { note("a redirection sets a variable") }
        at = end
    }

    /// `{a[b]}>` sets a part of a variable, and computes which one: `b` can hold `x[$(command)]`.
    private func checkNoDescriptor(from start: Int) throws(Failure) {
        guard bytes[start] == UInt8(ascii: "{"), bytes[at - 1] == UInt8(ascii: "}"),
            byte == UInt8(ascii: "<") || byte == UInt8(ascii: ">")
        else { return }
        throw problem("a redirection sets a part of a variable", at: start)
    }

    private mutating func redirectionSymbol() -> String? {
        guard let byte, "<>&".utf8.contains(byte) else { return nil }
        for symbol in ["<<<", "<<-", "&>>", "<<", "<&", "<>", ">>", ">&", ">|", "&>", "<", ">"] {
            guard bytes[at...].starts(with: symbol.utf8) else { continue }
            at += symbol.utf8.count
            return symbol
        }
        return nil
    }

    private func kind(of symbol: String, _ target: ShellWord) throws(Failure) -> ShellRedirection.Kind {
        switch symbol {
        case "<<<": return .none
        case "<": return .read
        case "<&", ">&":
            guard let literal = target.literal else { throw problem("a redirection to a descriptor that is not known") }
            let digits = literal.last == UInt8(ascii: "-") ? literal.dropLast() : literal[...]
            if !literal.isEmpty, digits.allSatisfy({ $0.isDigit }) { return .none }
            guard symbol == ">&" else { throw problem("<& needs a descriptor") }
            return .write
        default: return .write
        }
    }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    /// A letter, a digit or `_`.
    var isNamePart: Bool { isNameStart || isDigit }
}
