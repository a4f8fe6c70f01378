import BassiEvents
import BassiModels
import BassiPermissions
import BassiStore
import BassiTesting
import BassiTools
import Foundation
import Testing

@testable import BassiSession

/// A command that the sandbox kept from its work: whether it runs again outside of it.
@Suite(.serialized, .timeLimit(.minutes(2))) struct UnconfinedTests {
    /// A file in a folder that no sandbox of a session lets be written, though the person could.
    private let canary = Self.place.appendingPathComponent("canary-\(UUID().uuidString)").path

    /// Beside the tests; never below a temporary folder, which is another one in a sandbox.
    private static let place: URL = {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        guard ["/tmp/", "/var/tmp/", "/run/"].contains(where: { beside.path.hasPrefix($0) }) else { return beside }
        return getuid() == 0 ? URL(fileURLWithPath: "/var/lib") : FileManager.default.homeDirectoryForCurrentUser
    }()

    private func run(
        _ mode: PermissionMode = .bypass, rules: RuleSet = RuleSet(), canAsk: Bool = true, command: String? = nil,
        answering answer: (Workshop, PermissionRequested) async throws -> Void
    ) async throws -> (questions: [PermissionRequested], result: String, calls: [CallHistory]) {
        let line = command ?? "echo trying; echo x >\(canary)"
        let answers = [
            ScriptedAnswer(tools: [ScriptedCall("bash", ["command": .string(line)], id: "t")]),
            ScriptedAnswer(text: "Done."),
        ]
        defer { try? FileManager.default.removeItem(atPath: canary) }
        var (questions, result, calls): ([PermissionRequested], String, [CallHistory]) = ([], "", [])
        try await Workshop.with(answers) {
            ($0.canAsk, $0.permissionMode, $0.rules) = (canAsk, mode, rules)
            $0 = $0.beforeTool { _ in .allow }
        } _: { workshop in
            for try await event in workshop.session.send("Go.") {
                guard case .permissionRequested(let asked) = event.payload else { continue }
                questions.append(asked)
                try await answer(workshop, asked)
            }
            result = try await workshop.results()["t"] ?? ""
            calls = CallHistory.all(in: try await workshop.log())
        }
        return (questions, result, calls)
    }

    private var isConfined: Bool { get async { await BashTool().missingSandbox() == nil } }

    @Test func `with a yes it runs again outside, and the result says so`() async throws {
        guard await isConfined else { return }
        var wasThere = false
        let (questions, result, calls) = try await run { workshop, asked in
            wasThere = FileManager.default.fileExists(atPath: canary)
            try await workshop.session.answer(
                asked.requestID,
                PermissionAnswer(.allow, scope: .always, rule: "Bash", input: ["command": "echo other"]))
        }
        #expect(questions.count == 1 && questions[0].unconfined == true && questions[0].suggestedRules.isEmpty)
        #expect(
            questions.first?.reason
                == "the command's output says that writing to '\(canary)' failed, which the sandbox blocks")
        #expect(!wasThere)
        #expect(
            result.contains("let the command run again outside of the sandbox") && result.hasSuffix("trying\n"),
            "\(result)")
        #expect(calls.first?.decision?.by.kind != .user && calls.first?.verdict == .allowed)
        #expect(calls.first?.headline.hasSuffix(", and let out of the sandbox by a person") == true)
    }

    @Test func `a scope that is sent along counts for nothing`() async throws {
        guard await isConfined else { return }
        let (_, result, _) = try await run { workshop, asked in
            try await workshop.session.answer(asked.requestID, PermissionAnswer(.allow, scope: .session))
            let log = try await workshop.log()
            for case .permissionResolved(let answer) in log.map(\.payload) {
                #expect(answer.scope == .once && answer.rule == nil && answer.modifiedInput == nil)
            }
        }
        #expect(result.contains("outside of the sandbox"))
    }

    @Test func `no rule, no hook and no mode answers it for the person, and a no leaves the result as it was`()
        async throws
    {
        guard await isConfined else { return }
        let allow = try RuleSet(allow: ["Bash"], source: "test")
        for (mode, rules) in [(PermissionMode.bypass, RuleSet()), (.ask, allow), (.acceptEdits, allow)] {
            let (questions, result, _) = try await run(mode, rules: rules) { workshop, asked in
                #expect(asked.unconfined == true)
                try await workshop.session.answer(asked.requestID, PermissionAnswer(.deny))
            }
            #expect(questions.count == 1)
            #expect(!FileManager.default.fileExists(atPath: canary))
            #expect(
                result.contains("trying\n") && result.contains("(exit code 1)")
                    && result.contains("which the sandbox blocks"))
        }
    }

    @Test func `where nobody can be asked, and for what failed by itself, nothing is asked`() async throws {
        guard await isConfined else { return }
        for (mode, canAsk) in [(PermissionMode.bypass, false), (.dontAsk, true)] {
            let allow = try RuleSet(allow: ["Bash"], source: "test")
            let (questions, result, _) = try await run(mode, rules: allow, canAsk: canAsk) { _, _ in }
            #expect(questions.isEmpty && result.contains("failed, which the sandbox blocks"), "\(result)")
        }
        for command in ["ls /nowhere", "echo 'x: Read-only file system'; false", "exit 1"] {
            let (questions, _, _) = try await run(command: command) { _, _ in }
            #expect(questions.isEmpty)
        }
    }

    @Test func `a cancel ends the wait, and nothing runs outside`() async throws {
        guard await isConfined else { return }
        let (questions, result, _) = try await run { workshop, _ in try await workshop.session.cancel() }
        #expect(questions.count == 1 && result.hasPrefix("cancelled"))
        #expect(!FileManager.default.fileExists(atPath: canary))
    }

    @Test func `after a crash the question is withdrawn, and the call is in doubt`() throws {
        let question = PermissionRequested(
            requestID: "q", toolID: "t1", toolName: "bash", toolInput: [:], unconfined: true, reason: "r")
        let log = SampleLog.log(of: SampleLog.untilCallStarted(effect: .write) + [.permissionRequested(question)])
        let ends = SessionState(folding: log).closing(as: .interrupted(.nodeLost), at: .now)
        #expect(
            ends.map(EventList.line) == [
                "permission_resolved deny system", "tool_call_failed bash in_doubt", "run_interrupted",
            ])
    }
}
