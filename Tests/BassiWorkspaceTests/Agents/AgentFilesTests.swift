import BassiPermissions
import BassiSession
import BassiTools
import Foundation
import Testing

@testable import BassiWorkspace

/// Which agents hold in a folder: the nearest of a name, and of a folder only what is trusted.
@Suite struct AgentFilesTests {
    /// A folder and a home, removed afterwards.
    private struct Place {
        let root: String
        var environment: [String: String] { ["XDG_CONFIG_HOME": root + "/config", "BASSI_HOME": root + "/home"] }

        static func with(_ body: (Place) throws -> Void) throws {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: url) }
            try FileManager.default.createDirectory(
                at: url.appendingPathComponent("p"), withIntermediateDirectories: true)
            try body(Place(root: url.resolvingSymlinksInPath().path))
        }

        /// Writes a file, below the folder `p` or, with `own`, below the person's settings.
        func write(_ name: String, _ text: String, own: Bool = false) throws {
            let path = "\(root)/\(own ? "config/bassi" : "p")/\(name)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: "\(root)/\(name)", withDestinationPath: target)
        }

        func workspace(trusted: Bool = true) throws -> Workspace {
            try Workspace(folder: root + "/p", environment: environment, trustsFolder: trusted)
        }
    }

    private func names(_ workspace: Workspace) -> [String] { workspace.agents.map(\.definition.name) }

    @Test func `the nearest of a name counts, and what comes with Bassi comes first`() throws {
        try Place.with { place in
            try place.write(".bassi/agents/a.md", "from .bassi")
            try place.write(".claude/agents/a.md", "from .claude")
            try place.write(".claude/agents/b.md", "from .claude")
            try place.write("agents/a.md", "own", own: true)
            try place.write("agents/b.md", "own", own: true)
            try place.write("agents/c.md", "own", own: true)
            try place.write(".claude/agents/mine.md", "---\nname: explorer\n---\nI look.")
            for name in ["x.txt", ".hidden.md", "deep/x.md", "README"] { try place.write(".bassi/agents/\(name)", "x") }
            let workspace = try place.workspace()
            #expect(names(workspace) == ["general", "explorer", "a", "b", "c"])
            #expect(
                workspace.agents.map(\.path) == [
                    nil, ".claude/agents/mine.md", ".bassi/agents/a.md", ".claude/agents/b.md",
                    place.root + "/config/bassi/agents/c.md",
                ])
            #expect(workspace.notices.isEmpty && workspace.agentNotices.isEmpty)
        }
    }

    @Test func `of a folder that is not trusted no agent counts, and the note says which are left out`() throws {
        try Place.with { place in
            try place.write(".claude/agents/explorer.md", "---\npermissionMode: bypass\n---\nRun all.")
            try place.write(".bassi/agents/broken.md", "---\nname: [\n---\nRun all.")
            try place.write("agents/mine.md", "own", own: true)
            let workspace = try place.workspace(trusted: false)
            #expect(names(workspace) == ["general", "explorer", "mine"])
            #expect(workspace.agents[1].definition == .explorer)
            let note =
                "not loaded, since this folder is not trusted: .bassi/agents/, .claude/agents/ (deny and ask rules"
            #expect(workspace.notices.count == 1 && workspace.notices[0].hasPrefix(note))
        }
    }

    @Test func `what counts is what was hashed, not what stands there afterwards`() throws {
        try Place.with { place in
            try place.write(".bassi/agents/a.md", "first")
            let contents = FolderContents(folder: place.root + "/p")
            try place.write(".bassi/agents/a.md", "second")
            try place.write(".bassi/agents/b.md", "more")
            let trust = FolderTrust(contents, decisions: nil, trustsNow: true)
            let found = AgentFiles(trust: trust, configFolder: nil).agents
            #expect(found.map(\.definition.systemPrompt) == ["first"])
        }
    }

    @Test func `a link of a folder is not followed, one of the person is`() throws {
        try Place.with { place in
            try place.write("agents/real.md", "own", own: true)
            try place.write("words.md", "secret")
            try place.write(".bassi/agents/real.md", "x")
            try place.link("p/.bassi/agents/link.md", to: "../../words.md")
            try place.link("p/.claude", to: "../config/bassi")
            try place.link("config/bassi/agents/linked.md", to: place.root + "/p/words.md")
            let workspace = try place.workspace()
            #expect(names(workspace) == ["general", "explorer", "linked", "real"])
            #expect(
                workspace.agentNotices
                    == [".bassi/agents/link.md: no link of a folder is followed: the agent is not loaded"])
        }
    }

    @Test func `what is too long, too many or there twice is named`() throws {
        try Place.with { place in
            try place.write(".bassi/agents/a-long.md", String(repeating: "x", count: AgentFile.bytesMax + 1))
            try place.write(".bassi/agents/b.md", String(repeating: "x", count: AgentFile.bytesMax))
            try place.write(".bassi/agents/c.md", "---\nname: b\n---\nAgain.")
            for number in 100..<200 { try place.write("agents/n\(number).md", "own", own: true) }
            try place.write("agents/z.md", String(repeating: "x", count: AgentFile.bytesMax + 1), own: true)
            let workspace = try place.workspace()
            #expect(workspace.agents.count == 2 + 98)
            #expect(names(workspace).prefix(3) == ["general", "explorer", "b"] && names(workspace).last == "n196")
            let last = "\(place.root)/config/bassi/agents/n197.md and 3 more"
            #expect(
                workspace.agentNotices == [
                    ".bassi/agents/a-long.md: the file is larger than 64 KiB: the agent is not loaded",
                    ".bassi/agents/c.md: 'b' is described in .bassi/agents/b.md already: the agent is not loaded",
                    "not loaded, since 100 files of agents are the most (\(last))",
                ])
        }
        try Place.with { place in
            try place.write("agents/z.md", String(repeating: "x", count: AgentFile.bytesMax + 1), own: true)
            try FileManager.default.createDirectory(
                atPath: place.root + "/config/bassi/agents/folder.md", withIntermediateDirectories: true)
            let notices = try place.workspace().agentNotices
            #expect(
                notices.count == 2
                    && notices[0].hasSuffix("folder.md: this is no file that can be read: the agent is not loaded"))
            #expect(notices[1].hasSuffix("z.md: the file is larger than 64 KiB: the agent is not loaded"))
        }
    }

    @Test func `a model that cannot be asked is the session's, and one sentence says so for all`() throws {
        try Place.with { place in
            for name in ["a", "b", "c"] {
                try place.write("agents/\(name).md", "---\nmodel: sonnet\n---\nDo.", own: true)
            }
            try place.write("agents/d.md", "---\nmodel: demo\n---\nDo.", own: true)
            let workspace = try place.workspace()
            #expect(workspace.agents.map(\.definition.model) == [nil, nil, nil, nil, nil, "demo"])
            #expect(
                workspace.agentNotices == [
                    "\(place.root)/config/bassi/agents/a.md and 2 more: 'model' is 'sonnet', which cannot be asked here: "
                        + "the session's model is used"
                ])
        }
    }

    // MARK: - The session

    private func task(_ agent: AgentConfiguration) throws -> TaskTool {
        try #require(agent.tools.lazy.compactMap { $0 as? TaskTool }.first)
    }

    @Test func `a session has the tool, an agent its own words, and both the folder and its instructions`() throws {
        try Place.with { place in
            try place.write("AGENTS.md", "Write tests.")
            try place.write(".bassi/agents/reviewer.md", "---\ntools: Read\n---\nYou review.")
            let workspace = try place.workspace()
            let agent = try workspace.agent(.init())
            #expect(agent.tools.map(\.name) == Workspace.toolNames && Workspace.toolNames.contains("task"))
            let agents = try task(agent).agents
            #expect(agents.map(\.name) == ["general", "explorer", "reviewer"])
            #expect(agents[0] == .general && agents[1] == .explorer)
            let folder = place.root + "/p"
            #expect(
                agents[2].systemPrompt
                    == "You review.\n\nThe folder is \(folder).\n\nInstructions from \(folder)/AGENTS.md:\n\nWrite tests."
            )
            #expect(
                agent.systemPrompt?.hasSuffix(
                    "The folder is \(folder).\n\nInstructions from \(folder)/AGENTS.md:\n\nWrite tests.") == true)
            var choices = Workspace.Choices()
            choices.tools = ["task"]
            #expect(try workspace.agent(choices).tools.map(\.name) == ["task"])
            choices.tools = ["read_file"]
            #expect(try workspace.agent(choices).tools.map(\.name) == ["read_file"])
        }
    }

    @Test func `settings say how many work, and how deep`() throws {
        try Place.with { place in
            let plain = try place.workspace().agent(.init())
            #expect(plain.agentsMax == 8 && plain.agentDepthMax == 3)
            try place.write("settings.yaml", "limits: {agents: {at_once: 2, depth: 0}}", own: true)
            let own = try place.workspace().agent(.init())
            #expect(own.agentsMax == 2 && own.agentDepthMax == 0)
            try place.write(".bassi/settings.yaml", "limits: {agents: {depth: 1}}")
            let both = try place.workspace().agent(.init())
            #expect(both.agentsMax == 2 && both.agentDepthMax == 1)
            #expect(try place.workspace(trusted: false).agent(.init()).agentDepthMax == 0)
        }
    }
}
