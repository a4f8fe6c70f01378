/// Commands that set variables, or that compute with what is in one.
extension ShellUnwrapping {
    /// `set -euo pipefail` and the like; nothing that changes how the script is read.
    mutating func settings() {
        guard !operands.isEmpty else { return kind = .opaque }
        for word in operands {
            guard let text = word.text else { return problem = "set with words that are not known" }
            if text == "--" { return }
            // `-o` alone prints the settings.
            let isName = ["pipefail", "errexit", "nounset", "xtrace"].contains(text)
            let isFlags =
                text.count > 1 && "-+".contains(text.first ?? " ") && text.dropFirst().allSatisfy("euxo".contains)
            guard isName || isFlags else { return problem = "set \(text) changes how a script is read" }
        }
        kind = .transparent
    }

    /// `export NAME=value`: an option other than the plain ones can make a name of another, or compute.
    mutating func declare(_ program: String) {
        for word in operands {
            let known = word.knownBytes
            if known.first == UInt8(ascii: "-") {
                guard ["-x", "-r", "-g", "-p"].contains(word.text) else {
                    return problem = "\(program) \(word.shown) is not taken apart"
                }
                continue
            }
            guard case .text(let head) = word.parts.first, !word.hasBraces,
                word.literal != nil || head.contains(UInt8(ascii: "="))
            else { return problem = "\(program) sets a variable that only the run can tell" }
            let name = head.prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: "+") }
            guard !name.isEmpty, name.allSatisfy(\.isNamePart) else { return problem = "\(program) sets \(word.shown)" }
            assigned.append(String(decoding: name, as: UTF8.self))
        }
        // Without a name it prints every variable.
        if operands.contains(where: { $0.knownBytes.first != UInt8(ascii: "-") }) { kind = .transparent }
    }

    mutating func declareNames(_ words: ArraySlice<ShellWord>) {
        for word in words {
            guard let text = word.text else { return problem = "read sets a variable that only the run can tell" }
            if text == "-r" { continue }
            guard text.utf8.allSatisfy(\.isNamePart), text.utf8.first?.isNameStart == true else {
                return problem = "read \(text) is not taken apart"
            }
            assigned.append(text)
        }
        kind = .transparent
    }

    mutating func changeVariables(_ program: String) {
        guard program == "unset", operands.allSatisfy({ $0.text?.utf8.allSatisfy(\.isNamePart) ?? false }) else {
            return problem = "\(program) changes variables that only the run can tell"
        }
        assigned += operands.compactMap(\.text)
        kind = .transparent
    }

    /// `printf -v` and `wait -p` set a variable.
    mutating func checkFirst(_ program: String) {
        guard let first = operands.first else { return }
        let isJob = program == "wait" && first.parts == [.expansion(variable: [UInt8(ascii: "!")], splits: true)]
        if !first.beginsPlainly, !isJob, first.text != "--" {
            problem = "\(program) with a first word like this can set a variable"
        } else if program == "printf", let format = plainOperands.first, countsInto(format) {
            problem = "printf with %n sets a variable"
        }
    }

    /// `%n` in a format sets the variable that an operand names to the number of characters so far.
    private func countsInto(_ format: ShellWord) -> Bool {
        // Without operands there is no name.
        guard plainOperands.count > 1 || !format.staysOne else { return false }
        guard var rest = format.literal?[...] else { return true }
        while let percent = rest.firstIndex(of: UInt8(ascii: "%")) {
            rest = rest[(percent + 1)...].drop { "#'-+ 0123456789*.hjlLtz".utf8.contains($0) }
            if rest.popFirst() == UInt8(ascii: "n") { return true }
        }
        return false
    }

    /// `-v` and `-R` evaluate a subscript; a word that is not known must not stand where they could.
    mutating func checkTest() {
        let words = Array(operands)
        for (index, word) in words.enumerated() {
            if word.text == "-v" || word.text == "-R" { problem = "a test evaluates a name" }
            guard word.literal == nil else { continue }
            let before = index > 0 ? words[index - 1].text ?? "" : ""
            let behind = index + 1 < words.count ? words[index + 1].text ?? "" : ""
            let isOperand = Self.unary.contains(before) || Self.binary.contains(before) || Self.binary.contains(behind)
            if !word.staysOne && !word.isCount || !isOperand {
                problem = "a test evaluates a word that only the run can tell"
            }
        }
    }

    private static let unary: Set = [
        "-n", "-z", "-f", "-d", "-e", "-r", "-w", "-x", "-s", "-L", "-h", "-b", "-c", "-p", "-S", "-t", "-u", "-g",
        "-k",
    ]
    private static let binary: Set = [
        "=", "==", "!=", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef", "<", ">",
    ]
}

extension ShellWord {
    /// `$?` or `$#`: always a number, which nothing parts.
    fileprivate var isCount: Bool {
        guard parts.count == 1, case .expansion(let name?, _) = parts[0] else { return false }
        return name == [UInt8(ascii: "?")] || name == [UInt8(ascii: "#")]
    }
}
