import Foundation
import Testing

@testable import BassiProcess

extension ProcessTests {
    /// Git folders that can be written by a setting, or since the session's folder is one.
    @Suite(.needsSandbox) struct GitPlaces {
        /// What would make the person's next git command run a program, one attempt after the other.
        private static let planting = """
            echo x >hooks/post-commit; mkdir -p hooks/x modules/x worktrees/x; mv hooks h; rm -rf hooks; mkdir hooks
            echo '[core]' >>config; git config core.hooksPath /tmp/x; echo x >config.worktree; echo /tmp >commondir
            true
            """

        private func prepare(_ site: Site) throws {
            try site.git("init", "-q", ".")
            try FileManager.default.createDirectory(atPath: site.folder + "/sub", withIntermediateDirectories: true)
        }

        /// What starts programs in a git folder.
        private func programs(_ git: String) throws -> [String] {
            let names = ["config.worktree", "commondir", "modules", "worktrees", "h"].map {
                "\(FileLook("\(git)/\($0)"))"
            }
            return try names + FileManager.default.contentsOfDirectory(atPath: git + "/hooks").sorted()
                + [String(contentsOfFile: git + "/config", encoding: .utf8)]
        }

        @Test func `a git folder that is set can be written, but not what starts programs in it`() async throws {
            try await Site.with { site in
                try prepare(site)
                let before = try programs(site.folder + "/.git")
                let sub = Site(root: site.root, name: "site/sub", home: site.home)
                var sandbox = sub.sandbox
                sandbox.writablePaths = [site.folder + "/.git"]
                _ = try await sub.run("cd ../.git; \(Self.planting)", in: sandbox)
                #expect(try programs(site.folder + "/.git") == before)
                let commit = "echo x >f; git add f; git -c user.name=x -c user.email=x@x commit -qm 1"
                let output = try await sub.run(commit, in: sandbox)
                #expect(output.ending == .exited(0), "\(output.errorText)")
            }
        }

        @Test(arguments: ["hooks", "hooks/deep", "config", "modules", "worktrees"])
        func `what starts programs cannot be set by its own name`(_ name: String) async throws {
            try await Site.with { site in
                try prepare(site)
                let place = site.folder + "/.git/" + name
                if name != "config" {
                    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
                }
                let sub = Site(root: site.root, name: "site/sub", home: site.home)
                var sandbox = sub.sandbox
                sandbox.writablePaths = [place, site.folder + "/.git/objects"]
                let output = try await sub.run(
                    "cd ../.git; (echo x >>\(name) || echo x >\(name)/x) && echo written; echo x >objects/x && echo kept",
                    in: sandbox)
                #expect(output.text == "kept\n", "\(output.errorText)")
                #expect(sandbox.refusedPaths == [place])
            }
        }

        @Test func `a bare repository is one by its content, and stays one`() async throws {
            try await Site.with { site in
                try site.git("init", "-q", "--bare", ".")
                let before = try programs(site.folder)
                _ = try await site.run("\(Self.planting); rm -rf HEAD objects refs; mv objects o; mv refs r")
                _ = try await site.run("\(Self.planting); true")
                #expect(try programs(site.folder) == before)
            }
        }

        @Test func `the repository that the session is in is protected in a larger place`() async throws {
            try await Site.with { site in
                try prepare(site)
                let before = try programs(site.folder + "/.git")
                let sub = Site(root: site.root, name: "site/sub", home: site.home)
                var sandbox = sub.sandbox
                sandbox.home = site.root + "/elsewhere"
                sandbox.writablePaths = [site.root]
                let output = try await sub.run(
                    "echo x >../beside && echo written; echo x >../.envrc; cd ../.git; \(Self.planting)", in: sandbox)
                #expect(try programs(site.folder + "/.git") == before)
                #expect(output.text == "written\n" && FileLook(site.folder + "/.envrc") == .missing)
            }
        }
    }
}
