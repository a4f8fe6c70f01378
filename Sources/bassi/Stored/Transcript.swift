import BassiEvents

/// A session as a person reads it: who said what, which tools ran and what came of them.
struct Transcript {
    private var starts: [BlockID: ContentBlockStart] = [:]

    mutating func lines(of event: Event) -> [String] {
        switch event.payload {
        case .promptReceived(let prompt):
            return ["", "> " + PlainScreen.harmless(prompt.content.compactMap(\.text).joined(separator: "\n"))]
        case .contentBlockStart(let start):
            starts[start.blockID] = start
            return []
        case .contentBlockEnd(let end):
            defer { starts[end.blockID] = nil }
            guard end.kind == .text, let text = end.text, !text.isEmpty else { return [] }
            return ["", PlainScreen.harmless(text) + (end.interrupted == true ? " [interrupted]" : "")]
        case .toolCallStarted(let call):
            return ["", "● \(call.toolName) " + PlainScreen.harmless(RunView.summary(of: call.toolInput))]
        case .toolCallCompleted(let call): return ["  done in \(call.durationMilliseconds) ms"]
        case .toolCallFailed(let call):
            return ["  \(call.toolName) \(call.outcome.rawValue): " + PlainScreen.harmless(call.error.message)]
        case .subagentStarted(let start): return ["  " + PlainScreen.harmless(Progress.line(of: start))]
        case .planGenerated(let plan): return ["", PlainScreen.harmless(plan.planText)]
        case .error(let error): return ["  error: " + PlainScreen.harmless(error.errorMessage)]
        case .runCompleted(let end):
            return end.outcome == .completed ? [] : ["  run \(end.outcome.rawValue): \(end.reason ?? "")"]
        case .runCancelled(let end): return ["  run cancelled: \(end.reason)"]
        case .runInterrupted: return ["  run interrupted"]
        default: return []
        }
    }
}
