import BassiEvents
import Foundation
import Testing

@testable import BassiWorkspace

/// Rules that a person allows for longer than a session, in the files where they are kept.
@Suite struct SavedRuleTests {
    private static let rule = #"Bash(say "hi" \ 'there')"#

    @Test(arguments: [
        "", "# mine\n", "model: demo\n", "model: demo",
        "permissions:\n  # why\n  allow:\n    - \"Read\"   # reading\n    - Bash(ls)\n  deny: [Edit]\n",
        "permissions:\n  allow: [\"Bash(git status)\", 'Bash(a ] b)']  # short\n", "permissions: {mode: ask}\n",
        "permissions: {}\n", "permissions:\n  mode: plan # here\nmodel: demo\n", "permissions:\n  allow: []\n",
        "permissions:\n  allow:\n  - Read\nmodel: demo\n", "permissions:\n  allow: [Read,\n    Edit\n  ]\n",
    ])
    func `a rule is put behind the others and all else stays`(text: String) throws {
        let before = try SettingsFile(text: text, path: "f")
        let new = try SavedRule.text(adding: Self.rule, to: text, path: "f")
        let rules = JSONValue(yaml: try SettingsFile(text: new, path: "f").root.node)["permissions"]?["allow"]?.array
        let old = JSONValue(yaml: before.root.node)["permissions"]?["allow"]?.array ?? []
        #expect(rules == old + [.string(Self.rule)])
        for comment in ["# mine", "# why", "# reading", "# short", "# here"] where text.contains(comment) {
            #expect(new.contains(comment))
        }
        #expect(try SavedRule.text(adding: Self.rule, to: new, path: "f") == new)
    }

    @Test(arguments: ["permissions:\n", "permissions:\n  allow:\n", "[1]\n", "{\"model\": \"demo\"}\n"])
    func `a document of another form is left alone`(text: String) {
        #expect(throws: SettingsError.self) { try SavedRule.text(adding: Self.rule, to: text, path: "f") }
    }

    private func with(_ body: (_ folder: URL, _ environment: [String: String]) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
            .resolvingSymlinksInPath()
        defer { try? FileManager.default.removeItem(at: root) }
        for name in ["folder", "home"] {
            try FileManager.default.createDirectory(
                at: root.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        let environment = [
            "HOME": root.path + "/home", "BASSI_HOME": root.path + "/home", "XDG_CONFIG_HOME": root.path + "/config",
        ]
        try await body(root.appendingPathComponent("folder"), environment)
    }

    @Test func `a rule for a folder or for always holds the next time`() async throws {
        try await with { folder, environment in
            let first = try Workspace(folder: folder.path, environment: environment)
            try await first.save(rule: "Bash(make *)", for: .project)
            try await first.save(rule: "Bash(ls)", for: .always)
            try await first.save(rule: "Bash(not kept)", for: .session)
            let second = try Workspace(folder: folder.path, environment: environment)
            #expect(second.trust.state == .trusted)
            #expect(second.settings.rules.allow.map(\.description) == ["Bash(ls)", "Bash(make *)"])
            #expect(second.notices.isEmpty)
            let mode =
                try FileManager.default.attributesOfItem(
                    atPath: folder.path + "/.bassi/settings.local.yaml")[.posixPermissions] as? Int
            #expect(mode == 0o600)
        }
    }

    @Test func `a folder that is not trusted keeps no rule, nor one with a link in place of the file`() async throws {
        try await with { folder, environment in
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(".bassi"), withIntermediateDirectories: true)
            let shared = folder.appendingPathComponent(".bassi/settings.yaml")
            try "permissions: {allow: [Bash]}".write(to: shared, atomically: true, encoding: .utf8)
            let workspace = try Workspace(folder: folder.path, environment: environment)
            await #expect(throws: Workspace.RuleNotSaved.self) { try await workspace.save(rule: "Read", for: .project) }
            let now = try Workspace(folder: folder.path, environment: environment, trustsFolder: true)
            try FileManager.default.createSymbolicLink(
                atPath: folder.path + "/.bassi/settings.local.yaml", withDestinationPath: "/tmp/elsewhere")
            await #expect(throws: Workspace.RuleNotSaved.self) { try await now.save(rule: "Read", for: .project) }
        }
    }
}
