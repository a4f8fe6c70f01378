import BassiEvents
import BassiModels
import BassiPermissions
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// The exact lists of one run's events (docs/events.md): the whole list is compared, so that no event can come, go or
/// move without being seen here.
@Suite struct EventListTests {
    private static let look = FunctionTool("look", description: "", effect: .pure, reach: .folder) { _, _ in
        .text("seen")
    }
    private static let act = FunctionTool("act", description: "", effect: .write) { _, context in
        try await context.output(.stdout, "acting")
        return .text("done")
    }

    @Test func `a plain answer`() async throws {
        try await SessionSpecification(answers: [ScriptedAnswer(text: "It is 4.")])
            .when("What is 2+2?")
            .then(
                """
                prompt_received
                run_started
                request_sent
                content_block_start text
                token_delta …
                content_block_end text
                request_ended completed
                message_completed end_turn
                run_completed completed
                """)
    }

    @Test func `one tool that the mode allows`() async throws {
        let answers = [
            ScriptedAnswer(text: "Let me look.", tools: [ScriptedCall("look", [:])]), ScriptedAnswer(text: "Seen."),
        ]
        let specification = SessionSpecification(answers: answers, tools: [Self.look]).when("Look.")
        try await specification.then(
            """
            prompt_received
            run_started
            request_sent
            content_block_start text
            token_delta …
            content_block_end text
            content_block_start tool_use look
            token_delta …
            content_block_end tool_use
            request_ended completed
            message_completed tool_use
            tool_call_started look
            tool_call_completed look
            request_sent
            content_block_start text
            token_delta …
            content_block_end text
            request_ended completed
            message_completed end_turn
            run_completed completed
            """)
        #expect(specification.model.requests.count == 2)
    }

    @Test func `a tool that a hook allows and a person is not asked for`() async throws {
        let answers = [ScriptedAnswer(tools: [ScriptedCall("act", [:])]), ScriptedAnswer(text: "Done.")]
        try await SessionSpecification(answers: answers, tools: [Self.act])
            .with { $0 = $0.beforeTool { _ in .allow }.afterTool { _, _ in } }
            .when("Act.")
            .then(
                """
                prompt_received
                run_started
                request_sent
                content_block_start tool_use act
                token_delta …
                content_block_end tool_use
                request_ended completed
                message_completed tool_use
                hook_executed PreToolUse allow
                tool_call_started act
                tool_output_delta …
                tool_call_completed act
                hook_executed PostToolUse none
                request_sent
                content_block_start text
                token_delta …
                content_block_end text
                request_ended completed
                message_completed end_turn
                run_completed completed
                """)
    }

    @Test func `a call that nobody can be asked about is denied, and the model is told`() async throws {
        let answers = [ScriptedAnswer(tools: [ScriptedCall("act", [:])]), ScriptedAnswer(text: "Not done.")]
        try await SessionSpecification(answers: answers, tools: [Self.act])
            .when("Act.")
            .then(
                """
                prompt_received
                run_started
                request_sent
                content_block_start tool_use act
                token_delta …
                content_block_end tool_use
                request_ended completed
                message_completed tool_use
                permission_requested act
                permission_resolved deny timeout
                tool_call_failed act denied
                request_sent
                content_block_start text
                token_delta …
                content_block_end text
                request_ended completed
                message_completed end_turn
                run_completed completed
                """)
    }

    @Test func `a call that a rule or a hook denies never starts`() async throws {
        let answers = [ScriptedAnswer(tools: [ScriptedCall("act", [:])]), ScriptedAnswer(text: "Not done.")]
        let denied = try await SessionSpecification(answers: answers, tools: [Self.act])
            .with { $0.rules = (try? RuleSet(deny: ["act"], source: "test")) ?? RuleSet() }
            .when("Act.").events()
        #expect(Self.inTheMiddle(denied) == ["tool_call_failed act denied"])

        let hooked = try await SessionSpecification(answers: answers, tools: [Self.act])
            .with { $0 = $0.beforeTool { _ in .deny("no") } }
            .when("Act.").events()
        #expect(Self.inTheMiddle(hooked) == ["hook_denied PreToolUse", "tool_call_failed act denied"])
    }

    @Test func `three pure tools of one message run at the same time`() async throws {
        let meeting = Meeting(of: 3)
        let tool = FunctionTool("meet", description: "", effect: .pure, reach: .folder) { _, _ in
            await meeting.arrive()
            return .text("met")
        }
        let calls = (1...3).map { ScriptedCall("meet", [:], id: ToolID("t\($0)")) }
        let specification = SessionSpecification(
            answers: [ScriptedAnswer(tools: calls), ScriptedAnswer(text: "All met.")], tools: [tool]
        ).when("Meet.")
        let events = try await specification.events()
        #expect(
            Self.inTheMiddle(events)
                == Array(repeating: "tool_call_started meet", count: 3)
                + Array(repeating: "tool_call_completed meet", count: 3))
        // Results go back in the order asked, whichever came first.
        guard case .toolResults(let results)? = specification.model.requests.last?.messages.last else {
            Issue.record("the second request does not end with results")
            return
        }
        #expect(results.map(\.toolID) == ["t1", "t2", "t3"])
    }

    @Test func `calls that change something run one after the other in the order asked`() async throws {
        let calls = (1...3).map { ScriptedCall("act", [:], id: ToolID("t\($0)")) }
        let events = try await SessionSpecification(
            answers: [ScriptedAnswer(tools: calls), ScriptedAnswer(text: "Done.")], tools: [Self.act]
        ).with { $0.permissionMode = .bypass }.when("Act.").events()
        let order = events.compactMap { event -> String? in
            switch event.payload {
            case .toolCallStarted(let call): "start \(call.toolID)"
            case .toolCallCompleted(let call): "end \(call.toolID)"
            default: nil
            }
        }
        #expect(order == ["start t1", "end t1", "start t2", "end t2", "start t3", "end t3"])
    }

    /// What lies between the first message and the second request.
    static func inTheMiddle(_ events: [Event]) -> [String] {
        let lines = EventList.lines(of: events)
        guard let first = lines.firstIndex(of: "message_completed tool_use"),
            let last = lines.lastIndex(of: "request_sent"), first < last
        else { return lines }
        return Array(lines[(first + 1)..<last])
    }
}

/// Lets nobody through before all have come: what does not run at the same time hangs here.
actor Meeting {
    private let count: Int
    private var waiting: [CheckedContinuation<Void, Never>] = []

    init(of count: Int) { self.count = count }

    func arrive() async {
        if waiting.count == count - 1 {
            for continuation in waiting { continuation.resume() }
            waiting = []
            return
        }
        await withCheckedContinuation { waiting.append($0) }
    }
}
