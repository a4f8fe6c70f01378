import BassiProcess
import BassiSession
import BassiTools
import Foundation

/// What keeps the program and the commands that it runs apart.
enum Confinement {
    /// A command of the same person could else read the keys in this process's memory.
    static func hideProgram() { ProcessHiding.hideThisProcess() }

    /// What the person should know before the first command runs, one sentence each.
    static func notices(of agent: AgentConfiguration, by bash: BashTool) async -> [String] {
        let runsCommands = agent.tools.contains { $0 is BashTool }
        if let missing = await bash.missingSandbox() {
            let effects =
                (runsCommands ? ["each command is asked, whatever rules allow"] : [])
                + (agent.hooks == nil ? [] : ["hooks run unconfined, without being asked"])
            guard !effects.isEmpty else { return [] }
            return ["no sandbox, so \(effects.joined(separator: ", and ")): \(missing.reason); \(missing.remedy)"]
        }
        guard bash.sandbox.isEnabled, runsCommands else { return [] }
        var sandbox = Sandbox(folder: agent.folder, home: agent.environment["HOME"] ?? "/")
        sandbox.writablePaths = bash.sandbox.writablePaths
        var notices = sandbox.refusedPaths.map {
            "'\($0)' of sandbox.write is not there, too broad or protected: commands cannot write it"
        }
        if !sandbox.canWriteFolder, FileManager.default.isWritableFile(atPath: agent.folder) {
            notices.append(
                "commands can read this folder and not write it, since it is or holds your home, /tmp or the "
                    + "machine: work in a folder below, or name folders under sandbox.write in the settings")
        }
        return notices
    }

    /// Removes what commands left in their private temporary folder.
    static func tidy() { BashTool.removeTemporaryFolders() }
}
