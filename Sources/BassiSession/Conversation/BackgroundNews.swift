import BassiEvents
import BassiTools

/// What the model is to be told of commands in the background: the ends that it has not seen, each once.
struct BackgroundNews: Sendable {
    /// The longest part of a command line that is told.
    private static let commandCharactersMax = 80

    private var started: [ToolID: BackgroundStarted] = [:]
    private var ended: [(id: String, text: String)] = []

    mutating func begin(_ start: BackgroundStarted) { started[start.toolID] = start }

    /// What it has ended itself it knows.
    mutating func end(_ end: BackgroundEnded) {
        guard let start = started.removeValue(forKey: end.toolID), end.outcome != .killed else { return }
        let command =
            start.command.count > Self.commandCharactersMax
            ? start.command.prefix(Self.commandCharactersMax - 1) + "…" : start.command
        let words = BackgroundEnd(end.outcome ?? .exited, exit: end.exit).words
        let why = end.outcome == .failed ? end.error.map { ": \($0)" } ?? "" : ""
        ended.append((start.backgroundID, "The background command \(start.backgroundID) (\(command)) \(words)\(why)."))
    }

    /// An end that a call has shown is no news.
    mutating func hear(_ call: ToolCallCompleted) {
        guard !ended.isEmpty, let id = call.structured?["background_id"]?.string,
            call.structured?["running"]?.bool == false
        else { return }
        ended.removeAll { $0.id == id }
    }

    /// The news, a line each; nil where there are none.
    mutating func take() -> String? {
        guard !ended.isEmpty else { return nil }
        defer { ended = [] }
        return ended.map(\.text).joined(separator: "\n")
    }
}
