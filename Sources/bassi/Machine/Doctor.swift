import ArgumentParser
import BassiEvents
import BassiModels
import BassiProcess
import BassiSQLite
import BassiStore
import BassiWorkspace
import Foundation

/// `bassi doctor`: checks of the installation, with a remedy for each finding.
struct Doctor: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Check the installation; say what to do about findings.")

    @Flag(help: "For programs.") var json = false

    private struct Check {
        let name: String
        /// What is wrong; nil when all is well.
        let problem: String?
        let remedy: String
        let detail: String
        /// Whether nothing works without it.
        var isFatal = false
    }

    func run() async throws {
        let environment = ProcessInfo.processInfo.environment
        let checks = await [
            Self.home(environment), Self.log(environment), Self.settings(environment), Self.trust(environment),
            Self.models(environment), Self.agents(environment),
            Self.program("rg", "ripgrep", "search_files falls back to grep, which knows no .gitignore", environment),
            Self.sandbox(),
            Self.program("git", "git", "models expect it in most folders", environment),
        ]
        if json {
            let rows = checks.map { check -> JSONValue in
                [
                    "name": .string(check.name), "ok": .bool(check.problem == nil),
                    "detail": .string(check.problem ?? check.detail),
                    "remedy": check.problem == nil ? .null : .string(check.remedy),
                ]
            }
            let document: JSONValue = ["checks": .array(rows)]
            Standard.print(document.text)
        } else {
            for check in checks {
                Standard.print(
                    "\(check.problem == nil ? "ok  " : "!   ") \(check.name): \(check.problem ?? check.detail)")
                if check.problem != nil { Standard.print("       → \(check.remedy)") }
            }
        }
        if checks.contains(where: { $0.problem != nil && $0.isFatal }) { throw ExitWith(1) }
    }

    private static func home(_ environment: [String: String]) -> Check {
        do {
            let home = try Home(environment: environment)
            try home.create()
            let isWritable = access(home.path, W_OK) == 0
            return Check(
                name: "home", problem: isWritable ? nil : "'\(home.path)' cannot be written",
                remedy: "mend its owner and mode, or set BASSI_HOME to another folder", detail: home.path,
                isFatal: true)
        } catch {
            return Check(
                name: "home", problem: "\(error)", remedy: "set BASSI_HOME to a folder", detail: "", isFatal: true)
        }
    }

    private static func log(_ environment: [String: String]) async -> Check {
        do {
            let home = try Home(environment: environment)
            guard FileManager.default.fileExists(atPath: home.eventLog) else {
                return Check(name: "event log", problem: nil, remedy: "", detail: "none yet: the first run makes it")
            }
            let store = try SQLiteEventStore(path: home.eventLog)
            let count = try await store.sessions(limit: 1, offset: 0).count
            try await store.close()
            return Check(
                name: "event log", problem: nil, remedy: "",
                detail: "\(home.eventLog)\(count == 0 ? ", without sessions" : "")")
        } catch {
            return Check(
                name: "event log", problem: "\(error)",
                remedy: "move the file away, or set BASSI_HOME to another folder", detail: "", isFatal: true)
        }
    }

    private static func settings(_ environment: [String: String]) -> Check {
        do {
            let folder = FileManager.default.currentDirectoryPath
            let workspace = try Workspace(folder: folder, environment: environment)
            // What the folder's trust leaves out is a check of its own, and so are the agents.
            let others = workspace.agentNotices + [workspace.trust.notice].compactMap(\.self)
            let notes = workspace.notices.filter { !others.contains($0) }.joined(separator: "; ")
            return Check(
                name: "settings", problem: nil, remedy: "",
                detail: notes.isEmpty ? workspace.configFolder.map { $0 + "/settings.yaml" } ?? "none" : notes)
        } catch {
            return Check(
                name: "settings", problem: "\(error)", remedy: "mend that line, or remove it", detail: "", isFatal: true
            )
        }
    }

    private static func trust(_ environment: [String: String]) -> Check {
        let contents = FolderContents(folder: FileManager.default.currentDirectoryPath)
        let home = try? Home(environment: environment)
        let trust = FolderTrust(contents, decisions: home.map { TrustDecisions(home: $0) })
        let names = contents.names.joined(separator: ", ")
        let way = "`bassi trust` shows what it would do, and asks"
        func check(_ problem: String?, _ detail: String = "", _ remedy: String = way) -> Check {
            Check(name: "folder", problem: problem, remedy: remedy, detail: detail)
        }
        return switch trust.state {
        case .nothingToLoad: check(nil, "nothing in it to trust")
        case .trusted, .trustedForNow: check(nil, "trusted: \(names)")
        case .untrusted, .declined: check("not trusted, so not loaded: \(names)")
        case .changed(let paths): check("changed\(FolderTrust.list(paths)) after it was trusted; not loaded: \(names)")
        case .impossible(let reason): check(reason, "", "nothing of it is loaded; mend it if it is yours")
        }
    }

    private static func models(_ environment: [String: String]) -> Check {
        let folder = FileManager.default.currentDirectoryPath
        let workspace = try? Workspace(folder: folder, environment: environment)
        let registry = workspace?.registry()
        let model = registry?.defaultModel ?? "demo"
        let variable = registry?.providers.first { model.hasPrefix($0.name + "/") }?.keyVariable
        let isFolders = variable.map { workspace?.credentials.folderKeys.contains($0) == true } ?? false
        return Check(
            name: "model", problem: model == "demo" ? "no provider has a key; the model demo answers" : nil,
            remedy: "set ANTHROPIC_API_KEY, OPENAI_API_KEY or another; `bassi models` lists them",
            detail: isFolders ? "\(model), with the key \(variable ?? "") from .env in this folder" : model)
    }

    private static func agents(_ environment: [String: String]) -> Check {
        let folder = FileManager.default.currentDirectoryPath
        guard let workspace = try? Workspace(folder: folder, environment: environment) else {
            return Check(
                name: "agents", problem: nil, remedy: "", detail: "not looked for while the settings are wrong")
        }
        let found = workspace.agents.map(\.summary).joined(separator: ", ")
        let notes = workspace.agentNotices.joined(separator: "; ")
        return Check(
            name: "agents", problem: notes.isEmpty ? nil : "\(notes); found: \(found)",
            remedy: "mend what is named there; docs/agents.md says what an agent's file may have", detail: found)
    }

    private static func sandbox() async -> Check {
        switch await Sandbox.availability() {
        case .available(let program): Check(name: "sandbox", problem: nil, remedy: "", detail: program.path)
        case .missing(let reason, let remedy):
            Check(
                name: "sandbox", problem: "\(reason): each command is asked, whatever rules allow", remedy: remedy,
                detail: "")
        }
    }

    private static func program(
        _ name: String, _ package: String, _ consequence: String, _ environment: [String: String]
    ) -> Check {
        let paths: [String] = environment["PATH", default: ""].split(separator: ":").map { "\($0)/\(name)" }
        let found = paths.first { access($0, X_OK) == 0 }
        return Check(
            name: name, problem: found == nil ? "not on the PATH: \(consequence)" : nil,
            remedy: "install it: apt-get install \(package)", detail: found ?? "")
    }
}
