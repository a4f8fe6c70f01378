import BassiEvents
import BassiModels
import BassiSession
import BassiStore
import BassiTools
import Foundation

/// A hook that lets one command through and stops another, with real commands in a real folder.
struct HooksDemonstration: Demonstration {
    let title = "Tools with permission hooks: a dangerous command is stopped before it starts"

    func run(in folder: String) async throws -> [String] {
        let precious = folder + "/precious.txt"
        try "do not lose me\n".write(toFile: precious, atomically: true, encoding: .utf8)
        let script = ModelScript([
            ScriptedAnswer(tools: [
                ScriptedCall("bash", ["command": "cat precious.txt"]),
                ScriptedCall("bash", ["command": "rm -rf precious.txt"]),
            ]),
            ScriptedAnswer(text: "I could read the file; removing it was not allowed."),
        ])
        // The two commands are known: where the machine has no sandbox they need none, and nobody is there to be asked.
        let isConfined = await BashTool().missingSandbox() == nil
        let bash = BashTool(sandbox: isConfined ? SandboxSettings() : .off)
        var configuration = AgentConfiguration(model: "demo", tools: [bash], folder: folder)
            .beforeTool(named: "no rm -rf") { call in
                call.commandLine.contains("rm -rf") ? .deny("Dangerous command blocked") : .allow
            }
        configuration.providers = .standard(environment: [:], demo: DemoModel(script: script))
        let session = try await AgentSession.start(configuration, store: MemoryEventStore())
        var (started, denied): ([String], [String]) = ([], [])
        for try await event in session.send("Read the file, then remove it.") {
            switch event.payload {
            case .toolCallStarted(let call):
                started.append(RunView.summary(of: call.toolInput))
                Standard.print("   ran      \(RunView.summary(of: call.toolInput))")
            case .hookDenied(let denial): Standard.print("   stopped  rm -rf precious.txt (\(denial.reason))")
            case .toolCallFailed(let call) where call.outcome == .denied: denied.append(call.error.message)
            case .contentBlockEnd(let end): if let text = end.text { Standard.print("   model    \(text)\n") }
            default: break
            }
        }
        try await session.end()
        return [
            try NotProved.check(started == ["cat precious.txt"], "the harmless command ran, and only that"),
            try NotProved.check(denied == ["Dangerous command blocked"], "the model was told why the other did not"),
            try NotProved.check(FileManager.default.fileExists(atPath: precious), "the file is still there"),
        ]
    }
}
