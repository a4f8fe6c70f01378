import BassiEvents

/// What the model said last in a run: a fold of its events.
public struct LastWords: Sendable, Equatable {
    /// The text of the last message; of one that has no end what there is, once the run has ended.
    public private(set) var text = ""
    private var message: [String] = []

    /// Nothing was said.
    public init() {}

    /// Takes the next event of the run.
    public mutating func apply(_ payload: EventPayload) {
        switch payload {
        case .requestSent: message = []
        case .contentBlockEnd(let end):
            if end.kind == .text, let text = end.text, !text.isEmpty { message.append(text) }
        case .messageCompleted:
            text = message.joined(separator: "\n")
            message = []
        case .runCompleted, .runCancelled: if !message.isEmpty { text = message.joined(separator: "\n") }
        default: break
        }
    }
}
