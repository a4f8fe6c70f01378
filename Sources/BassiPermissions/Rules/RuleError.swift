/// A text is no rule. It quotes the text and says the right form.
public struct RuleError: Error, Equatable, CustomStringConvertible {
    /// The text, as it was given.
    public let text: String
    /// What is wrong with it and how to write it.
    public let advice: String

    init(_ text: String, _ problem: Problem) {
        self.text = text
        advice = problem.advice
    }

    /// The sentence for a person.
    public var description: String { "\"\(text)\" is not a permission rule: \(advice)" }

    /// What can be wrong.
    enum Problem: Error, Equatable {
        case empty, unbalanced, emptyPattern, toolName, control, nearly(String)
        case starInName, mcpPattern, noPattern(String), domain
        case endsWithSlash, braces, parentAfterWildcard, doubleStarInName, otherHome

        var advice: String {
            switch self {
            case .empty: "it is empty; write Tool or Tool(pattern), as in Bash(npm run *)."
            case .unbalanced: "its parentheses do not match; write Tool or Tool(pattern), as in Bash(npm run *)."
            case .emptyPattern:
                "the pattern is empty; write the tool alone, as in Read, or a pattern, as in Read(./src/**)."
            case .toolName:
                "the tool's name has letters, digits, _, - and . only; write Tool or Tool(pattern), as in Bash(npm run *)."
            case .control: "it has control characters; write one rule a line, as in Bash(npm run *)."
            case .nearly(let name): "there is no such tool; did you mean \(name)?"
            case .starInName: "* stands at the end of an MCP tool's name only, as in mcp__server__*."
            case .mcpPattern: "a tool of an MCP server has no pattern; write its name, as in mcp__server__tool."
            case .noPattern(let tool): "\(tool) has no pattern; write \(tool) alone."
            case .domain: "write WebFetch(domain:example.org) or WebFetch(domain:*.example.org)."
            case .endsWithSlash: "for all that is in a folder write ** behind the slash, as in Read(./src/**)."
            case .braces: "braces are not part of a path pattern; write one rule for each, as in Read(*.key)."
            case .parentAfterWildcard: "write .. before the first wildcard only, as in Read(../shared/**)."
            case .doubleStarInName: "** stands alone between slashes; write Read(./src/**/*.swift)."
            case .otherHome: "~ stands for your own home only; write ~/notes/** or //home/somebody/notes/**."
            }
        }
    }
}
