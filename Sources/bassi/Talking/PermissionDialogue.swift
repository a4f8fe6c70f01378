import BassiEvents
import BassiSession
import BassiStore
import Foundation

/// Asks the person at the terminal.
struct PermissionDialogue: Sendable {
    let keyboard: Keyboard
    let screen: PlainScreen

    /// An answer that comes sooner was typed before the question was seen.
    private static let readingTime = Duration.milliseconds(400)

    /// Whether a call may run. No answer, because the terminal was closed or `isOver` says that the run has ended,
    /// counts as no. What has not been shown whole is not allowed.
    ///
    /// - Parameter agent: The sub-agent that asks; nil for the session itself.
    func ask(
        _ question: PermissionRequested, by agent: String? = nil, unless isOver: @escaping @Sendable () -> Bool
    ) async -> PermissionAnswer {
        let call = await QuotedCall(question, on: screen.size)
        var isSeen = show(question, call, by: agent)
        let rule = question.suggestedRules.first
        // A blob of it is missing: nobody can see what would run.
        let isKnown = !question.toolInput.text.contains(BlobPreview.mark)
        if !isKnown { screen.line("  A part of this is lost, so it cannot be allowed here.") }
        while true {
            let keys = Self.keys(isKnown: isKnown, isSeen: isSeen, rule: rule)
            screen.write("  \(keys.shown)  > ")
            let answer = await answer(unless: isOver)?.lowercased()
            guard let answer else { return PermissionAnswer(.deny, reason: "nobody answered") }
            let key = ["yes": "y", "no": "n", "view": "v"][answer] ?? answer
            switch keys.valid.contains(key) ? key : "" {
            case "y": return PermissionAnswer(.allow)
            case "n": return PermissionAnswer(.deny)
            case "s": return PermissionAnswer(.allow, scope: .session, rule: rule)
            case "p": return PermissionAnswer(.allow, scope: .project, rule: rule)
            case "a": return PermissionAnswer(.allow, scope: .always, rule: rule)
            case "v":
                screen.line(call.all)
                isSeen = true
            default: screen.line("  Please answer \(Self.list(keys.valid)).")
            }
        }
    }

    /// Shows what is asked; false where it is too long to be shown whole at once.
    private func show(_ question: PermissionRequested, _ call: QuotedCall, by agent: String?) -> Bool {
        let again = question.unconfined == true ? " again, outside of the sandbox" : ""
        screen.line(
            "\nMay \(agent.map(QuotedText.visible) ?? "I") run \(QuotedText.visible(question.toolName))\(again)?")
        let (text, isWhole) = call.excerpt
        screen.line(text)
        for place in question.places where place.isElsewhere { say("It leads to \(place.place)") }
        if let reason = question.reason { say("Why it is asked: \(reason)\(reason.hasSuffix(".") ? "" : ".")") }
        if let rule = question.suggestedRules.first {
            say("The rule would be \(rule)")
        }
        return isWhole
    }

    /// A line of ours with words of others in it.
    private func say(_ line: String) {
        var text = QuotedText(columns: screen.size.columns)
        text.add(line: line, .note)
        for row in text.rows { screen.line(row) }
    }

    /// The keys that answer, and how they are told.
    private static func keys(isKnown: Bool, isSeen: Bool, rule: String?) -> (valid: [String], shown: String) {
        if !isKnown { return (["n"], "[n] no") }
        if !isSeen { return (["v", "n"], "[v] view all of it  [n] no") }
        guard rule != nil else { return (["y", "n"], "[y] yes  [n] no") }
        return (["y", "n", "s", "p", "a"], "[y] yes  [n] no  yes, with the rule: [s] session  [p] folder  [a] always")
    }

    private static func list(_ keys: [String]) -> String {
        guard let last = keys.last, keys.count > 1 else { return keys.joined() }
        return keys.dropLast().joined(separator: ", ") + " or " + last
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
