import BassiEvents
import BassiModels
import BassiPermissions
import BassiProcess
import BassiSQLite
import BassiSession
import BassiTesting
import BassiTools
import Foundation

/// What a call of a tool costs beside the command itself: the decision, hooks, the sandbox, the durable log.
///
/// From the end of the model's answer to `tool_call_started`, and from there to `tool_call_completed`, as a reader of
/// the log sees them; beside it `bash -c true`, started by the same code and with the same variables (a shell takes a
/// tenth longer with fifty of them) with nothing around it, in turns.
struct CallsBenchmark {
    private static let callsPerRun = 20

    /// A way to be set up.
    private struct Setting {
        let name: String
        var isConfined = false
        var closures = 0
        var hooks = 0
        var goal: Double?
    }

    private static let settings = [
        Setting(name: "rules only", goal: 2),
        Setting(name: "rules, 3 hooks in Swift", closures: 3, goal: 2),
        Setting(name: "rules, a hook that is a command", hooks: 1),
        Setting(name: "rules, sandbox", isConfined: true, goal: 15),
        Setting(name: "rules, sandbox, 3 hooks in Swift", isConfined: true, closures: 3, goal: 15),
        Setting(name: "rules, sandbox, a hook that is a command in it", isConfined: true, hooks: 1),
    ]

    let rounds: Int
    let folder: String

    static func run(_ arguments: [String]) async throws {
        var (arguments, rounds) = (arguments[...], 10)
        while let argument = arguments.popFirst() {
            guard argument == "--rounds", let value = arguments.popFirst().flatMap({ Int($0) }), value > 0 else {
                throw Main.Usage()
            }
            rounds = value
        }
        let count = rounds
        let isAvailable = await Sandbox.availability().isAvailable
        if !isAvailable { print("no sandbox here: only what needs none is measured") }
        try await BenchmarkFolder.with { folder in
            print("before: \(try MachineState(folder: folder))")
            try await CallsBenchmark(rounds: count, folder: folder).measure(
                settings.filter { isAvailable || !$0.isConfined })
            print("after:  \(try MachineState(folder: folder))")
        }
    }

    private func measure(_ settings: [Setting]) async throws {
        var bare: [Double] = []
        var times = settings.map { _ in Times() }
        for _ in 0..<rounds {
            for _ in 0..<Self.callsPerRun { bare.append(try await command()) }
            for index in settings.indices { try await call(settings[index], &times[index]) }
        }
        let (figure, command) = (BenchmarkReport.figure, Samples(bare).median)
        print("\(times[0].whole.count) calls each; medians in ms; `bash -c true` alone: \(figure(command))")
        for (setting, time) in zip(settings, times) {
            let whole = Samples(time.whole)
            print(
                "\(setting.name): until it starts \(figure(Samples(time.decision).median)), to its end "
                    + "\(figure(whole.median)) (99th percentile \(figure(whole.p99))): "
                    + "\(figure(whole.median - command)) beside the command"
                    + (setting.goal.map { ", goal < \(figure($0))" } ?? ""))
        }
    }

    /// Milliseconds of calls.
    private struct Times {
        /// From the end of the answer to the start of the call.
        var decision: [Double] = []
        /// From the end of the answer to the end of the call.
        var whole: [Double] = []
    }

    private func call(_ setting: Setting, _ times: inout Times) async throws {
        let store = try SQLiteEventStore(path: "\(folder)/log-\(UUID()).sqlite")
        let session = try await AgentSession.start(configuration(setting), store: store)
        var asked = ContinuousClock.now
        for try await event in session.send("go") {
            switch event.payload {
            case .requestEnded: asked = .now
            case .toolCallStarted: times.decision.append((.now - asked) / .milliseconds(1))
            case .toolCallCompleted: times.whole.append((.now - asked) / .milliseconds(1))
            case .toolCallFailed(let failed): throw BenchmarkProblem("a call failed: \(failed)")
            default: continue
            }
        }
        try await session.close()
    }

    private func configuration(_ setting: Setting) throws -> AgentConfiguration {
        let sandbox: SandboxSettings = setting.isConfined ? SandboxSettings() : .off
        let answers = (0..<Self.callsPerRun).map { _ in
            ScriptedAnswer(tools: [ScriptedCall("bash", ["command": "true"])])
        }
        var configuration = AgentConfiguration(
            model: "demo", tools: [BashTool(sandbox: sandbox)], folder: folder)
        configuration.providers = ScriptedModel(answers + [ScriptedAnswer(text: "done")]).registry()
        configuration.rules = try RuleSet(
            allow: ["Bash(true)", "Bash(git log *)", "Read(./**)"], deny: ["Bash(rm *)", "Read(**/.env)"],
            ask: ["Bash(git push *)"], source: "benchmark")
        for _ in 0..<setting.closures { configuration = configuration.beforeTool { _ in .allow } }
        let environment = configuration.environment
        let place = HookPlace(folder: folder, environment: environment) { [folder] command in
            await sandbox.confined(command, folder: folder, home: NSHomeDirectory(), environment: environment)
        }
        let hooks = try (0..<setting.hooks).map { _ in
            CommandHook(
                .preToolUse, matcher: try HookMatcher("Bash"), command: "cat >/dev/null", source: "benchmark")
        }
        if !hooks.isEmpty { configuration.hooks = HookSet(hooks, in: place) }
        return configuration
    }

    private func command() async throws -> Double {
        let start = ContinuousClock.now
        let command = ProcessCommand(
            executable: "/bin/bash", arguments: ["-c", "true"],
            environment: ChildEnvironment.scrubbed(ProcessInfo.processInfo.environment), workingDirectory: folder)
        let ending = try await ChildProcess.run(command) { _, _ in }
        guard ending == .exited(0) else { throw BenchmarkProblem("`true` ended with \(ending)") }
        return (ContinuousClock.now - start) / .milliseconds(1)
    }
}
