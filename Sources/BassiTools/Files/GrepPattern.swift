/// A regular expression as `grep -E` reads it: it takes `\d` for a `d` and a backslash in brackets for itself, and would
/// find something else without a word.
enum GrepPattern {
    private static let outside: [Character: String] = ["d": "[0-9]", "D": "[^0-9]", "t": "\t"]
    private static let inBrackets: [Character: String] = [
        "d": "0-9", "w": "[:alnum:]_", "s": "[:space:]", "t": "\t", "]": "[.].]", "[": "[.[.]", "-": "[.-.]",
        "^": "[.^.]",
    ]

    static func translated(_ pattern: String) -> String {
        var result = ""
        var rest = pattern[...]
        var isInBrackets = false
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let next = rest.popFirst() else { return result + "\\" }
                result += isInBrackets ? inBrackets[next] ?? String(next) : outside[next] ?? "\\\(next)"
            case "[" where isInBrackets && rest.first == ":":
                let name = rest.prefix { $0 != "]" }
                result += "[" + name + "]"
                rest = rest.dropFirst(name.count + 1)
            case "[" where !isInBrackets:
                isInBrackets = true
                result += "["
                // At the beginning both stand for themselves or turn the meaning, and end nothing.
                for first in ["^", "]"] as [Character] where rest.first == first {
                    result.append(first)
                    rest.removeFirst()
                }
            case "]":
                isInBrackets = false
                result += "]"
            case "(" where !isInBrackets && rest.hasPrefix("?:"):
                result += "("
                rest = rest.dropFirst(2)
            default: result.append(character)
            }
        }
        return result
    }
}
