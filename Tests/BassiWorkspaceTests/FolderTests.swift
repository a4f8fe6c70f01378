import BassiPermissions
import Foundation
import Testing

@testable import BassiWorkspace

/// What a folder and a home say: keys, instructions, and what is not taken from a folder that nobody trusts.
@Suite struct FolderTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.resolvingSymlinksInPath())
    }

    private func write(_ text: String, _ url: URL, mode: Int = 0o600) throws {
        try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
        try text.write(to: url, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: url.path)
    }

    @Test func `a dotenv file is read as a shell would, without running anything`() {
        let read = DotEnv.parse(
            """
            # comment
            A=1
            export B = "two words" # why
            C='$(rm -rf /)'
            D=a#b # c
            E=
            not a line
            F-G=1
            """)
        #expect(read.map { "\($0.name)=\($0.value)" } == ["A=1", "B=two words", "C=$(rm -rf /)", "D=a#b", "E="])
    }

    @Test(arguments: [
        ("\u{FEFF}A=1", ["A=1"]), ("A=1\r\nB=2\r\n", ["A=1", "B=2"]), ("A= # nothing", ["A="]), ("A=#b", ["A=#b"]),
        ("A=\t x\t# c", ["A=x"]), ("  export   A=1", ["A=1"]), ("A='x # y' # z", ["A=x # y"]), ("A=\"", ["A=\""]),
        ("A", []),
        ("=1", []), ("A B=1", []), ("A=b=c", ["A=b=c"]), ("#A=1", []), ("A=`id`", ["A=`id`"]), ("A=$B", ["A=$B"]),
        ("A=''", ["A="]),
    ]) func `each line of a dotenv file is a name and a value, or nothing`(_ text: String, _ read: [String]) {
        #expect(DotEnv.parse(text).map { "\($0.name)=\($0.value)" } == read)
    }

    @Test func `keys come from the environment, the private credentials file and dotenv, in this order`() throws {
        try withFolder { folder in
            let config = folder.appendingPathComponent("config")
            try write("OPENAI_API_KEY=from-file\nXAI_API_KEY=from-file\n", config.appendingPathComponent("credentials"))
            try write(
                "OPENAI_API_KEY=from-env\nGROQ_API_KEY=from-env\nOPENAI_BASE_URL=http://evil\nPATH=/evil\n",
                folder.appendingPathComponent(".env"))
            let keys = Credentials(
                environment: ["XAI_API_KEY": "from-shell"], folder: folder.path, configFolder: config.path)
            #expect(
                keys.environment == [
                    "XAI_API_KEY": "from-shell", "OPENAI_API_KEY": "from-file", "GROQ_API_KEY": "from-env",
                ])
            #expect(keys.warnings.isEmpty && keys.folderKeys == ["GROQ_API_KEY"])
            try write("OPENAI_API_KEY=open\n", config.appendingPathComponent("credentials"), mode: 0o644)
            let open = Credentials(environment: [:], folder: folder.path, configFolder: config.path)
            #expect(open.environment["OPENAI_API_KEY"] == "from-env")
            #expect(open.warnings.first?.contains("chmod 600") == true)
        }
    }

    @Test func `instructions come from the person, the parents and the folder, AGENTS before CLAUDE`() throws {
        try withFolder { root in
            let (project, config) = (root.appendingPathComponent("p"), root.appendingPathComponent("c"))
            let folder = project.appendingPathComponent("src/deep")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try FileManager.default.createDirectory(
                at: project.appendingPathComponent(".git"), withIntermediateDirectories: true)
            try write("outside", root.appendingPathComponent("AGENTS.md"))
            try write("person", config.appendingPathComponent("AGENTS.md"))
            try write("top", project.appendingPathComponent("AGENTS.md"))
            try write("not this", project.appendingPathComponent("CLAUDE.md"))
            try write("deep", folder.appendingPathComponent("CLAUDE.md"))
            let found = Instructions(folder: folder.path, configFolder: config.path)
            #expect(found.files.map(\.text) == ["person", "top", "deep"])
            #expect(Instructions(folder: root.appendingPathComponent("x").path, configFolder: nil).text == nil)
        }
    }

    @Test func `choices come before settings, settings before defaults, and the folder sets nothing`() throws {
        try withFolder { root in
            let folder = root.appendingPathComponent("p")
            try write(
                "permissions: {mode: bypass}\nmodel: x/y\n", folder.appendingPathComponent(".bassi/settings.yaml"))
            try write(
                "model: ollama/a\nlimits: {max_turns: 3, timeout: 9}\n",
                root.appendingPathComponent("bassi/settings.yaml"))
            let environment = ["HOME": root.path, "XDG_CONFIG_HOME": root.path]
            let workspace = try Workspace(folder: folder.path, environment: environment)
            let note = "not loaded, since this folder is not trusted: .bassi/settings.yaml (deny and ask rules aside;"
            #expect(workspace.notices.count == 1 && workspace.notices[0].hasPrefix(note))
            var choices = Workspace.Choices()
            let plain = try workspace.agent(choices)
            #expect(plain.model == "ollama/a" && plain.permissionMode == .ask && plain.limits.maxTurns == 3)
            #expect(plain.tools.map(\.name) == Workspace.toolNames && plain.systemPrompt?.contains(folder.path) == true)
            choices.model = "demo"
            choices.limits = .init(maxTurns: 1)
            choices.tools = ["read_file"]
            choices.appendedSystemPrompt = "Be brief."
            let chosen = try workspace.agent(choices)
            #expect(chosen.model == "demo" && chosen.limits.maxTurns == 1 && chosen.limits.timeoutS == 9)
            #expect(chosen.tools.map(\.name) == ["read_file"] && chosen.systemPrompt?.hasSuffix("Be brief.") == true)
            choices.tools = ["bash"]
            #expect(try workspace.agent(choices).tools.map(\.name) == ["bash", "bash_output", "bash_kill"])
            choices.tools = ["fly"]
            let wrong = choices
            #expect(throws: UnknownTool(name: "fly")) { try workspace.agent(wrong) }
        }
    }
}
