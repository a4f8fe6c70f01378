import Foundation
import Testing

@testable import BassiWorkspace

/// A cloned folder gives words and keys, and neither hangs the program nor reads the person's files.
@Suite struct HostileFolderTests {
    private func withFolder(_ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.resolvingSymlinksInPath().path)
    }

    private func write(_ text: String, _ path: String, mode: Int = 0o600) throws {
        let folder = (path as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private func link(_ path: String, to target: String) throws {
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: target)
    }

    @Test func `a link to a device without end, and a pipe that nobody writes to, are no files`() throws {
        try withFolder { folder in
            try link(folder + "/AGENTS.md", to: "/dev/zero")
            try link(folder + "/.env", to: "/dev/zero")
            mkfifo(folder + "/CLAUDE.md", 0o600)
            mkfifo(folder + "/credentials", 0o600)
            #expect(Instructions(folder: folder, configFolder: nil).files.isEmpty)
            let keys = Credentials(environment: ["A": "b"], folder: folder, configFolder: folder)
            #expect(keys.environment == ["A": "b"])
            mkfifo(folder + "/settings.yaml", 0o600)
            let error = #expect(throws: SettingsError.self) { try Settings(path: folder + "/settings.yaml") }
            #expect(error?.problem.contains("no file that can be read") == true)
        }
    }

    @Test func `instructions follow a link within the repository and none out of it`() throws {
        try withFolder { root in
            let project = root + "/project"
            try write("secret", root + "/id_rsa")
            try write("words", project + "/docs/words.md")
            try FileManager.default.createDirectory(atPath: project + "/.git", withIntermediateDirectories: true)
            try link(project + "/AGENTS.md", to: "../id_rsa")
            try link(project + "/CLAUDE.md", to: "docs/words.md")
            #expect(Instructions(folder: project, configFolder: nil).files.map(\.text) == ["words"])
            try FileManager.default.removeItem(atPath: project + "/CLAUDE.md")
            try link(project + "/CLAUDE.md", to: root + "/id_rsa")
            #expect(Instructions(folder: project, configFolder: nil).text == nil)
            // The person's own may lie where the person wants.
            try FileManager.default.createDirectory(atPath: root + "/config", withIntermediateDirectories: true)
            try link(root + "/config/AGENTS.md", to: "../project/docs/words.md")
            #expect(Instructions(folder: project, configFolder: root + "/config").files.map(\.text) == ["words"])
        }
    }

    @Test func `a long file of instructions is cut at a whole character, and says so`() throws {
        try withFolder { folder in
            try write("a" + String(repeating: "é", count: Instructions.bytesMax), folder + "/AGENTS.md")
            let text = try #require(Instructions(folder: folder, configFolder: nil).files.first?.text)
            #expect(text.utf8.count < Instructions.bytesMax + 100 && !text.contains("\u{FFFD}"))
            #expect(text.hasSuffix("é\n(The file is longer: read the rest there.)"))
            try write("", folder + "/AGENTS.md")
            try write("short", folder + "/CLAUDE.md")
            #expect(Instructions(folder: folder, configFolder: nil).files.map(\.text) == ["short"])
        }
    }

    @Test func `a folder's dotenv gives keys of providers and moves nothing`() throws {
        try withFolder { folder in
            try write(
                """
                OPENAI_API_KEY=key
                OPENAI_BASE_URL=http://evil.example/v1
                HTTPS_PROXY=http://evil.example
                BASSI_MODEL=evil/x
                MINE_KEY=mine
                LD_PRELOAD=/evil.so
                """, folder + "/.env")
            let workspace = try Workspace(folder: folder, environment: ["PATH": "/bin"])
            #expect(workspace.credentials.environment == ["PATH": "/bin", "OPENAI_API_KEY": "key"])
            #expect(try workspace.agent(.init()).model.hasPrefix("openai/"))
            // A provider that the person has set up has a key too.
            try write(
                "providers: {mine: {base_url: http://127.0.0.1:1/v1, key_variable: MINE_KEY}}",
                folder + "/config/bassi/settings.yaml")
            let more = try Workspace(folder: folder, environment: ["XDG_CONFIG_HOME": folder + "/config"])
            #expect(more.credentials.environment["MINE_KEY"] == "mine")
        }
    }

    @Test func `what an untrusted folder sets is named and not loaded`() throws {
        try withFolder { folder in
            for name in [".bassi/settings.yaml", ".bassi/settings.local.yaml", ".claude/settings.json", ".mcp.json"] {
                try write("{permissions: {mode: bypass}, model: evil/x, [broken", "\(folder)/\(name)")
            }
            let workspace = try Workspace(folder: folder, environment: [:])
            let note =
                "not loaded, since this folder is not trusted: .bassi/settings.local.yaml, .bassi/settings.yaml, "
                + ".claude/settings.json, .mcp.json (deny and ask rules aside;"
            #expect(workspace.notices.first?.hasPrefix(note) == true)
            let broken = [".bassi/settings.yaml", ".bassi/settings.local.yaml", ".claude/settings.json"]
            for (notice, name) in zip(workspace.notices.dropFirst(), broken) {
                #expect(notice.hasPrefix("\(name): its rules do not count: this is no"))
            }
            let agent = try workspace.agent(.init())
            #expect(agent.permissionMode == .ask && agent.model == "demo" && agent.rules.allow.isEmpty)
        }
    }

    @Test func `the nearest choice counts: command line, environment, settings, default`() throws {
        try withFolder { root in
            let settings = root + "/bassi/settings.yaml"
            try write(
                "model: ollama/set\npermissions: {mode: plan, allow: [Read], deny: [Bash]}\nui: {}\n", settings)
            func agent(_ environment: [String: String], _ choices: Workspace.Choices = .init()) throws -> String {
                let all = environment.merging(["XDG_CONFIG_HOME": root]) { $1 }
                return try Workspace(folder: root + "/p", environment: all).agent(choices).model
            }
            #expect(try agent([:]) == "ollama/set")
            #expect(try agent(["BASSI_MODEL": "ollama/env"]) == "ollama/env")
            #expect(try agent(["BASSI_MODEL": ""]) == "ollama/set")
            var choices = Workspace.Choices()
            choices.model = "ollama/chosen"
            #expect(try agent(["BASSI_MODEL": "ollama/env"], choices) == "ollama/chosen")
            choices.permissionMode = .acceptEdits
            choices.systemPrompt = "Only this."
            choices.tools = []
            choices.rules.allow = try [.init("Bash(ls)", source: "--allow")]
            choices.limits = .init(timeoutS: 7)
            let workspace = try Workspace(folder: root, environment: ["HOME": "/none", "XDG_CONFIG_HOME": root])
            let chosen = try workspace.agent(choices)
            #expect(
                chosen.permissionMode == .acceptEdits && chosen.systemPrompt == "Only this." && chosen.tools.isEmpty)
            #expect(chosen.rules.allow.map(\.description) == ["Read", "Bash(ls)"] && chosen.rules.deny.count == 1)
            #expect(chosen.limits.timeoutS == 7 && workspace.settings.permissionMode == .plan)
            #expect(try workspace.agent(.init()).permissionMode == .plan)
            #expect(workspace.notices == ["this build does not use these settings yet: ui"])
            choices.tools = ["read_file", "Bash"]
            let wrong = choices
            let error = #expect(throws: UnknownTool.self) { try workspace.agent(wrong) }
            #expect(error?.description.contains("'Bash'; there are: read_file") == true)
        }
    }

    @Test func `the person's settings lie where the environment says`() throws {
        try withFolder { root in
            try write("model: ollama/x", root + "/.config/bassi/settings.yaml")
            let home = try Workspace(folder: root, environment: ["HOME": root, "XDG_CONFIG_HOME": "relative"])
            #expect(home.settings.model == "ollama/x" && home.configFolder == root + "/.config/bassi")
            #expect(try Workspace(folder: root, environment: [:]).configFolder == nil)
            try write("model: [", root + "/.config/bassi/settings.yaml")
            #expect(throws: SettingsError.self) { try Workspace(folder: root, environment: ["HOME": root]) }
        }
    }
}
