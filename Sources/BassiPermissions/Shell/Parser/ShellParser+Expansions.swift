extension ShellParser {
    /// At `$`: a variable, a substitution, arithmetic, a quote, or the sign itself.
    mutating func dollar(into builder: inout ShellWordBuilder, isQuoted: Bool) throws(Failure) {
        at += 1
        switch byte {
        case UInt8(ascii: "("):
            if peek() == UInt8(ascii: "(") {
                at += 2
                try nested { parser throws(Failure) in try parser.arithmetic() }
            } else {
                try substitution()
            }
            builder.add(.expansion(variable: nil, splits: !isQuoted))
        case UInt8(ascii: "{"): builder.add(try parameter(isQuoted: isQuoted))
        case UInt8(ascii: "'") where !isQuoted: builder.add(quoted: try ansiQuoted())
        case UInt8(ascii: "\"") where !isQuoted: try doubleQuoted(into: &builder)
        case UInt8(ascii: "["): throw problem("$[ is not taken apart")
        case UInt8(ascii: "\\") where peek() == UInt8(ascii: "\n"):
            throw problem("a backslash at the end of a line stands behind $")
        case let next? where next.isNameStart:
            builder.add(.expansion(variable: Array(variableName().utf8), splits: !isQuoted))
        case let next? where next.isDigit || "@*#?$!-".utf8.contains(next):
            at += 1
            // "$@" is as many words as there are.
            builder.add(.expansion(variable: [next], splits: !isQuoted || next == UInt8(ascii: "@")))
        default: builder.add(quoted: CollectionOfOne(UInt8(ascii: "$")))
        }
    }

    /// At `(`: the list of a substitution and its `)`.
    mutating func substitution() throws(Failure) {
        let (waiting, outer) = (pending, outerIsPending)
        let (start, commandsBefore, documentsBefore) = (at, commands.count, documentsRead)
        outerIsPending = outer || !waiting.isEmpty
        pending = []
        at += 1
        try nested { parser throws(Failure) in
            try parser.list()
            try parser.close()
        }
        guard pending.isEmpty else { throw problem("a here-document begins in a substitution and has no text there") }
        // bash 5.2 writes a substitution anew and runs what it wrote. Behind a here-document it loses the signs that part
        // commands: `a; b` becomes `a b`.
        guard documentsRead == documentsBefore || commands.count <= commandsBefore + 1 else {
            throw problem("a substitution has a here-document and several commands", at: start)
        }
        (pending, outerIsPending) = (waiting, outer)
    }

    /// `` `…` ``: the text without one layer of backslashes is a script of its own.
    mutating func backticks(isQuoted: Bool) throws(Failure) {
        let start = at
        at += 1
        var script: [UInt8] = []
        while let next = byte, next != UInt8(ascii: "`") {
            at += 1
            guard next == UInt8(ascii: "\\"), let escaped = byte else {
                script.append(next)
                continue
            }
            guard escaped != UInt8(ascii: "\n") else { throw problem("a line is joined in backticks") }
            let isRemoved =
                escaped == UInt8(ascii: "`") || escaped == UInt8(ascii: "\\") || escaped == UInt8(ascii: "$")
                || isQuoted && escaped == UInt8(ascii: "\"")
            if !isRemoved { script.append(next) }
            script.append(escaped)
            at += 1
        }
        guard byte != nil else { throw problem("a backtick is not closed", at: start) }
        guard !outerIsPending, pending.isEmpty || !script.contains(UInt8(ascii: "\n")) else {
            throw problem("backticks stand in a line with a here-document", at: start)
        }
        at += 1
        try parse(within: script, from: start)
    }

    /// Reads a script that stands in this one.
    private mutating func parse(within script: [UInt8], from start: Int) throws(Failure) {
        guard depth + 1 < ShellScript.depthMax else {
            throw problem("it is nested deeper than \(ShellScript.depthMax) levels", at: start)
        }
        var parser = ShellParser(script, depth: depth + 1)
        parser.repeats = repeats
        parser.recovers = recovers
        parser.parse()
        for var command in parser.commands {
            command.offset = start
            commands.append(command)
        }
        values.merge(parser.values) { $0 + $1 }
        isWhole = isWhole && parser.isWhole
        problems += parser.problems.map { ShellProblem($0.reason, at: start) }
    }

    // MARK: - Arithmetic

    /// Behind `((`: up to `))`. A variable in it can hold `a[$(command)]`, which arithmetic runs.
    mutating func arithmetic() throws(Failure) {
        var open = 0
        while let next = byte {
            switch next {
            case UInt8(ascii: ")"):
                if open > 0 {
                    open -= 1
                    at += 1
                    continue
                }
                guard peek() == UInt8(ascii: ")") else { throw problem("'((' is not closed with '))'") }
                at += 2
                return
            case UInt8(ascii: "("):
                open += 1
                at += 1
            case UInt8(ascii: "$") where peek() == UInt8(ascii: "#") || peek() == UInt8(ascii: "?"): at += 2
            case UInt8(ascii: "$"), UInt8(ascii: "`"):
                note("arithmetic with a value that is not known")
                var builder = ShellWordBuilder()
                try quotedPiece(next, into: &builder, escapes: "")
            case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "#"), UInt8(ascii: "["):
                throw problem("arithmetic with quotes, subscripts or bases is not taken apart")
            case let letter where letter.isNameStart:
                let name = variableName()
                note("arithmetic with the variable \(name)")
            default: try number(next)
            }
        }
        throw problem("'((' is not closed with '))'")
    }

    private mutating func number(_ next: UInt8) throws(Failure) {
        guard next.isDigit || " \t+-*/%<>=!&|^~?:,".utf8.contains(next) else { throw unexpected() }
        // `1x` is a number in no shell; `0x1F` is one in all.
        if next == UInt8(ascii: "0"), peek() == UInt8(ascii: "x") { at += 1 }
        at += 1
    }

    // MARK: - Parameters

    /// At `{` behind `$`: `${name}`, `${#name}`, `${name:-word}`, `${name//pattern/text}`, …
    private mutating func parameter(isQuoted: Bool) throws(Failure) -> ShellWord.Part {
        let start = at
        at += 1
        if byte == UInt8(ascii: "!") { throw problem("${! means a variable that only the run can tell") }
        if byte == UInt8(ascii: "#"), peek() != UInt8(ascii: "}") { at += 1 }
        var name = Array(variableName().utf8)
        if name.isEmpty {
            while let digit = byte, digit.isDigit { name.append(digit); at += 1 }
        }
        if name.isEmpty, let special = byte, "@*#?$!-".utf8.contains(special) {
            name = [special]
            at += 1
        }
        guard !name.isEmpty else { throw problem("${ needs a name") }
        try subscriptOfParameter()
        let operation = at
        try nested { parser throws(Failure) in try parser.parameterRest(isQuoted: isQuoted) }
        let text = bytes[operation..<at]
        at += 1
        try check(operation: text, on: name)
        let isPlain = text.isEmpty && operation == start + 1 + name.count
        let isMany = bytes[start..<at].contains(UInt8(ascii: "@"))
        return .expansion(variable: isPlain ? name : nil, splits: !isQuoted || isMany)
    }

    private mutating func subscriptOfParameter() throws(Failure) {
        guard byte == UInt8(ascii: "[") else { return }
        at += 1
        if byte == UInt8(ascii: "@") || byte == UInt8(ascii: "*") {
            at += 1
        } else {
            while byte?.isDigit ?? false { at += 1 }
        }
        guard byte == UInt8(ascii: "]") else { throw problem("the subscript of a variable is not a number") }
        at += 1
    }

    /// What stands behind the name, up to the `}`.
    private mutating func parameterRest(isQuoted: Bool) throws(Failure) {
        var builder = ShellWordBuilder()
        while let next = byte, next != UInt8(ascii: "}") {
            switch next {
            case UInt8(ascii: "\\"):
                guard let escaped = peek(), escaped != UInt8(ascii: "\n") else {
                    throw problem("a line is joined in ${")
                }
                at += 2
            case UInt8(ascii: "'"):
                // Inside double quotes it quotes in some forms and in others it does not.
                guard !isQuoted, let end = bytes[(at + 1)...].firstIndex(of: next) else {
                    throw problem("a single quote in ${ inside double quotes")
                }
                at = end + 1
            case UInt8(ascii: "\""): try doubleQuoted(into: &builder)
            case UInt8(ascii: "$"): try dollar(into: &builder, isQuoted: isQuoted)
            case UInt8(ascii: "`"): try backticks(isQuoted: isQuoted)
            case UInt8(ascii: "<") where peek() == UInt8(ascii: "("),
                UInt8(ascii: ">") where peek() == UInt8(ascii: "("):
                throw problem("a process substitution in ${")
            default: at += 1
            }
        }
        guard byte != nil else { throw problem("${ is not closed") }
    }

    /// Forms that compute, or that read a value as a prompt, can run what the value says.
    private mutating func check(operation text: ArraySlice<UInt8>, on name: [UInt8]) throws(Failure) {
        guard let first = text.first else { return }
        let second = text.dropFirst().first
        switch first {
        case UInt8(ascii: ":") where second == UInt8(ascii: "="), UInt8(ascii: "="):
            emit([], assigned: [String(decoding: name, as: UTF8.self)], offset: at)
            record(String(decoding: name, as: UTF8.self), .unknown)
        case UInt8(ascii: ":"):
            if let second, "-+?".utf8.contains(second) { return }
            guard text.allSatisfy({ $0.isDigit || ": -".utf8.contains($0) }) else {
                throw problem("the offset of a substring is not a number")
            }
        case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: "%"),
            UInt8(ascii: "/"), UInt8(ascii: "^"), UInt8(ascii: ","):
            return
        default: throw problem("a form of ${ that is not taken apart")
        }
    }
}
