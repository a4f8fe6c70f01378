import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Secrets never reach the log, whatever brings them, also in pieces; what runs has them.
@Suite struct SecretTests {
    private static let secret = "hunter2-correct-horse"
    private static let token = "sk-ant-api03-abcdefghijklmnopqrstuvwxyz0123456789"

    private static let leak = FunctionTool(
        "leak", description: "", inputSchema: ["type": "object", "properties": ["key": ["type": "string"]]]
    ) { input, context in
        for piece in [secret.prefix(5), secret.dropFirst(5)] { try await context.output(.stdout, String(piece)) }
        // What runs got the input as the model gave it.
        return .text("the key is \(secret), got \(input["key"]?.string == token)")
    }

    private func specification(_ answers: [ScriptedAnswer]) -> SessionSpecification {
        SessionSpecification(answers: answers, tools: [Self.leak]).with { configuration in
            configuration.permissionMode = .bypass
            configuration.environment = ["DEPLOY_TOKEN": Self.secret]
        }
    }

    @Test func `no event has a secret, and the model reads none`() async throws {
        let words = "Its value: \(Self.secret.prefix(8))"
        let answers = [
            ScriptedAnswer(
                text: words + Self.secret.dropFirst(8) + " and on",
                tools: [ScriptedCall("leak", ["key": .string(Self.token)])]),
            ScriptedAnswer(text: "Over."),
        ]
        let specification = specification(answers).when("My token is \(Self.secret).")
        let events = try await specification.events()
        for event in events {
            let line = String(decoding: EventCoder.encode(event), as: UTF8.self)
            #expect(!line.contains(Self.secret) && !line.contains(Self.token), "\(line)")
        }
        let deltas = events.compactMap { event -> String? in
            if case .tokenDelta(let token) = event.payload { token.delta } else { nil }
        }.joined()
        #expect(deltas.contains("Its value: [redacted:DEPLOY_TOKEN] and on"))
        let output = events.compactMap { event -> String? in
            if case .toolOutputDelta(let delta) = event.payload { delta.delta } else { nil }
        }.joined()
        #expect(output == "[redacted:DEPLOY_TOKEN]")
        let second = try #require(specification.model.requests.last)
        #expect("\(second.messages)".contains("the key is [redacted:DEPLOY_TOKEN], got true"))
        #expect(!"\(second.messages)".contains(Self.secret))
    }

    @Test func `a call whose input lost a secret is not run from the log`() async throws {
        let first = try await specification([
            ScriptedAnswer(tools: [ScriptedCall("leak", ["key": .string(Self.token)])]), ScriptedAnswer(text: "Over."),
        ]).when("Go.").events()
        let asked = try #require(first.firstIndex { if case .messageCompleted = $0.payload { true } else { false } })
        let start = EventDraft(.sessionStarted(SessionStarted(metadata: SessionMetadata(bassiVersion: "0"))))
        let history = [start] + first[...asked].map { EventDraft($0.payload, runID: $0.runID, causeSeq: $0.causeSeq) }
        let resumed = try await specification([ScriptedAnswer(text: "I see.")]).given(history).whenResumed().events()
        let lines = EventList.lines(of: resumed)
        #expect(lines.contains("tool_call_failed leak failed") && !lines.contains("tool_call_started leak"))
    }

    @Test func `an input that only looks as if it had lost one runs`() async throws {
        let events = try await specification([
            ScriptedAnswer(tools: [ScriptedCall("leak", ["key": "[redacted:NAME]"])]), ScriptedAnswer(text: "Over."),
        ]).when("Go.").events()
        #expect(EventList.lines(of: events).contains("tool_call_completed leak"))
    }
}
