import BassiPermissions
import Foundation
import Testing

@testable import BassiWorkspace

/// A folder counts as trusted by its real path and by all in it that could start or allow something.
@Suite struct TrustTests {
    /// A home and a folder beside it, removed afterwards.
    private struct Place {
        let root: String
        var folder: String { root + "/project" }
        var decisions: TrustDecisions { get throws { TrustDecisions(home: try Home(environment: environment)) } }
        var environment: [String: String] { ["BASSI_HOME": root + "/home", "XDG_CONFIG_HOME": root + "/config"] }
        var trust: FolderTrust { get throws { FolderTrust(FolderContents(folder: folder), decisions: try decisions) } }

        static func with(_ body: (Place) throws -> Void) throws {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: url) }
            try FileManager.default.createDirectory(
                at: url.appendingPathComponent("home"), withIntermediateDirectories: true)
            let place = Place(root: url.resolvingSymlinksInPath().path)
            try place.write(".bassi/settings.yaml", "permissions: {allow: [Read]}\n")
            try body(place)
        }

        func write(_ name: String, _ text: String, mode: Int = 0o644) throws {
            let path = "\(folder)/\(name)"
            try FileManager.default.createDirectory(
                atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        }

        func link(_ name: String, to target: String) throws {
            try FileManager.default.createSymbolicLink(atPath: "\(folder)/\(name)", withDestinationPath: target)
        }

        func trustIt() throws { try decisions.trust(FolderContents(folder: folder)) }
    }

    @Test func `a folder is trusted until it is revoked, and nothing else changes it`() throws {
        try Place.with { place in
            #expect(try place.trust.state == .untrusted && !place.trust.isTrusted)
            #expect(try !place.decisions.revoke(FolderContents(folder: place.folder)))
            try place.trustIt()
            try place.write("README.md", "words")
            try place.write(".bassi/notes.txt", "nobody reads this")
            #expect(try place.trust.state == .trusted && place.trust.isTrusted && place.trust.notice == nil)
            #expect(try place.decisions.revoke(FolderContents(folder: place.folder)))
            #expect(try place.trust.state == .untrusted)
            let now = FolderTrust(FolderContents(folder: place.folder), decisions: nil, trustsNow: true)
            #expect(now.state == .trustedForNow && now.isTrusted)
            let empty = FolderTrust(FolderContents(folder: place.root), decisions: try place.decisions)
            #expect(empty.state == .nothingToLoad && !empty.isTrusted && empty.notice == nil)
        }
    }

    @Test func `a no is remembered until something changes, and can become a yes`() throws {
        try Place.with { place in
            try place.decisions.decline(FolderContents(folder: place.folder))
            #expect(try place.trust.state == .declined && !place.trust.isTrusted)
            #expect(try place.trust.notice?.contains("did not trust") == true)
            try place.write(".claude/agents/new.md", "more")
            #expect(try place.trust.state == .untrusted)
            try place.trustIt()
            #expect(try place.trust.isTrusted)
            try place.decisions.decline(FolderContents(folder: place.folder))
            #expect(try !place.trust.isTrusted)
            #expect(try place.decisions.revoke(FolderContents(folder: place.folder)))
            #expect(try place.trust.state == .untrusted)
        }
    }

    @Test(arguments: [
        ".bassi/settings.yaml", ".bassi/settings.local.yaml", ".claude/settings.json", ".claude/settings.local.json",
        ".mcp.json", ".bassi/plugins/p/plugin.json", ".bassi/plugins/p/bin/run", ".bassi/agents/a.md",
        ".claude/agents/a.md", ".bassi/commands/deep/c.md", ".claude/commands/c.md", ".bassi/skills/s/SKILL.md",
        ".claude/skills/s/run.sh", ".bassi/hooks/h.sh", ".claude/hooks/h.sh",
    ]) func `each file that could do something ends the trust when it comes, changes and goes`(_ name: String) throws {
        try Place.with { place in
            try place.write(".claude/agents/another.md", "not this one")
            try? FileManager.default.removeItem(atPath: "\(place.folder)/\(name)")
            try place.trustIt()
            try place.write(name, "a: 1")
            #expect(try place.trust.state == .changed([name]))
            try place.trustIt()
            #expect(try place.trust.isTrusted)
            try place.write(name, "a: 2")
            #expect(try place.trust.state == .changed([name]))
            try place.write(name, "a: 1")
            #expect(try place.trust.isTrusted)
            // A script that can be started is another thing than a text.
            try place.write(name, "a: 1", mode: 0o755)
            #expect(try place.trust.state == .changed([name]))
            try FileManager.default.removeItem(atPath: "\(place.folder)/\(name)")
            #expect(try place.trust.state == .changed([name]))
            #expect(try place.trust.notice?.contains("has changed (\(name)) after it was trusted") == true)
        }
    }

    @Test func `a link is what it points to and never followed, above the settings too`() throws {
        try Place.with { place in
            try place.write("elsewhere/settings.yaml", "permissions: {deny: [Read]}")
            try place.write("elsewhere/agents/a.md", "x")
            try place.write(".claude/settings.json", "{}")
            try place.link(".claude/agents", to: "../elsewhere/agents")
            try place.link(".bassi/settings.local.yaml", to: "../elsewhere/settings.yaml")
            let first = FolderContents(folder: place.folder)
            #expect(first.entries[".claude/agents"] == "link ../elsewhere/agents")
            #expect(first.settings.keys.sorted() == [".bassi/settings.yaml", ".claude/settings.json"])
            try place.write("elsewhere/agents/a.md", "y")
            #expect(FolderContents(folder: place.folder).digest == first.digest)
            try FileManager.default.removeItem(atPath: place.folder + "/.claude/agents")
            try place.link(".claude/agents", to: "../elsewhere")
            #expect(FolderContents(folder: place.folder).digest != first.digest)
            try FileManager.default.removeItem(atPath: place.folder + "/.bassi")
            try place.link(".bassi", to: "elsewhere")
            let whole = FolderContents(folder: place.folder)
            #expect(whole.entries[".bassi"] == "link elsewhere" && whole.settings[".bassi/settings.yaml"] == nil)
            let rules = try Workspace(folder: place.folder, environment: place.environment, trustsFolder: true).settings
            #expect(rules.rules == RuleSet())
        }
    }

    @Test func `a link to a folder is that folder, and one that has moved or was copied is another`() throws {
        try Place.with { place in
            try place.trustIt()
            let link = place.root + "/link"
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: place.folder)
            #expect(try Workspace(folder: link, environment: place.environment).trust.isTrusted)
            let copy = place.root + "/copy"
            try FileManager.default.copyItem(atPath: place.folder, toPath: copy)
            #expect(try !Workspace(folder: copy, environment: place.environment).trust.isTrusted)
            try FileManager.default.removeItem(atPath: link)
            try FileManager.default.moveItem(atPath: place.folder, toPath: link)
            #expect(try Workspace(folder: link, environment: place.environment).trust.state == .untrusted)
        }
    }

    @Test func `what is too much, too deep or no file cannot be trusted, not even for one process`() throws {
        try Place.with { place in
            try place.write(".claude/agents/deep/er/a.md", String(repeating: "x", count: 100))
            func problem(_ change: (inout FolderContents.Bounds) -> Void) -> String? {
                var bounds = FolderContents.Bounds()
                change(&bounds)
                return FolderContents(folder: place.folder, bounds: bounds).problem
            }
            #expect(problem { $0.files = 2 } == nil && problem { $0.bytes = 129 } == nil)
            #expect(problem { $0.files = 1 }?.contains("one of more than 1 files") == true)
            #expect(problem { $0.bytes = 128 }?.contains("is larger than what can be looked through") == true)
            #expect(problem { $0.fileBytes = 99 }?.contains("'.claude/agents/deep/er/a.md' is larger") == true)
            #expect(problem { $0.depth = 2 }?.contains("lies deeper than 2 folders") == true)
            mkfifo(place.folder + "/.claude/agents/pipe", 0o600)
            let contents = FolderContents(folder: place.folder)
            #expect(contents.problem?.contains("'.claude/agents/pipe' is neither a file") == true)
            #expect(throws: TrustDecisions.Failure.self) { try place.decisions.trust(contents) }
            let now = FolderTrust(contents, decisions: nil, trustsNow: true)
            #expect(!now.isTrusted && now.notice?.contains("cannot be trusted") == true)
        }
    }

    @Test func `a decision is a private file, and garbage or a file of others trusts nothing`() throws {
        try Place.with { place in
            try place.trustIt()
            let folder = try place.decisions.path
            let files = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(files.count == 1)
            let file = "\(folder)/\(files[0])"
            let attributes = try FileManager.default.attributesOfItem(atPath: file)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
            let text = try String(contentsOfFile: file, encoding: .utf8)
            for garbage in [
                "", "{", "[]", text.replacing("/project", with: "/other"), text.replacing("sha", with: "no"),
            ] {
                try garbage.write(toFile: file, atomically: false, encoding: .utf8)
                guard case .impossible(let reason) = try place.trust.state else {
                    Issue.record("\(garbage) was taken for a decision")
                    continue
                }
                #expect(reason.contains("cannot be understood: remove it"))
            }
            try text.write(toFile: file, atomically: false, encoding: .utf8)
            #expect(try place.trust.isTrusted)
            try FileManager.default.setAttributes([.posixPermissions: 0o666], ofItemAtPath: file)
            #expect(try !place.trust.isTrusted && place.trust.notice?.contains("can be written by them") == true)
            // Trusting anew mends it.
            try place.trustIt()
            #expect(try place.trust.isTrusted)
        }
    }

    @Test func `many that trust at once lose no decision and leave nothing half written`() throws {
        try Place.with { place in
            let folders = (0..<8).map { "\(place.root)/p\($0)" }
            for folder in folders { try FileManager.default.copyItem(atPath: place.folder, toPath: folder) }
            let decisions = try place.decisions
            DispatchQueue.concurrentPerform(iterations: 64) { index in
                let contents = FolderContents(folder: folders[index % 8])
                do { try decisions.trust(contents) } catch { Issue.record(error) }
                #expect(FolderTrust(contents, decisions: decisions).isTrusted)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: decisions.path).count == 8)
        }
    }
}
