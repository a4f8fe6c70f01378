import BassiEvents
import Synchronization

/// The built-in model: no network, no key. It says plainly that it is a demonstration, and drives the real tools.
///
/// With a script it plays that; without one it answers by a simple understanding of the prompt.
public final class DemoModel: ModelAdapter {
    /// `demo`.
    public let provider = "demo"
    private let script: ModelScript?
    private let delayMilliseconds: Int
    private let played = Mutex(0)

    /// The demonstration model.
    ///
    /// - Parameters:
    ///   - script: what it answers, in this order; nil to let it choose.
    ///   - delayMilliseconds: the pause before each word, so that a person sees it stream.
    public init(script: ModelScript? = nil, delayMilliseconds: Int = 0) {
        self.script = script
        self.delayMilliseconds = delayMilliseconds
    }

    /// Answers; see ``ModelAdapter/respond(to:yielding:)``.
    public func respond(
        to request: ModelRequest, yielding emit: @Sendable (ModelPart) async throws -> Void
    ) async throws {
        let number = played.withLock { played in
            played += 1
            return played
        }
        var answer = scripted(number) ?? DemoConversation(request).answer
        if script == nil {
            answer.delayMilliseconds = delayMilliseconds
            answer.usage = Usage(
                inputTokens: request.estimatedInputTokens, outputTokens: max(1, (answer.text?.utf8.count ?? 0) / 4))
        }
        try await answer.play(as: MessageID("msg_\(UUIDv7())"), from: provider, yielding: emit)
    }

    private func scripted(_ number: Int) -> ScriptedAnswer? {
        guard let script else { return nil }
        guard number <= script.answers.count else {
            return ScriptedAnswer(text: "The script has no more answers: it has \(script.answers.count).")
        }
        return script.answers[number - 1]
    }
}
