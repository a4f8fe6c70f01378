/// Reads the text of a rule.
enum RuleText {
    /// The tool's name and what stands in the parentheses.
    static func split(_ text: String) throws(RuleError.Problem) -> (toolName: String, pattern: String?) {
        guard !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control && $0 != "\t" }) else {
            throw .control
        }
        let bytes = ShellWords.trimmed(text.utf8)
        guard !bytes.isEmpty else { throw .empty }
        guard isBalanced(bytes) else { throw .unbalanced }
        guard let open = bytes.firstIndex(of: UInt8(ascii: "(")) else {
            return (try name(bytes), nil)
        }
        guard bytes.last == UInt8(ascii: ")") else { throw .unbalanced }
        let toolName = try name(bytes[..<open])
        let pattern = ShellWords.trimmed(bytes[(open + 1)...].dropLast())
        guard !pattern.isEmpty else { throw .emptyPattern }
        return (toolName, String(decoding: pattern, as: UTF8.self))
    }

    /// The pattern as the tool understands it.
    static func shape(of pattern: String, for toolName: String) throws(RuleError.Problem) -> Rule.Pattern {
        guard !toolName.hasPrefix("mcp__") else { throw .mcpPattern }
        switch BuiltInTool.named(toolName)?.first {
        case .bash:
            guard let command = CommandPattern(pattern) else { throw .emptyPattern }
            return .command(command)
        case .webFetch:
            guard let domain = DomainPattern(pattern) else { throw .domain }
            return .domain(domain)
        case .task: return .agent(pattern)
        case .updatePlan, .askUser: throw .noPattern(toolName)
        case .readFile, .listFiles, .writeFile, .editFile, .findFiles, .searchFiles, nil:
            return .path(try PathPattern(pattern))
        }
    }

    private static func name(_ bytes: ArraySlice<UInt8>) throws(RuleError.Problem) -> String {
        let name = String(decoding: bytes, as: UTF8.self)
        let star = bytes.firstIndex(of: UInt8(ascii: "*"))
        if let star, star != bytes.indices.last || !name.hasPrefix("mcp__") { throw .starInName }
        guard !bytes.isEmpty, bytes.allSatisfy(isNameByte) else { throw .toolName }
        return name
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "*"):
            true
        default: false
        }
    }

    /// Whether each `)` closes a `(` and none stays open.
    private static func isBalanced(_ bytes: ArraySlice<UInt8>) -> Bool {
        var depth = 0
        for byte in bytes {
            if byte == UInt8(ascii: "(") { depth += 1 }
            if byte == UInt8(ascii: ")") { depth -= 1 }
            if depth < 0 { return false }
        }
        return depth == 0
    }
}
