import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// What a provider does not take of a conversation is mended once.
@Suite struct RepairTests {
    private static let tooLong = ScriptedAnswer(
        failure: .status(400, type: "context_exceeded", message: "prompt is too long"))
    private static let summary = ScriptedAnswer(
        text: "They greeted each other.", usage: Usage(inputTokens: 9, outputTokens: 3))
    private static let long = String(repeating: "All work and no play. ", count: 200)

    private func specification(_ answers: [ScriptedAnswer], window: Int = 128_000) -> SessionSpecification {
        var specification = SessionSpecification(answers: answers)
        let profile = ModelProfile(contextTokensMax: window)
        specification.configuration.providers = specification.model.registry()
            .adding(specification.model.named("small", profile: profile))
        specification.configuration.model = "scripted/small"
        specification.configuration.clock = ImmediateClock()
        return specification
    }

    /// Runs of three prompts before the one that matters, so that there is something between the first and the last.
    private func after(_ answers: [ScriptedAnswer], window: Int = 128_000) -> SessionSpecification {
        let before = (1...3).map { ScriptedAnswer(text: "Answer \($0). " + Self.long) }
        return specification(before + answers, window: window)
            .when("Question 1").when("Question 2").when("Question 3")
    }

    @Test func `a conversation that is refused as too long is summarised once and sent again`() async throws {
        let specification = after([Self.tooLong, Self.summary, ScriptedAnswer(text: "Done.")]).when("Question 4")
        let lines = EventList.lines(of: try await specification.events())
        #expect(
            Array(lines.suffix(15)) == [
                "prompt_received", "run_started", "request_sent", "request_ended refused",
                "retry_scheduled context_exceeded", "request_sent attempt 2", "request_ended completed",
                "context_compacted", "request_sent", "content_block_start text", "token_delta …",
                "content_block_end text", "request_ended completed", "message_completed end_turn",
                "run_completed completed",
            ])
        let last = try #require(specification.model.requests.last)
        let texts = last.messages.map { message in
            if case .user(let blocks) = message { blocks.first?.text ?? "" } else { "an answer" }
        }
        #expect(texts.first == "Question 1" && texts.last == "Question 4")
        #expect(texts[1].hasSuffix("They greeted each other."))
        let stillThere = last.messages.description.contains("Answer 1.")
        #expect(!stillThere)
    }

    @Test func `the request for a summary shows the conversation and offers no tools`() async throws {
        let specification = after([Self.tooLong, Self.summary, ScriptedAnswer(text: "Done.")]).when("Question 4")
        _ = try await specification.events()
        let asked = try #require(specification.model.requests.dropLast().last)
        #expect(asked.tools.isEmpty && asked.messages.count == 1)
        let text = asked.messages.description
        let shown = ["Agent: Answer 1.", "Person: Question 2", "Question 4"].map { text.contains($0) }
        #expect(shown == [true, true, false])
    }

    @Test func `a conversation near the end of the window is summarised before it is refused`() async throws {
        let specification = after([Self.summary, ScriptedAnswer(text: "Done.")], window: 4000).when("Question 4")
        let lines = EventList.lines(of: try await specification.events())
        #expect(!lines.contains("request_ended refused"))
        #expect(lines.contains("context_compacted") && lines.last == "run_completed completed")
    }

    @Test func `a conversation that stays too long ends the run and says so`() async throws {
        let specification = specification([Self.tooLong]).when("Only this")
        let events = try await specification.events()
        let lines = EventList.lines(of: events)
        #expect(lines.suffix(2) == ["error context_exceeded", "run_completed failed context_exceeded"])
        let again = after([Self.tooLong, Self.summary, Self.tooLong]).when("Question 4")
        let after = EventList.lines(of: try await again.events())
        #expect(after.count { $0 == "context_compacted" } == 1)
        #expect(after.suffix(2) == ["error context_exceeded", "run_completed failed context_exceeded"])
    }

    @Test func `a summary that is no shorter ends the run`() async throws {
        let useless = ScriptedAnswer(text: String(repeating: Self.long, count: 3))
        let specification = after([Self.tooLong, useless]).when("Question 4")
        let lines = EventList.lines(of: try await specification.events())
        #expect(
            lines.suffix(3) == ["context_compacted", "error context_exceeded", "run_completed failed context_exceeded"])
    }

    @Test func `an answer that fills the window is followed by a summary, and the model goes on`() async throws {
        let full = ScriptedAnswer(text: "And then", stopReason: .contextExceeded)
        let specification = after([full, Self.summary, ScriptedAnswer(text: "the end.")]).when("Question 4")
        let lines = EventList.lines(of: try await specification.events())
        #expect(lines.contains("message_completed context_exceeded"))
        #expect(lines.contains("context_compacted") && lines.last == "run_completed completed")
    }

    @Test func `a summary that fails is tried again as every request`() async throws {
        let cut = ScriptedAnswer(text: "They greeted", failure: .cut(afterPieces: 1))
        let specification = after([Self.tooLong, cut, Self.summary, ScriptedAnswer(text: "Done.")]).when("Question 4")
        let lines = EventList.lines(of: try await specification.events())
        #expect(lines.contains("retry_scheduled cut") && lines.last == "run_completed completed")
        #expect(lines.count { $0 == "context_compacted" } == 1)
    }

    @Test func `a refused signature is sent once more without what was signed`() async throws {
        let refused = ScriptedAnswer(failure: .status(400, type: "signature_refused", message: "bad signature"))
        let specification = specification([
            ScriptedAnswer(text: "One.", thinking: "Hm."), refused, ScriptedAnswer(text: "Two."),
            ScriptedAnswer(text: "Three."),
        ]).when("first").when("second").when("third")
        let lines = EventList.lines(of: try await specification.events())
        #expect(lines.count { $0 == "retry_scheduled signature_refused" } == 1)
        #expect(lines.last == "run_completed completed")
        let twice = self.specification([ScriptedAnswer(text: "One."), refused, refused]).when("first").when("second")
        #expect(EventList.lines(of: try await twice.events()).last == "run_completed failed signature_refused")
    }

    @Test func `signs of life alone do not keep a model call alive for ever`() async throws {
        let stall = ScriptedAnswer(text: "one two", failure: .stall(afterPieces: 1))
        let specification = specification([stall, ScriptedAnswer(text: "whole")])
            .with { $0.contentSilence = .milliseconds(50) }.when("Count.")
        let lines = EventList.lines(of: try await specification.events())
        #expect(lines.contains("retry_scheduled stalled") && lines.last == "run_completed completed")
    }
}
