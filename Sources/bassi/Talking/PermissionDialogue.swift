import BassiEvents
import BassiSession
import Foundation

/// Asks the person at the terminal whether a call may run.
enum PermissionDialogue {
    /// An answer that comes sooner was typed before the question was seen.
    private static let readingTime = Duration.milliseconds(400)

    static func ask(_ question: PermissionRequested, _ screen: PlainScreen) -> PermissionAnswer {
        screen.line("\nMay I run \(question.toolName)?")
        screen.line("  " + RunView.summary(of: question.toolInput))
        let rule = question.suggestedRules.first
        let always = rule.map { "  [a] yes, and \($0) for this session" }
        while true {
            screen.write("  [y] yes  [n] no\(always ?? "")  > ")
            guard let word = read() else { return PermissionAnswer(.deny, reason: "the terminal was closed") }
            switch word {
            case "y", "yes": return PermissionAnswer(.allow)
            case "n", "no": return PermissionAnswer(.deny)
            case "a" where rule != nil: return PermissionAnswer(.allow, scope: .session, rule: rule)
            default: screen.line("  Please answer y or n.")
            }
        }
    }

    static func yes(_ question: String, _ screen: PlainScreen) -> Bool {
        while true {
            screen.write("\(question) [y/n] > ")
            switch read() {
            case "y", "yes": return true
            case "n", "no", nil: return false
            default: screen.line("Please answer y or n.")
            }
        }
    }

    /// A line, without what was typed ahead; empty when it came too soon to be an answer. Nil at the end of input.
    private static func read() -> String? {
        tcflush(STDIN_FILENO, TCIFLUSH)
        let start = ContinuousClock.now
        guard let line = readLine() else { return nil }
        guard ContinuousClock.now - start >= readingTime else { return "" }
        return line.trimmingCharacters(in: .whitespaces).lowercased()
    }
}
