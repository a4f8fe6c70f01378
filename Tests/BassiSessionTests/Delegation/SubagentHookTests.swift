import BassiEvents
import BassiModels
import BassiPermissions
import BassiTesting
import BassiTools
import Testing

@testable import BassiSession

/// Hooks of sub-agents: told when one begins, asked when it wants to end, and never taken for those of the person's
/// session.
@Suite struct SubagentHookTests {
    private func family(
        _ hooks: (HookEvent, String, String)..., helper: [ScriptedAnswer] = [ScriptedAnswer(text: "Finished.")]
    ) throws -> Family {
        let place = HookPlace(folder: "/", environment: ["PATH": "/usr/bin:/bin"])
        let set = HookSet(
            try hooks.map { event, matcher, command in
                CommandHook(event, matcher: try HookMatcher(matcher), command: command, source: "test")
            }, in: place)
        return Family([ScriptedAnswer(tools: [Family.task("helper", "Count.")]), ScriptedAnswer(text: "ok")])
            .with("helper", answers: helper).with { $0.hooks = set }
    }

    private func child(_ family: Family) async throws -> (log: [Event], parent: [Event]) {
        let events = try await family.run()
        return (try #require(try await family.logs(of: events).first), events)
    }

    @Test func `SubagentStart is told who begins, and what it says is before the model`() async throws {
        // What it was told, as a text in its answer.
        let told = #"""
            printf '{"hookSpecificOutput":{"hookEventName":"SubagentStart","additionalContext":"%s"}}' \
              "$(tr -d '\n' | sed 's/["\\]/\\&/g')"
            """#
        let family = try family((.subagentStart, "helper", told), (.subagentStart, "other", "echo never; exit 1"))
        let (log, parent) = try await child(family)
        let contexts = log.compactMap { event -> String? in
            if case .hookExecuted(let hook) = event.payload { hook.additionalContext } else { nil }
        }
        let input = try JSONParser.parse(try #require(contexts.first))
        #expect(contexts.count == 1)
        #expect(input["hook_event_name"] == "SubagentStart")
        #expect(input["agent_type"] == "helper")
        #expect(input["agent_id"]?.string == log[0].sessionID.description)
        #expect(input["session_id"]?.string == parent[0].sessionID.description)
        let request = try #require(family.children["helper"]?.requests.first)
        #expect("\(request.messages)".contains("SubagentStart"))
    }

    @Test func `SubagentStop is told the last message, and may send the sub-agent on`() async throws {
        let once = """
            input=$(cat); case $input in *'"stop_hook_active":true'*) exit 0 ;; esac
            printf 'once more: ' >&2; printf %s "$input" | sed 's/.*"last_assistant_message":"\\([^"]*\\)".*/\\1/' >&2; exit 2
            """
        let family = try family(
            (.subagentStop, "helper", once), (.stop, "", "true"),
            helper: [ScriptedAnswer(text: "One."), ScriptedAnswer(text: "Two.")])
        let events = try await family.run()
        #expect(Family.results(events) == ["Two."])
        let log = try #require(try await family.logs(of: events).first)
        let lines = EventList.lines(of: log)
        #expect(
            lines.filter { $0.hasPrefix("hook_") } == ["hook_denied SubagentStop", "hook_executed SubagentStop none"])
        let last = try #require(family.children["helper"]?.requests.last)
        #expect("\(last.messages)".contains("once more: One."))
    }

    @Test func `a sub-agent's session tells nobody of prompts, its begin and its end as one of a person`() async throws
    {
        let never = "echo never >&2; exit 2"
        let (log, _) = try await child(try family((.preCompact, "", never)))
        #expect(EventList.lines(of: log).last == "run_completed completed")
        let family = try family((.sessionStart, "", "true"), (.sessionEnd, "", "true"), (.userPromptSubmit, "", "true"))
        let (quiet, parent) = try await child(family)
        #expect(EventList.lines(of: quiet).allSatisfy { !$0.hasPrefix("hook_") })
        let told = EventList.lines(of: parent).filter { $0.hasPrefix("hook_executed UserPromptSubmit") }
        #expect(told.count == 1)
    }
}
