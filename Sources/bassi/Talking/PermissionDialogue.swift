import BassiEvents
import BassiSession
import Foundation

/// Asks the person at the terminal.
struct PermissionDialogue: Sendable {
    let keyboard: Keyboard
    let screen: PlainScreen

    /// An answer that comes sooner was typed before the question was seen.
    private static let readingTime = Duration.milliseconds(400)

    /// Whether a call may run. No answer, because the terminal was closed or `isOver` says that the run has ended,
    /// counts as no.
    ///
    /// - Parameter agent: The sub-agent that asks; nil for the session itself.
    func ask(
        _ question: PermissionRequested, by agent: String? = nil, unless isOver: @escaping @Sendable () -> Bool
    ) async -> PermissionAnswer {
        let again = question.unconfined == true ? " again, outside of the sandbox" : ""
        screen.line("\nMay \(agent ?? "I") run \(question.toolName)\(again)?")
        screen.line("  " + RunView.summary(of: question.toolInput))
        for place in question.places where place.isElsewhere { screen.line("  It leads to \(place.place)") }
        if let reason = question.reason { screen.line("  It is asked since \(reason).") }
        let rule = question.suggestedRules.first
        if let rule { screen.line("  The rule would be \(rule): [s] for this session, [p] in this folder, [a] always") }
        while true {
            screen.write("  [y] yes  [n] no\(rule == nil ? "" : "  [s] [p] [a] yes, and the rule")  > ")
            switch await answer(unless: isOver)?.lowercased() {
            case nil: return PermissionAnswer(.deny, reason: "nobody answered")
            case "y", "yes": return PermissionAnswer(.allow)
            case "n", "no": return PermissionAnswer(.deny)
            case "s" where rule != nil: return PermissionAnswer(.allow, scope: .session, rule: rule)
            case "p" where rule != nil: return PermissionAnswer(.allow, scope: .project, rule: rule)
            case "a" where rule != nil: return PermissionAnswer(.allow, scope: .always, rule: rule)
            default: screen.line("  Please answer y or n.")
            }
        }
    }

    /// Nil when the terminal was closed without an answer.
    func yes(_ question: String) async -> Bool? {
        while true {
            screen.write("\(question) [y/n] > ")
            switch await answer(unless: { false })?.lowercased() {
            case "y", "yes": return true
            case "n", "no": return false
            case nil: return nil
            default: screen.line("Please answer y or n.")
            }
        }
    }

    /// A line, without what was typed ahead; empty when it came too soon to be an answer.
    func answer(unless isOver: @escaping @Sendable () -> Bool) async -> String? {
        keyboard.forget()
        let start = ContinuousClock.now
        guard let line = await keyboard.line(unless: isOver) else { return nil }
        guard ContinuousClock.now - start >= Self.readingTime else { return "" }
        return line.trimmingCharacters(in: .whitespaces)
    }
}
