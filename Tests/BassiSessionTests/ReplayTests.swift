import BassiEvents
import BassiModels
import BassiTesting
import Foundation
import Testing

@testable import BassiSession

/// A session that was recorded is played back with every model that took part in it.
@Suite struct ReplayTests {
    private struct Plain: PieceRedactor {
        mutating func push(_ text: String) -> String { text }
        mutating func finish() -> String { "" }
    }

    private func withFile<Value>(_ body: (String) async throws -> Value) async throws -> Value {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).jsonl").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try await body(path)
    }

    private func recorder(_ path: String, _ models: [ProviderRegistry.Found]) throws -> Recorder {
        try Recorder(
            path: path, models: models, places: [:], redaction: RecordingRedaction(whole: { $0 }, pieces: { Plain() }))
    }

    /// The same prompts with what a recording answers.
    private func replayed(_ path: String, _ prompts: [String]) async throws -> [String] {
        let replay = Replay(try Recording(path: path))
        var specification = SessionSpecification(answers: []).with {
            $0.clock = ImmediateClock()
            ($0.model, $0.fallbackModels) = (replay.model, replay.fallbackModels)
            $0.providers = $0.providers?.replaying(replay)
        }
        for prompt in prompts { specification = specification.when(prompt) }
        return EventList.lines(of: try await specification.events())
    }

    @Test func `a model that failed and the one that stood in for it`() async throws {
        try await withFile { path in
            let overloaded = ScriptedAnswer(failure: .status(529, type: "overloaded", message: "no"))
            let refused = ScriptedAnswer(failure: .status(401, type: "authentication", message: "no"))
            let second = ScriptedModel([ScriptedAnswer(text: "Here.")], provider: "other").named("second")
            let answers = [overloaded, refused, ScriptedAnswer(text: "Back.")]
            let first = ScriptedModel(answers).named("first")
            let recorder = try recorder(path, [first, second])
            let specification = SessionSpecification(answers: []).with {
                $0.clock = ImmediateClock()
                ($0.model, $0.fallbackModels) = (first.name, [second.name])
                $0.providers = $0.providers?.adding(first).adding(second).recording(to: recorder)
            }
            let recorded = EventList.lines(of: try await specification.when("One?").when("Two?").events())
            #expect(recorded.contains("model_switched other/second fallback"))
            #expect(recorded.contains("retry_scheduled overloaded"))
            #expect(try await replayed(path, ["One?", "Two?"]) == recorded)
        }
    }

    @Test func `a request that differs fails the run at once`() async throws {
        try await withFile { path in
            let model = ScriptedModel([ScriptedAnswer(text: "Here.")]).named("first")
            let second = ScriptedModel([], provider: "other").named("second")
            let recorder = try recorder(path, [model, second])
            let specification = SessionSpecification(answers: []).with {
                $0.model = model.name
                $0.providers = $0.providers?.adding(model).recording(to: recorder)
            }
            _ = try await specification.when("One?").events()
            let lines = try await replayed(path, ["Another?"])
            #expect(
                lines.suffix(3) == [
                    "request_ended refused", "error invalid_request", "run_completed failed invalid_request",
                ])
        }
    }
}
