import BassiEvents
import BassiModels
import BassiPermissions
import BassiProcess
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Commands as hooks of a session: what each event does to the run, and what the log and the model get of it.
@Suite struct HookTests {
    private static let act = FunctionTool(
        "act", description: "", inputSchema: ["type": "object", "properties": ["say": ["type": "string"]]]
    ) { input, _ in .text("did \(input["say"]?.string ?? "it")") }

    private static let calling = [
        ScriptedAnswer(tools: [ScriptedCall("act", [:], id: "t1")]), ScriptedAnswer(text: "Done."),
    ]

    private func specification(
        _ answers: [ScriptedAnswer] = calling, _ hooks: (HookEvent, String)..., isSilent: Bool = false,
        change: @escaping @Sendable (inout AgentConfiguration) -> Void = { _ in }
    ) -> SessionSpecification {
        let place = HookPlace(folder: "/", environment: ["PATH": "/usr/bin:/bin"])
        let set = HookSet(
            hooks.map { CommandHook($0.0, matcher: .all, command: $0.1, source: "test") }, in: place)
        let specification = SessionSpecification(answers: answers, tools: [Self.act]).with {
            $0.hooks = set
            change(&$0)
        }
        return isSilent ? specification : specification.when("Act.")
    }

    private func said(to specification: SessionSpecification, request: Int) -> String {
        specification.model.requests[request].messages.map { "\($0)" }.joined(separator: "\n")
    }

    @Test func `a hook lets a call run that no rule allows, and the log says so`() async throws {
        let events = try await specification(
            Self.calling, (.preToolUse, #"echo '{"permissionDecision":"allow","permissionDecisionReason":"fine"}'"#)
        ).events()
        #expect(
            EventListTests.inTheMiddle(events) == [
                "hook_executed PreToolUse allow", "tool_call_started act", "tool_call_completed act",
            ])
        let call = try #require(CallHistory.all(in: events).first)
        #expect(call.verdict == .allowed)
        #expect(call.decision?.by.kind == .hook)
        #expect(call.headline.hasPrefix("allowed by a hook: test: echo"))
    }

    @Test func `a hook that blocks denies, and the model reads why`() async throws {
        let specification = specification(Self.calling, (.preToolUse, "echo not here >&2; exit 2"))
        let events = try await specification.events()
        #expect(EventListTests.inTheMiddle(events) == ["hook_denied PreToolUse", "tool_call_failed act denied"])
        #expect(said(to: specification, request: 1).contains("not here"))
    }

    @Test func `a broken hook asks, and where nobody can be asked that is a denial`() async throws {
        let events = try await specification(Self.calling, (.preToolUse, "exit 7")) {
            $0.permissionMode = .bypass
        }.events()
        #expect(
            EventListTests.inTheMiddle(events) == [
                "hook_executed PreToolUse ask", "permission_requested act", "permission_resolved deny timeout",
                "tool_call_failed act denied",
            ])
        let call = try #require(CallHistory.all(in: events).first)
        #expect(call.headline == "denied by the deadline: nobody could be asked")
        #expect(
            call.decision?.reason
                == "nobody can be asked. The hook test: exit 7 wants a person to decide: it ended with status 7.")
    }

    @Test func `a question says why it is asked, also behind hooks that would not answer it`() async throws {
        let specification = specification(Self.calling, (.permissionRequest, "true")) {
            $0.permissionMode = .bypass
            $0.rules = (try? RuleSet(ask: ["act"], source: "a test")) ?? RuleSet()
        }
        let events = try await specification.events()
        let asked = events.compactMap { event -> PermissionRequested? in
            if case .permissionRequested(let asked) = event.payload { asked } else { nil }
        }
        let reason = "The ask rule act of a test wants a person to decide about this call of act."
        #expect(asked.map(\.reason) == [reason] && asked.map(\.rule) == ["act"])
        #expect(said(to: specification, request: 1).contains("Permission denied: nobody can be asked. \(reason)"))
        let call = try #require(CallHistory.all(in: events).first)
        #expect(call.decision?.rule == "act" && call.decision?.by.kind == .timeout)
    }

    @Test func `a changed input is checked and run; one that changes for ever is denied`() async throws {
        let events = try await specification(
            Self.calling,
            (.preToolUse, #"echo '{"permissionDecision":"allow","updatedInput":{"say":"hello"}}'"#)
        ).events()
        let inputs = events.compactMap { event -> JSONValue? in
            if case .toolCallStarted(let call) = event.payload { call.toolInput } else { nil }
        }
        #expect(inputs == [["say": "hello"]])
        let restless = #"n=$(date +%N); echo "{\"updatedInput\":{\"say\":\"$n\"}}""#
        let denied = try await specification(Self.calling, (.preToolUse, restless)).events()
        #expect(EventListTests.inTheMiddle(denied).last == "tool_call_failed act denied")
    }

    @Test func `a hook may answer in place of the person`() async throws {
        let allow = #"echo '{"hookSpecificOutput":{"decision":{"behavior":"allow"}}}'"#
        let events = try await specification(Self.calling, (.permissionRequest, allow)).events()
        #expect(
            EventListTests.inTheMiddle(events) == [
                "hook_executed PermissionRequest allow", "tool_call_started act", "tool_call_completed act",
            ])
        let silent = try await specification(Self.calling, (.permissionRequest, "true")).events()
        #expect(EventListTests.inTheMiddle(silent).contains("permission_requested act"))
    }

    @Test func `what hooks add is read by the model, behind what it is about`() async throws {
        let specification = specification(
            Self.calling, (.sessionStart, "echo welcome"), (.userPromptSubmit, "echo remember the milk"),
            (.postToolUse, #"echo '{"additionalContext":"well done"}'"#)
        ) { $0.permissionMode = .bypass }
        _ = try await specification.events()
        let first = said(to: specification, request: 0)
        #expect(first.contains("welcome"))
        #expect(first.contains("remember the milk"))
        #expect(said(to: specification, request: 1).contains("well done"))
    }

    @Test func `hooks read the model, how long a call took, and whether it was called off`() async throws {
        func hook(_ pattern: String) -> String {
            "grep -q '\(pattern)' && echo '{\"additionalContext\":\"found\"}'; true"
        }
        for (event, pattern) in [
            (HookEvent.sessionStart, "\"model\":\"scripted/demo\""), (.postToolUse, "\"duration_ms\":[0-9]"),
        ] {
            let specification = specification(Self.calling, (event, hook(pattern))) { $0.permissionMode = .bypass }
            _ = try await specification.events()
            #expect(said(to: specification, request: 1).contains("found"), "\(event): \(pattern)")
        }
        let failing = [ScriptedAnswer(tools: [ScriptedCall("act", ["say": "no"])]), ScriptedAnswer(text: "Done.")]
        let refused = specification(failing, (.postToolUseFailure, hook("\"is_interrupt\":false"))) {
            $0.permissionMode = .bypass
            $0.tools = [FunctionTool("act", description: "") { _, _ in throw ToolError("failed", "no") }]
        }
        _ = try await refused.events()
        #expect(said(to: refused, request: 1).contains("found"))
    }

    @Test func `a hook that is asked for permission can say no and end the run`() async throws {
        let answer = #"{"hookSpecificOutput":{"decision":{"behavior":"deny","message":"not now","interrupt":true}}}"#
        let events = try await specification(Self.calling, (.permissionRequest, "echo '\(answer)'")) {
            $0.canAsk = true
        }.events()
        #expect(EventList.lines(of: events).last == "run_cancelled not now")
    }

    @Test func `a prompt that a hook blocks reaches no model, then or later`() async throws {
        let specification = specification(
            [ScriptedAnswer(text: "Hello.")],
            (.userPromptSubmit, "if grep -q '\"prompt\":\"Act'; then echo no >&2; exit 2; fi"))
        let events = try await specification.events()
        #expect(
            EventList.lines(of: events).suffix(2) == ["error prompt_blocked", "run_completed failed prompt_blocked"])
        #expect(specification.model.requests.isEmpty)
        let after = Conversation(folding: events)
        #expect(after.messages.isEmpty)
    }

    @Test func `a prompt whose hook was killed with its owner is asked about again`() async throws {
        let metadata = SessionMetadata(model: "demo", bassiVersion: "0")
        let events = try await specification([ScriptedAnswer(text: "Hello.")]).events()
        let log =
            [EventDraft(.sessionStarted(SessionStarted(metadata: metadata)))]
            + events.map { EventDraft($0.payload, runID: $0.runID, causeSeq: $0.causeSeq) }
        let begun = try #require(log.firstIndex { $0.payload.type == "run_started" })
        let sent = try #require(log.firstIndex { $0.payload.type == "request_sent" })
        #expect(begun + 1 == sent)
        let block = (HookEvent.userPromptSubmit, "echo no >&2; exit 2")
        let before = specification([ScriptedAnswer(text: "Hello.")], block, isSilent: true)
            .given(Array(log[...begun])).whenResumed()
        #expect(EventList.lines(of: try await before.events()).last == "run_completed failed prompt_blocked")
        #expect(before.model.requests.isEmpty)
        // What a model has seen is not asked about again.
        let after = specification([ScriptedAnswer(text: "Hello.")], block, isSilent: true)
            .given(Array(log[...sent])).whenResumed()
        #expect(EventList.lines(of: try await after.events()).last == "run_completed completed")
    }

    @Test func `a Stop hook sends the model on, and not for ever`() async throws {
        let answers = (1...6).map { ScriptedAnswer(text: "Done \($0).") }
        let specification = specification(answers, (.stop, "echo the tests fail >&2; exit 2"))
        let events = try await specification.events()
        #expect(EventList.lines(of: events).last == "run_completed completed")
        #expect(specification.model.requests.count == 4)
        #expect(said(to: specification, request: 1).contains("the tests fail"))
    }

    @Test func `a hook can end the run`() async throws {
        let events = try await specification(
            Self.calling, (.preToolUse, #"echo '{"continue":false,"stopReason":"enough"}'"#)
        ).events()
        #expect(EventList.lines(of: events).last == "run_cancelled enough")
    }

    @Test func `nothing waits for a hook that is only told`() async throws {
        let place = HookPlace(folder: "/", environment: ["PATH": "/usr/bin:/bin"])
        var configuration = AgentConfiguration(model: "demo", tools: [Self.act], folder: "/", environment: [:])
        configuration.providers = ScriptedModel(Self.calling).registry()
        configuration.canAsk = true
        configuration.hooks = HookSet(
            [CommandHook(.notification, matcher: .all, command: "sleep 600", timeout: .seconds(600), source: "test")],
            in: place)
        let session = try await AgentSession.start(configuration, store: MemoryEventStore())
        var last: EventPayload?
        for try await event in session.send("Act.") {
            last = event.payload
            guard case .permissionRequested(let question) = event.payload else { continue }
            try await session.answer(question.requestID, PermissionAnswer(.allow))
        }
        #expect(last.map(EventList.line) == "run_completed completed")
        try await session.end()
    }

    @Test func `a hook that hangs does not outlive a cancel`() async throws {
        let place = HookPlace(folder: "/", environment: ["PATH": "/usr/bin:/bin"])
        var configuration = AgentConfiguration(model: "demo", tools: [Self.act], folder: "/", environment: [:])
        configuration.providers = ScriptedModel(Self.calling).registry()
        configuration.hooks = HookSet(
            [CommandHook(.preToolUse, matcher: .all, command: "sleep 600", source: "test")], in: place)
        let session = try await AgentSession.start(configuration, store: MemoryEventStore())
        var last: EventPayload?
        for try await event in session.send("Act.") {
            last = event.payload
            if case .messageCompleted = event.payload { try await session.cancel(reason: "enough") }
        }
        #expect(last.map(EventList.line) == "run_cancelled enough")
        try await session.end()
    }
}
