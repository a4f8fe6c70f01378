import BassiEvents
import BassiModels
import BassiStore
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// A kill while a sub-agent works: its session is gone on with, and what it has done is not done again.
@Suite struct SubagentCrashTests {
    private static let act = FunctionTool("act", description: "", effect: .write) { _, _ in .text("done") }

    /// The logs of a parent and its sub-agent, and what of both stands after a kill.
    private struct Logs {
        let parent: (id: SessionID, events: [EventDraft])
        let child: (id: SessionID, events: [EventDraft])

        /// Each pair of beginnings that a kill can leave: of the sub-agent's log nothing before it was started, and all of
        /// it once its end is in the parent's.
        var kills: [(parent: Int, child: Int)] {
            let lines = parent.events.map { EventList.line(of: $0.payload) }
            guard let start = lines.firstIndex(of: "subagent_started helper"),
                let end = lines.firstIndex(of: "subagent_completed completed")
            else { return [] }
            return (1...parent.events.count).flatMap { count -> [(Int, Int)] in
                if count <= start { return [(count, 0)] }
                return (count <= end ? Array(0...child.events.count) : [child.events.count]).map { (count, $0) }
            }
        }
    }

    private static func family(_ answers: [ScriptedAnswer], helper: [ScriptedAnswer]) -> Family {
        Family(answers, tools: [act]).with("helper", answers: helper).with { $0.permissionMode = .bypass }
    }

    private static func logs() async throws -> Logs {
        let family = family(
            [ScriptedAnswer(tools: [Family.task("helper")]), ScriptedAnswer(text: "Thanks.")],
            helper: [ScriptedAnswer(text: "First.", tools: [ScriptedCall("act", [:])]), ScriptedAnswer(text: "Whole.")])
        let events = try await family.run()
        let child = try #require(try await family.logs(of: events).first)
        return Logs(
            parent: (events[0].sessionID, drafts(try await family.store.read(events[0].sessionID))),
            child: (child[0].sessionID, drafts(child)))
    }

    private static func drafts(_ log: [Event]) -> [EventDraft] {
        log.map { EventDraft($0.payload, runID: $0.runID, causeSeq: $0.causeSeq) }
    }

    /// What a kill has left, in a store.
    private static func restore(_ logs: Logs, _ kill: (parent: Int, child: Int), in store: MemoryEventStore)
        async throws
    {
        for (id, events) in [
            (logs.parent.id, logs.parent.events.prefix(kill.parent)),
            (logs.child.id, logs.child.events.prefix(kill.child)),
        ]
        where !events.isEmpty {
            _ = try await store.append(Array(events), to: id, expecting: .noStream, until: .durable, under: nil)
        }
    }

    @Test func `after a kill at any pair of events the run can be resumed to its end`() async throws {
        let logs = try await Self.logs()
        #expect(logs.kills.count > 40)
        for kill in logs.kills {
            let family = Self.family([ScriptedAnswer(text: "Thanks.")], helper: [ScriptedAnswer(text: "Whole.")])
            try await Self.restore(logs, kill, in: family.store)
            let session = try await AgentSession.open(logs.parent.id, family.configuration, store: family.store)
            for try await _ in session.goOn() {}
            try await session.close()
            let log = try await family.store.read(logs.parent.id)
            _ = try LogRules.check(log)
            let lines = EventList.lines(of: log)
            guard lines.contains("run_resumed"), lines.contains("subagent_started helper") else { continue }
            #expect(lines.last == "run_completed completed", "killed after \(kill)")
            #expect(lines.count { $0 == "subagent_started helper" } == 1, "killed after \(kill)")
            #expect(lines.count { $0 == "subagent_completed completed" } == 1, "killed after \(kill)")
            #expect(Family.results(log) == ["Whole."], "killed after \(kill)")
            try check(try #require(try await family.logs(of: log).first), kill)
        }
    }

    /// Whatever was killed when, one call that writes was begun at most once.
    private func check(_ log: [Event], _ kill: (parent: Int, child: Int)) throws {
        let rules = try LogRules.check(log)
        #expect(rules.isClosed, "killed after \(kill)")
        let lines = EventList.lines(of: log)
        #expect(lines.count { $0.hasPrefix("tool_call_started act") } <= 1, "killed after \(kill)")
        #expect(lines.count { $0.hasPrefix("prompt_received") } == 1, "killed after \(kill)")
        #expect(lines.count { $0 == "run_completed completed" } == 1, "killed after \(kill)")
    }

    @Test func `a new prompt ends a call whose sub-agent nobody went on with`() async throws {
        let logs = try await Self.logs()
        let kill = try #require(logs.kills.first { $0.child == 6 })
        let family = Self.family([ScriptedAnswer(text: "Hello.")], helper: [])
        try await Self.restore(logs, kill, in: family.store)
        let session = try await AgentSession.open(logs.parent.id, family.configuration, store: family.store)
        for try await _ in session.send("Something else.") {}
        try await session.close()
        let log = try await family.store.read(logs.parent.id)
        #expect(try LogRules.check(log).isClosed)
        let lines = EventList.lines(of: log)
        #expect(lines.contains("subagent_completed cancelled"))
        #expect(lines.contains("tool_call_failed task cancelled"))
    }

    @Test func `a copy of a session starts a sub-agent of its own`() async throws {
        let logs = try await Self.logs()
        let kill = try #require(logs.kills.first { $0.child == 6 })
        let family = Self.family([ScriptedAnswer(text: "Thanks.")], helper: [ScriptedAnswer(text: "Mine.")])
        try await Self.restore(logs, kill, in: family.store)
        let session = try await AgentSession.fork(logs.parent.id, family.configuration, store: family.store)
        for try await _ in session.goOn() {}
        try await session.close()
        let log = try await family.store.read(session.id)
        _ = try LogRules.check(log)
        #expect(Family.results(log) == ["Mine."])
        #expect(try await family.store.read(logs.child.id).count == 6)
    }

    @Test func `what was spent before a kill counts after it`() async throws {
        let logs = try await Self.logs()
        // The parent has used 15 tokens, the sub-agent 15 of its first message and none of its second.
        let end = try #require(
            logs.child.events.firstIndex { EventList.line(of: $0.payload) == "message_completed tool_use" })
        let kill = try #require(logs.kills.first { $0.child == end + 1 })
        let family = Self.family([], helper: [ScriptedAnswer(text: "Whole.")])
        try await Self.restore(logs, kill, in: family.store)
        let session = try await AgentSession.open(logs.parent.id, family.configuration, store: family.store)
        for try await _ in session.goOn() {}
        let statistics = try await session.statistics
        try await session.close()
        let log = try await family.store.read(logs.parent.id)
        let ends = log.compactMap { event -> SubagentCompleted? in
            if case .subagentCompleted(let end) = event.payload { end } else { nil }
        }
        #expect(ends.map(\.usage.totalTokens) == [30])
        #expect(ends.map(\.turns) == [2])
        #expect(statistics.usage.totalTokens == 45)
    }
}
