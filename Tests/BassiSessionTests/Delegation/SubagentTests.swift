import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTesting
import BassiTools
import Synchronization
import Testing

@testable import BassiSession

/// Sub-agents: a session of their own, the result of a call, never more than the one that started them.
@Suite struct SubagentTests {
    private let asking = ScriptedAnswer(tools: [Family.task("helper", "Count to two.")])

    @Test func `a sub-agent is a session of its own, and its last message is the call's result`() async throws {
        let family = Family([asking, ScriptedAnswer(text: "It said two.")])
            .with("helper", answers: [ScriptedAnswer(text: "One, two.")])
        let events = try await family.run()
        #expect(
            EventListTests.inTheMiddle(events) == [
                "tool_call_started task", "subagent_started helper", "subagent_completed completed",
                "tool_call_completed task",
            ])
        #expect(Family.results(events) == ["One, two."])
        _ = try LogRules.check(try await family.store.read(events[0].sessionID))

        let log = try #require(try await family.logs(of: events).first)
        _ = try LogRules.check(log)
        guard case .sessionStarted(let started) = log.first?.payload else {
            Issue.record("it begins with \(log.first.map { "\($0)" } ?? "nothing")")
            return
        }
        #expect(
            started.metadata.parent
                == ParentLink(sessionID: events[0].sessionID, runID: try #require(events[0].runID), toolID: "t"))
        #expect(started.metadata.title == "helper: Count to two.")
        #expect(
            EventList.lines(of: log) == [
                "session_started", "prompt_received", "run_started", "request_sent", "content_block_start text",
                "token_delta …", "content_block_end text", "request_ended completed", "message_completed end_turn",
                "run_completed completed",
            ])
    }

    @Test func `what a sub-agent used counts for the run, and for whoever asks for its statistics`() async throws {
        let used = Usage(inputTokens: 100, outputTokens: 5)
        let family = Family([ScriptedAnswer(tools: asking.tools, usage: used), ScriptedAnswer(text: "ok", usage: used)])
            .with("helper", answers: [ScriptedAnswer(text: "One.", usage: used)])
        let session = try await family.start()
        var end: RunCompleted?
        for try await event in session.send("Go.") {
            if case .runCompleted(let completed) = event.payload { end = completed }
        }
        #expect(end?.usage.totalTokens == 315)
        #expect(end?.turns == 3)
        #expect(try await session.statistics.usage.totalTokens == 315)
        try await session.close()
    }

    @Test func `several calls of one message work at the same time`() async throws {
        // Each waits for the other: one after the other would never end.
        let meeting = Meeting(of: 2)
        let meet = FunctionTool("meet", description: "", effect: .pure, reach: .folder) { _, _ in
            await meeting.arrive()
            return .text("met")
        }
        let calls = [Family.task("a", id: "t1"), Family.task("b", id: "t2")]
        let child = [ScriptedAnswer(tools: [ScriptedCall("meet", [:], id: "m")]), ScriptedAnswer(text: "We met.")]
        let family = Family([ScriptedAnswer(tools: calls), ScriptedAnswer(text: "ok")], tools: [meet])
            .with("a", answers: child).with("b", answers: child)
        #expect(Family.results(try await family.run()) == ["We met.", "We met."])
    }

    @Test func `no more than so many are at work, and the others wait`() async throws {
        let most = Mutex((now: 0, most: 0))
        let work = FunctionTool("work", description: "", effect: .pure, reach: .folder) { _, _ in
            most.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            await Task.yield()
            most.withLock { $0.now -= 1 }
            return .text("done")
        }
        let child = [ScriptedAnswer(tools: [ScriptedCall("work", [:], id: "m")]), ScriptedAnswer(text: "Done.")]
        var family = Family(
            [
                ScriptedAnswer(tools: (1...4).map { Family.task("a\($0)", id: ToolID("t\($0)")) }),
                ScriptedAnswer(text: "ok"),
            ],
            tools: [work]
        ).with { $0.agentsMax = 2 }
        for number in 1...4 { family = family.with("a\(number)", answers: child) }
        #expect(Family.results(try await family.run()) == ["Done.", "Done.", "Done.", "Done."])
        #expect(most.withLock { $0.most } == 2)
    }

    @Test func `a sub-agent of the deepest kind has no sub-agents`() async throws {
        let deeper = ScriptedAnswer(tools: [Family.task("helper")])
        let family = Family([deeper, ScriptedAnswer(text: "0")])
            .with("helper", answers: [deeper, ScriptedAnswer(text: "2"), ScriptedAnswer(text: "1")])
            .with { $0.agentDepthMax = 2 }
        let events = try await family.run()
        #expect(Family.results(events) == ["1"])
        let offered = family.children["helper"]?.requests.map { $0.tools.map(\.name) }
        #expect(offered == [["task"], [], ["task"]])
    }

    @Test func `an agent has of the session's tools those that it takes`() async throws {
        let look = FunctionTool("look", description: "", effect: .pure, reach: .folder) { _, _ in .text("seen") }
        let peek = FunctionTool("peek", description: "", effect: .pure, reach: .folder) { _, _ in .text("seen") }
        let family = Family([asking, ScriptedAnswer(text: "ok")], tools: [look, peek])
            .with("helper", answers: [ScriptedAnswer(text: "1")]) {
                $0.tools = ["look", "unknown"]
                $0.systemPrompt = "You help."
            }
        _ = try await family.run()
        let request = try #require(family.children["helper"]?.requests.first)
        #expect(request.tools.map(\.name) == ["look"])
        #expect(request.systemPrompt == "You help.")
    }

    @Test func `an agent without a model of its own works with the session's, whatever it is called`() async throws {
        let said = [asking, ScriptedAnswer(text: "One, two."), ScriptedAnswer(text: "It said two.")]
        let family = Family(said).with("helper", answers: []) { $0.model = nil }
        #expect(Family.results(try await family.run()) == ["One, two."])
        // The one that stands in now is asked, not the one that has failed.
        let spare = ScriptedModel(said)
        let gone = ScriptedAnswer(failure: .status(404, type: "not_found_error", message: "gone"))
        let broken = Family([gone]).with("helper", answers: []) { $0.model = nil }.with {
            $0.providers = $0.providers?.adding(spare.named("spare"))
            $0.fallbackModels = ["scripted/spare"]
        }
        #expect(Family.results(try await broken.run()) == ["One, two."])
    }

    @Test func `a sub-agent that fails is a failed call that says why`() async throws {
        let family = Family([asking, ScriptedAnswer(text: "ok")])
            .with("helper", answers: [])
        let events = try await family.run()
        #expect(Family.results(events) == ["agent_failed: helper failed: the script has no answer number 1"])
        #expect(EventList.lines(of: events).contains("subagent_completed failed"))
    }

    @Test func `an agent whose model cannot be asked is a failed call`() async throws {
        let family = Family([asking, ScriptedAnswer(text: "ok")])
            .with("helper", answers: []) { $0.model = "nowhere/small" }
        let events = try await family.run()
        #expect(try #require(Family.results(events).first).hasPrefix("no_model: helper cannot be started:"))
        #expect(!EventList.lines(of: events).contains("subagent_started helper"))
    }

    @Test func `a long last message is read in part, and the whole is kept`() async throws {
        let long = String(repeating: "0123456789", count: 10_000)
        let family = Family([asking, ScriptedAnswer(text: "ok")]).with("helper", answers: [ScriptedAnswer(text: long)])
        let events = try await family.run()
        let result = try #require(Family.results(events).first)
        #expect(result.utf8.count < 33 << 10)
        #expect(result.contains("The message is longer"))
    }
}
