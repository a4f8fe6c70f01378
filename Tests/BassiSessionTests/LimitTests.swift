import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Runs end where they must.
@Suite struct LimitTests {
    private static let look = FunctionTool("look", description: "", effect: .pure, reach: .folder) { _, _ in
        .text("seen")
    }
    private static let looking = ScriptedAnswer(
        tools: [ScriptedCall("look", [:])], usage: Usage(inputTokens: 100, outputTokens: 5))

    @Test func `the limit of turns ends a run that wants another one`() async throws {
        let specification = SessionSpecification(answers: [Self.looking, Self.looking], tools: [Self.look])
            .with { $0.limits = RunLimits(maxTurns: 1) }.when("Look.")
        let lines = EventList.lines(of: try await specification.events())
        #expect(lines.last == "run_completed limit max_turns")
        #expect(specification.model.requests.count == 1)
    }

    @Test func `an answer within the limit of turns completes`() async throws {
        let lines = EventList.lines(
            of: try await SessionSpecification(answers: [ScriptedAnswer(text: "4")])
                .with { $0.limits = RunLimits(maxTurns: 1) }.when("2+2?").events())
        #expect(lines.last == "run_completed completed")
    }

    @Test func `a request that broke off is charged its reservation until its use is known`() async throws {
        let cut = ScriptedAnswer(
            text: "one two three", usage: Usage(inputTokens: 100, outputTokens: 5), failure: .cut(afterPieces: 2))
        var specification = SessionSpecification(answers: [cut, ScriptedAnswer(text: "whole")])
        // A token written costs a thousandth of a dollar: an answer reserves $16.384.
        let profile = ModelProfile(price: Price(input: 0, output: 1_000_000))
        specification.configuration.providers = specification.model.registry()
            .adding(specification.model.named("dear", profile: profile))
        specification.configuration.model = "scripted/dear"
        let limited = specification.with {
            $0.clock = ImmediateClock()
            $0.limits = RunLimits(maxCostUSD: Money("17"))
        }.when("Count.")
        let lines = EventList.lines(of: try await limited.events())
        #expect(lines.contains("request_ended cut") && lines.last == "run_completed limit max_cost_usd")
        #expect(limited.model.requests.count == 1)
    }

    @Test func `the limit of tokens ends a run before the next call`() async throws {
        let specification = SessionSpecification(answers: [Self.looking, Self.looking], tools: [Self.look])
            .with { $0.limits = RunLimits(maxTokensTotal: 1100) }.when("Look.")
        let lines = EventList.lines(of: try await specification.events())
        #expect(lines.last == "run_completed limit max_tokens_total")
        #expect(specification.model.requests.count == 1)
    }

    @Test func `a budget lowers the output limit and is reserved before the call`() throws {
        let limits = RunLimits(maxCostUSD: Money("0.05"))
        func budget(_ charged: Money, _ profile: ModelProfile) -> Budget? {
            Budget(within: limits, tokens: 0, charged: charged, estimatedInputTokens: 1000, profile: profile)
        }
        let profile = ModelProfile(outputTokensMax: 32_000, price: Price(input: 2000, output: 10_000))
        // 0.05 dollars less 1,000 tokens read at 2 a million leave 4,800 tokens at 10 a million.
        let whole = try #require(budget(.zero, profile))
        #expect(whole.outputTokensMax == 4800)
        #expect(whole.tokens == 5800)
        #expect(whole.reserved == Money("0.05"))
        #expect(budget(try #require(Money("0.04")), profile) == nil)
    }

    @Test func `a limit on cost is refused for a model whose price nobody knows`() async throws {
        var configuration = AgentConfiguration(model: "here/some-model", folder: "/", environment: [:])
        configuration.limits = RunLimits(maxCostUSD: Money("1"))
        let here = Provider(name: "here", baseURL: "http://127.0.0.1:9", dialect: .chatCompletions, keyVariable: nil)
        configuration.providers = ProviderRegistry(environment: [:], providers: [here], userAgent: "") { _ in
            NoNetwork()
        }
        let limited = configuration
        await #expect(throws: SessionError.unknownPrice("here/some-model")) {
            try await AgentSession.start(limited, store: MemoryEventStore())
        }
    }

    @Test func `the time limit of a run ends it and what it was doing`() async throws {
        let clock = ManualClock()
        var configuration = AgentConfiguration(model: "demo", folder: "/", environment: [:])
        configuration.providers = ScriptedModel([ScriptedAnswer(text: "a b c", failure: .stall(afterPieces: 2))])
            .registry()
        configuration.limits = RunLimits(timeoutS: 60)
        configuration.clock = clock
        let session = try await AgentSession.start(configuration, store: MemoryEventStore())
        var lines: [String] = []
        for try await event in session.send("Go.") {
            lines.append(EventList.line(of: event.payload))
            guard case .tokenDelta = event.payload else { continue }
            await clock.waitForSleepers()
            clock.advance(by: .seconds(60))
        }
        #expect(lines.suffix(2) == ["request_ended cancelled", "run_completed limit timeout"])
        try await session.end()
    }
}

/// A way to nowhere.
struct NoNetwork: HTTPTransport {
    func send<Value: Sendable>(
        _ request: HTTPRequest, _ body: (HTTPResponse) async throws -> Value
    ) async throws -> Value {
        throw ModelError(.connection, "there is no network here")
    }
}
