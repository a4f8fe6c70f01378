import BassiEvents
import BassiProcess
import Foundation
import Testing

@testable import BassiPermissions

/// Hooks that are commands: what they are told, what they may answer, and what becomes of those that are broken.
@Suite struct CommandHookTests {
    private func ask(
        _ event: HookEvent = .preToolUse, _ commands: String..., matcher: String = "", about tool: String = "bash",
        timeout: Duration? = nil
    ) async throws -> [HookSet.Answer] {
        let place = HookPlace(folder: "/", environment: ["PATH": "/usr/bin:/bin", "SOME_API_KEY": "secret"])
        let hooks = try commands.map {
            CommandHook(event, matcher: try HookMatcher(matcher), command: $0, timeout: timeout, source: "test")
        }
        let call = ToolCallRequest(bash: "ls")
        return await HookSet(hooks, in: place).ask(
            event, about: HookSet.subjects(of: tool), HookSet.members(of: call))
    }

    private func reply(_ command: String, _ event: HookEvent = .preToolUse) async throws -> HookReply {
        try #require(try await ask(event, command).first?.reply)
    }

    @Test func `a hook reads the call as JSON, without secrets in its environment`() async throws {
        let input = try await reply("input=$(cat); printf '{\"systemMessage\":%s}' \"\\\"${input//\\\"/\\'}\\\"\"")
        #expect(input.systemMessage == "{'tool_name':'Bash','tool_input':{'command':'ls'},'tool_use_id':'check'}")
        let environment = try await reply("echo \"{\\\"systemMessage\\\":\\\"$SOME_API_KEY|$CLAUDE_PROJECT_DIR\\\"}\"")
        #expect(environment.systemMessage == "|/")
    }

    @Test func `exit status 0 goes on, 2 blocks with standard error as the reason`() async throws {
        #expect(try await reply("true") == HookReply())
        let blocked = try await reply("echo ' not here ' >&2; exit 2")
        #expect(blocked.verdict == .block)
        #expect(blocked.reason == "not here")
    }

    @Test(arguments: [
        (#"{"hookSpecificOutput":{"permissionDecision":"allow"}}"#, HookReply.Verdict.allow),
        (#"{"permissionDecision":"ask","permissionDecisionReason":"why"}"#, .ask),
        (#"{"hookSpecificOutput":{"permissionDecision":"deny"}}"#, .block),
        (#"{"decision":"approve"}"#, .allow), (#"{"decision":"block","reason":"why"}"#, .block),
        (#"{"hookSpecificOutput":{"decision":{"behavior":"allow"}}}"#, .allow),
        (#"{"hookSpecificOutput":{"decision":{"behavior":"deny","message":"why"}}}"#, .block),
        (#"{"decision":{"behavior":"allow"}}"#, .allow), (#"{"decision":{"behavior":"deny","message":"why"}}"#, .block),
    ])
    func `a decision stands in each of the places people know`(json: String, verdict: HookReply.Verdict) async throws {
        let said = try await reply("echo '\(json)'")
        #expect(said.verdict == verdict)
        #expect(json.contains("why") ? said.reason == "why" : said.reason == nil)
    }

    @Test func `a hook can change the input, add context and end the run`() async throws {
        let said = try await reply(
            #"echo '{"updatedInput":{"command":"pwd"},"additionalContext":"c","continue":false,"stopReason":"s"}'"#)
        #expect(said.newInput(of: ToolCallRequest(bash: "ls")) == ["command": "pwd"])
        #expect(said.newInput(of: ToolCallRequest(bash: "pwd")) == nil)
        #expect(said.additionalContext == "c")
        #expect(said.stopReason == "s")
    }

    @Test func `plain text is context where it is meant so, and nothing elsewhere`() async throws {
        #expect(try await reply("echo 'be kind'", .userPromptSubmit).additionalContext == "be kind")
        #expect(try await reply("echo 'be kind'") == HookReply())
    }

    @Test(arguments: [
        ("exit 3", "status 3"), ("kill -9 $$", "signal 9"), ("echo '{\"a\":'", "begins like JSON"),
        ("/not/there", "status 127"), ("/etc/passwd", "status 126"), ("yes", "more than"),
        ("echo '{\"decision\":\"perhaps\"}'", "none of allow, ask and deny"),
        (#"echo '{"decision":"block","decision":"approve"}'"#, "the member 'decision' twice"),
        (#"echo '{"hookSpecificOutput":{"permissionDecision":"allow","permission\u0044ecision":"ask"}}'"#, "twice"),
        (#"echo '{"updatedInput":{"command":"pwd","a":[{"b":1,"b":1}]}}'"#, "the member 'b' twice"),
    ])
    func `a hook that is broken asks a person`(command: String, problem: String) async throws {
        let answer = try #require(try await ask(.preToolUse, command).first)
        let said = try #require(answer.reply.problem)
        #expect(said.contains(problem))
        #expect(try #require(answer.event().hookExecuted).decision == .ask)
    }

    @Test func `a hook that hangs is ended at its time limit, with what it started`() async throws {
        let start = ContinuousClock.now
        let answer = try #require(try await ask(.preToolUse, "sleep 3000 & wait", timeout: .milliseconds(300)).first)
        #expect(answer.reply.problem?.contains("took more than") == true)
        // All others of the run share the threads on which this is noticed.
        #expect(ContinuousClock.now - start < .seconds(1000))
    }

    @Test func `hooks of one event run at the same time and answer in their order`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // Each waits for the other's mark: one after the other they would never end.
        func meeting(_ mine: String, _ other: String) -> String {
            "touch \(folder.path)/\(mine); until [ -e \(folder.path)/\(other) ]; do :; done; echo '{\"reason\":\"\(mine)\"}'"
        }
        let answers = try await ask(.preToolUse, meeting("a", "b"), meeting("b", "a"), timeout: .seconds(60))
        #expect(answers.map(\.reply.reason) == ["a", "b"])
    }

    @Test func `none of very many hooks is left out`() async throws {
        let place = HookPlace(folder: "/", environment: ["PATH": "/usr/bin:/bin"])
        let count = HookSet.atOnceMax + 6
        let hooks = (1...count).map { number in
            CommandHook(.preToolUse, matcher: .all, command: "echo '{\"reason\":\"\(number)\"}'", source: "test")
        }
        let answers = await HookSet(hooks, in: place).ask(.preToolUse, about: ["bash"], JSONObject())
        #expect(answers.map(\.reply.reason) == (1...count).map(String.init))
    }

    @Test(arguments: [
        ("", true), ("*", true), ("Bash", true), ("bash", true), ("Bas", false), ("Edit|Bash", true),
        ("Edit|Write", false), ("B.*", true), (".*ash", true), ("mcp__.*", false),
    ])
    func `a matcher is a name, names, or a regular expression`(matcher: String, matches: Bool) throws {
        #expect(try HookMatcher(matcher).matches(HookSet.subjects(of: "bash")) == matches)
    }

    @Test func `what is no regular expression is no matcher`() {
        #expect(throws: (any Error).self) { try HookMatcher("(") }
    }

    @Test func `a file has both names in the input, and the changed one counts`() throws {
        let call = ToolCallRequest(
            toolID: "t", toolName: "write_file", input: ["path": "a", "content": "x"], effect: .idempotent,
            reach: .folder, paths: ["a"])
        let members = HookSet.members(of: call)
        #expect(members["tool_name"] == "Write")
        #expect(members["tool_input"]?["file_path"] == "a")
        var said = HookReply()
        said.updatedInput = ["path": "a", "file_path": "b", "content": "x"]
        #expect(said.newInput(of: call) == ["path": "b", "content": "x"])
        said.updatedInput = ["path": "c", "file_path": "a", "content": "x"]
        #expect(said.newInput(of: call)?["path"] == "c")
    }
}

extension EventPayload {
    fileprivate var hookExecuted: HookExecuted? { if case .hookExecuted(let hook) = self { hook } else { nil } }
}
