import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Questions of the model to a person.
@Suite struct QuestionTests {
    private static let input: JSONValue = [
        "questions": [
            [
                "text": "Which colour?", "header": "Colour",
                "options": [["label": "red"], ["label": "blue", "description": "as the sky"]],
            ],
            [
                "id": "sizes", "text": "Which sizes?", "options": ["S", ["label": "L"]],
                "multiple": true,
            ],
        ]
    ]
    private let calling = [
        ScriptedAnswer(tools: [ScriptedCall("ask_user", input, id: "t")]), ScriptedAnswer(text: "Done."),
    ]

    private func agent(_ model: ScriptedModel, change: (inout AgentConfiguration) -> Void = { _ in })
        -> AgentConfiguration
    {
        var configuration = AgentConfiguration(model: "demo", tools: [.askUser], folder: "/", environment: [:])
        configuration.providers = model.registry()
        configuration.canAsk = true
        change(&configuration)
        return configuration
    }

    private func result(_ events: [Event]) -> String? {
        for event in events {
            if case .toolCallCompleted(let call) = event.payload { return call.result.plainText }
            if case .toolCallFailed(let call) = event.payload { return "\(call.error.type): \(call.error.message)" }
        }
        return nil
    }

    /// Runs, and does this once when something is asked.
    private func run(
        _ session: AgentSession, whenAsked: (QuestionAsked) async throws -> Void
    ) async throws -> [Event] {
        var events: [Event] = []
        for try await event in session.send("Ask.") {
            events.append(event)
            if case .questionAsked(let asked) = event.payload { try await whenAsked(asked) }
        }
        return events
    }

    @Test func `a question waits for the answer, in every mode but dont-ask`() async throws {
        for mode in [PermissionMode.ask, .acceptEdits, .plan, .bypass] {
            let session = try await AgentSession.start(
                agent(ScriptedModel(calling)) { $0.permissionMode = mode }, store: MemoryEventStore())
            let events = try await run(session) { asked in
                #expect(asked.toolID == "t" && asked.expiresAt != nil && asked.questions.map(\.id) == ["q1", "sizes"])
                #expect(asked.questions[0].options[1].description == "as the sky" && asked.questions[1].multiple)
                try await session.answer(
                    asked.requestID, QuestionAnswer(["q1": "green, please", "sizes": ["S", "L"]], client: "page"))
            }
            #expect(
                EventListTests.inTheMiddle(events) == [
                    "tool_call_started ask_user", "question_asked", "question_answered user",
                    "tool_call_completed ask_user",
                ])
            #expect(result(events) == "Which colour?\n→ green, please\nWhich sizes?\n→ S, L")
            let answers = events.compactMap { if case .questionAnswered(let one) = $0.payload { one } else { nil } }
            #expect(answers.first?.by == Actor(kind: .user, client: "page"))
            try await session.end()
        }
    }

    @Test func `an answer that does not fit is refused, and the first that does wins`() async throws {
        let session = try await AgentSession.start(agent(ScriptedModel(calling)), store: MemoryEventStore())
        let long = String(repeating: "x", count: QuestionAnswer.charactersMax + 1)
        let wrong: [JSONObject] = [
            ["q2": "red"], ["q1": ["red", "blue"]], ["q1": 3], ["q1": "  "], ["sizes": []], ["q1": .string(long)],
            ["sizes": ["a", "b", "c", "d"]], ["q1": .null],
        ]
        var request: RequestID?
        _ = try await run(session) { asked in
            for answers in wrong {
                await #expect(throws: SessionError.self, "\(answers)") {
                    try await session.answer(asked.requestID, QuestionAnswer(answers))
                }
            }
            try await session.answer(asked.requestID, QuestionAnswer(["q1": "red"]))
            request = asked.requestID
        }
        let asked = try #require(request)
        await #expect(throws: SessionError.alreadyAnswered(asked)) {
            try await session.answer(asked, QuestionAnswer(["q1": "blue"]))
        }
        try await session.end()
    }

    @Test func `a person who does not want to answer is no failure of the run`() async throws {
        let session = try await AgentSession.start(agent(ScriptedModel(calling)), store: MemoryEventStore())
        let events = try await run(session) { try await session.answer($0.requestID, QuestionAnswer([:])) }
        #expect(result(events)?.hasPrefix("no_answer: the person did not answer") == true)
        #expect(EventList.lines(of: events).last == "run_completed completed")
        try await session.end()
    }

    @Test func `a question that nobody answers in time is withdrawn, and the run goes on`() async throws {
        let clock = ManualClock()
        let session = try await AgentSession.start(
            agent(ScriptedModel(calling)) { ($0.clock, $0.answerDeadline) = (clock, .seconds(60)) },
            store: MemoryEventStore())
        let events = try await run(session) { _ in
            await clock.waitForSleepers()
            clock.advance(by: .seconds(60))
        }
        #expect(EventList.lines(of: events).contains("question_answered timeout"))
        #expect(result(events)?.hasPrefix("no_answer: nobody answered in time") == true)
        try await session.end()
    }

    @Test func `a cancel ends the wait and withdraws the question`() async throws {
        let session = try await AgentSession.start(agent(ScriptedModel(calling)), store: MemoryEventStore())
        let events = try await run(session) { _ in try await session.cancel(reason: "enough") }
        #expect(
            EventList.lines(of: events).suffix(3) == [
                "tool_call_failed ask_user cancelled", "question_answered system", "run_cancelled enough",
            ])
        try await session.end()
        #expect(try LogRules.check(try await session.follow().reduceUntilCaughtUp()).isClosed)
    }

    @Test func `it is not offered where nobody can answer, and asked all the same nobody waits`() async throws {
        for change in [{ $0.canAsk = false }, { $0.permissionMode = .dontAsk }]
            as [@Sendable (inout AgentConfiguration) -> Void]
        {
            let (model, store) = (ScriptedModel(calling), MemoryEventStore())
            let session = try await AgentSession.start(agent(model, change: change), store: store)
            let events = try await run(session) { _ in Issue.record("it was asked") }
            #expect(model.requests.first?.tools.isEmpty == true)
            #expect(result(events)?.hasPrefix("nobody_there") == true)
            let first = try await store.read(session.id).first
            guard case .sessionStarted(let started)? = first?.payload else { return }
            #expect(started.metadata.tools.isEmpty)
            try await session.end()
        }
    }

    // MARK: - After a crash

    /// The log of a session whose owner died while it waited, and a store that has it.
    private func waiting(expiringIn seconds: Int64) async throws -> (MemoryEventStore, SessionID, RequestID) {
        let store = MemoryEventStore()
        let session = try await AgentSession.start(agent(ScriptedModel(calling)), store: store)
        var drafts: [EventDraft] = []
        _ = try await run(session) { asked in
            for event in try await store.read(session.id) {
                var payload = event.payload
                if case .questionAsked = payload {
                    let expiry = Timestamp(milliseconds: Timestamp.now.milliseconds + seconds * 1000)
                    payload = .questionAsked(
                        QuestionAsked(
                            requestID: "asked", questions: asked.questions, toolID: asked.toolID, expiresAt: expiry))
                }
                drafts.append(EventDraft(payload, runID: event.runID, causeSeq: event.causeSeq))
            }
            try await session.cancel()
        }
        try await session.close()
        let (other, id) = (MemoryEventStore(), SessionID())
        _ = try await other.append(drafts, to: id, expecting: .noStream)
        return (other, id, "asked")
    }

    @Test func `after a crash the same question is open, and an answer before the run goes on is not lost`()
        async throws
    {
        for answersEarly in [true, false] {
            let (store, id, request) = try await waiting(expiringIn: 3600)
            let session = try await AgentSession.open(
                id, agent(ScriptedModel([ScriptedAnswer(text: "Done.")])), store: store)
            if answersEarly { try await session.answer(request, QuestionAnswer(["q1": "red"])) }
            var events: [Event] = []
            for try await event in session.goOn() {
                events.append(event)
                guard !answersEarly, case .toolCallStarted = event.payload else { continue }
                try await session.answer(request, QuestionAnswer(["q1": "red"]))
            }
            #expect(result(events) == "Which colour?\n→ red\nWhich sizes?\n→ (no answer)")
            #expect(try await store.read(id, types: [.questionAsked], limit: 9).count == 1)
            try await session.end()
            #expect(try LogRules.check(try await store.read(id)).isClosed)
        }
    }

    @Test func `its deadline is the one that it was asked with`() async throws {
        for (seconds, isLate) in [(Int64(-5), true), (100, false)] {
            let (store, id, _) = try await waiting(expiringIn: seconds)
            let clock = ManualClock()
            let configuration = agent(ScriptedModel([ScriptedAnswer(text: "Done.")])) { $0.clock = clock }
            let session = try await AgentSession.open(id, configuration, store: store)
            var events: [Event] = []
            for try await event in session.goOn() {
                events.append(event)
                guard !isLate, case .toolCallStarted = event.payload else { continue }
                await clock.waitForSleepers()
                clock.advance(by: .seconds(101))
            }
            #expect(result(events)?.hasPrefix("no_answer: nobody answered in time") == true)
            try await session.end()
        }
    }

    @Test func `a run that is gone on with where nobody can answer withdraws it`() async throws {
        let (store, id, _) = try await waiting(expiringIn: 3600)
        let configuration = agent(ScriptedModel([ScriptedAnswer(text: "Done.")])) { $0.canAsk = false }
        let session = try await AgentSession.open(id, configuration, store: store)
        var events: [Event] = []
        for try await event in session.goOn() { events.append(event) }
        #expect(EventList.lines(of: events).contains("question_answered timeout"))
        #expect(result(events)?.hasPrefix("no_answer: nobody can be asked") == true)
        try await session.end()
    }
}
