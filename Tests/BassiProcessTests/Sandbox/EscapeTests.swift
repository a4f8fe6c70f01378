import Foundation
import Testing

@testable import BassiProcess

extension ProcessTests {
    /// Attempts to escape, each made in a namespace of its own with a root that is thrown away.
    @Suite(
        .enabled(
            if: Cage.works, "no attempt is made: this machine gives no namespace of processes and mounts to make it in")
    )
    struct Escapes {
        @Test(.needsSandbox, arguments: Escape.all, Cage.people)
        func `a confined command cannot`(_ escape: Escape, _ person: Cage.Person) async throws {
            try await Cage.with(person) { cage in
                let before = cage.contents
                let limits = ResourceLimits(fileBytes: 50 << 20, processes: 500)
                let output = try await cage.run(escape.script, in: cage.sandbox, limits)
                #expect(!output.text.contains("ESCAPED"), "\(output.text)\(output.errorText)")
                #expect(!output.errorText.contains("bwrap:"), "the sandbox did not start: \(output.errorText)")
                #expect(!cage.hasSurvivor)
                #expect(cage.contents == before)
            }
        }

        @Test(arguments: Escape.all, Cage.people)
        func `an attempt would succeed without a sandbox`(_ escape: Escape, _ person: Cage.Person) async throws {
            switch (escape.control, person) {
            case (.nobody, _), (.root, .ordinary): return
            // Root of a user namespace only.
            case (.root, .root) where getuid() != 0: return
            case (.everybody, _), (.root, .root): break
            }
            try await Cage.with(person) { cage in
                let output = try await cage.run(escape.script, in: nil)
                #expect(output.text.contains("ESCAPED"), "\(output.text)\(output.errorText)")
            }
        }

        @Test(.needsSandbox, arguments: Cage.people)
        func `a confined command can do its work`(_ person: Cage.Person) async throws {
            let script = """
                set -e; echo x >new; mkdir -p a/b; rm file; ln -s new link; echo t >/tmp/t; cat /tmp/t; echo x >/dev/null
                git -c user.name=x -c user.email=x@x add -A; git -c user.name=x -c user.email=x@x commit -qm one
                git log --oneline | wc -l; git status --short; ls -A
                """
            try await Cage.with(person) { cage in
                let output = try await cage.run(script, in: cage.sandbox)
                #expect(output.ending == .exited(0), "\(output.errorText)")
                let lines = output.text.split(separator: "\n").map(String.init)
                #expect(lines.starts(with: ["t", "1"]))
                #expect(cage.names(in: cage.folder) == [".git", "a", "link", "new"])
            }
        }
    }
}

extension Cage {
    func names(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    }

    /// What must be there after each attempt, as it was before: what starts programs, and all that is outside.
    var contents: [String: String] {
        var contents: [String: String] = [:]
        for place in ["outside", "home", "elsewhere", "bassi", "folder/.git/hooks", "folder/.git/config"] {
            contents[place] = names(in: "\(root)/\(place)").joined(separator: " ")
        }
        for name in ["outside/canary", "folder/.git/config", "home/.ssh/id_ed25519", "bassi/bassi.sqlite"] {
            contents[name] = try? String(contentsOfFile: "\(root)/\(name)", encoding: .utf8)
        }
        for name in [".bassi", ".claude", ".mcp.json", ".envrc", ".git/commondir", ".git/modules", ".git/worktrees"] {
            contents[name] = "\(FileLook("\(folder)/\(name)"))"
        }
        contents["ctime"] = "\(names(in: root).filter { $0 != "ports" })"
        return contents
    }
}
