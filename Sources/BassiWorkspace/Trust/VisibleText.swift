/// Text of a folder that nobody trusts, on its way to a terminal.
enum VisibleText {
    /// One line in which everything can be seen: what would move the cursor, hide or turn text around is written as its
    /// number. What is left out is counted.
    static func line(_ text: String, max: Int = 400) -> String {
        var shown = ""
        var count = 0
        for scalar in text.unicodeScalars {
            count += 1
            if count > max { continue }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned:
                shown += scalar == "\n" ? "⏎" : "\\u{\(String(scalar.value, radix: 16))}"
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return count > max ? "\(shown)… (\(count - max) more characters: read the file)" : shown
    }
}
