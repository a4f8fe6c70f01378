import Foundation
import Testing

@testable import BassiProcess

extension ProcessTests {
    /// What the sandbox makes of a folder, and what it leaves behind.
    @Suite(.needsSandbox) struct Confined {
        private let placeholders = [".bassi", ".claude", ".mcp.json", ".envrc", ".git"]

        @Test func `placeholders are gone after a command, a time-out and a cancel`() async throws {
            try await Site.with { site in
                #expect(try await site.run("echo x >kept").ending == .exited(0))
                #expect(site.names == ["kept"])
                let late = try await site.run("sleep 300", .init(timeout: .milliseconds(100)))
                #expect(late.ending == .timedOut)
                #expect(site.names == ["kept"])
                let confined = try await site.command("echo on; sleep 300")
                #expect(try await cancelled(confined, afterLines: 1).ending == .cancelled)
                #expect(site.names == ["kept"])
            }
        }

        @Test func `when the program is killed the placeholders go with the command`() async throws {
            try await Site.with { site in
                let child = try await Spawner.spawn(site.command("echo on; sleep 300"), .init())
                try await eventually { if case .bytes = Descriptor.look(child.output) { true } else { false } }
                #expect(Set(placeholders).isSubset(of: site.names))
                close(child.control)
                try await eventually { site.names == [] }
                await Spawner.reap(child.supervisor)
                for descriptor in [child.output, child.error] { close(descriptor) }
            }
        }

        @Test func `what a dead machine left is taken over and removed`() async throws {
            try await Site.with { site in
                #expect(mknod(site.folder + "/.envrc", S_IFSOCK, 0) == 0)
                #expect(mkdir(site.folder + "/.git", 0) == 0)
                let output = try await site.run("echo x >.envrc")
                #expect(output.ending != .exited(0) && site.names == [])
            }
        }

        @Test func `the placeholders of one command stay while another still runs`() async throws {
            try await Site.with { site in
                let said = Said()
                try await withThrowingTaskGroup(of: Void.self) { group in
                    let first = try await site.command(
                        "echo on; until [ -e go ]; do sleep 0.01; done; echo x >.envrc; echo $?")
                    group.addTask { _ = try await ChildProcess.run(first) { _, bytes in said.append(bytes) } }
                    try await eventually { said.lineCount == 1 }
                    #expect(try await site.run("true").ending == .exited(0))
                    #expect(Set(placeholders).isSubset(of: site.names))
                    #expect(FileManager.default.createFile(atPath: site.folder + "/go", contents: nil))
                    try await group.waitForAll()
                }
                #expect(said.text.hasSuffix("\n1\n"))
                #expect(site.names == ["go"])
            }
        }

        @Test func `a protected link is put back, and what took its place is not lost`() async throws {
            try await Site.with { site in
                try FileManager.default.createSymbolicLink(
                    atPath: site.folder + "/.envrc", withDestinationPath: "real")
                try site.write("good", to: "real")
                let output = try await site.run("echo bad >>real; rm .envrc; echo bad >.envrc; mkdir .git/x; true")
                #expect(output.errorText.contains("real: Read-only file system"))
                #expect(FileLook(site.folder + "/.envrc") == .link(target: "real"))
                #expect(site.names == [".envrc", ".envrc.blocked-0", "real"])
            }
        }

        @Test func `placeholders are in nobody's way`() async throws {
            try await Site.with { site in
                try site.git("init", "-q", ".")
                try site.write("x", to: "f")
                let script = """
                    cp -r . /tmp/copy && tar -cf /tmp/all.tar . && tar -tf /tmp/all.tar | grep -E 'envrc|modules'
                    git add -A && git -c user.name=x -c user.email=x@x commit -qm 1 && git status --short && git ls-files
                    """
                let output = try await site.run(script)
                #expect(output.ending == .exited(0) && output.text == "f\n", "\(output.text)\(output.errorText)")
                try site.git("config", "extensions.worktreeConfig", "true")
                let extended = try await site.run("git status --short; cat .git/config.worktree")
                #expect(extended.ending == .exited(1), "\(extended.text)\(extended.errorText)")
            }
        }

        @Test func `a common folder that git would take is moved aside`() async throws {
            try await Site.with { site in
                try site.git("init", "-q", ".")
                _ = try await site.run("echo /evil >.git/commondir")
                #expect(FileLook(site.folder + "/.git/commondir") == .missing)
                #expect(FileLook(site.folder + "/.git/commondir.blocked-0") == .file)
            }
        }

        @Test func `a worktree can be committed to, and a file that names any folder opens nothing`() async throws {
            try await Site.with { site in
                try site.git("init", "-q", "../main")
                try site.git(
                    "-C", "../main", "-c", "user.name=x", "-c", "user.email=x@x", "commit", "-q", "--allow-empty", "-m",
                    "0")
                try site.git("-C", "../main", "worktree", "add", "-q", "../tree")
                let tree = Site(root: site.root, name: "tree")
                let commit = "git -c user.name=x -c user.email=x@x commit -q --allow-empty -m 1"
                let output = try await tree.run(
                    "\(commit) && git log --oneline | wc -l; echo x >../main/.git/hooks/a; echo y >../main/f")
                #expect(output.text.hasPrefix("2\n"), "\(output.text)\(output.errorText)")
                #expect(output.errorText.components(separatedBy: "Read-only file system").count == 3)
                try FileManager.default.createDirectory(atPath: site.folder, withIntermediateDirectories: true)
                try site.write("gitdir: \(site.root)/main/.git", to: ".git")
                #expect(try await site.run("echo x >../main/.git/evil").ending != .exited(0))
            }
        }

        @Test(arguments: ["home", ""])
        func `a folder that is or holds the home can be read and not written`(_ name: String) async throws {
            try await Site.with { site in
                let broad = Site(root: site.root, name: name, home: site.root + "/home")
                #expect(!broad.sandbox.canWriteFolder)
                let output = try await broad.run("ls >/dev/null && touch x")
                #expect(output.errorText.contains("Read-only file system"))
            }
        }

        @Test(arguments: ["/", "/tmp", "/proc", "/run"])
        func `the machine and its temporary folder are no folder to write to`(_ folder: String) {
            #expect(!Sandbox(folder: folder, home: "/home/nobody").canWriteFolder)
        }

        @Test func `a folder below tmp, and one behind a link, is written where it is`() async throws {
            try await Site.with(in: FileManager.default.temporaryDirectory) { site in
                let link = site.root + "/way"
                try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: site.folder)
                let behind = Site(root: site.root, name: "way")
                #expect(try await behind.run("echo x >new; [ $(ls /tmp | wc -l) = 1 ]").ending == .exited(0))
                #expect(site.names == ["new"])
            }
        }

        @Test func `set paths can be written, but not what starts programs in them`() async throws {
            try await Site.with { site in
                var sandbox = site.sandbox
                sandbox.writablePaths = [site.root + "/home/.config", site.root + "/nothing"]
                let script = "echo x >~/.config/tool; mkdir -p ~/.config/systemd/user; echo $?; echo x >~/.bashrc"
                let output = try await site.run(script, in: sandbox)
                #expect(output.text == "1\n")
                #expect(output.errorText.contains(".bashrc: Read-only file system"))
                #expect(FileLook(site.root + "/home/.config/tool") == .file)
                #expect(FileLook(site.root + "/home/.config/systemd") == .missing)
            }
        }

        @Test func `what runs on when a command ends gets a moment, and no more`() async throws {
            try await Site.with { site in
                let output = try await site.run("echo a > >(/bin/sleep 0.03; cat); (setsid sleep 300 &)")
                #expect(output.ending == .exited(0) && output.text == "a\n")
            }
        }

        @Test func `a confined command has three open files`() async throws {
            try await Site.with { site in
                let output = try await site.run("ls /proc/self/fd | wc -l")
                #expect(output.text == "4\n", "the list itself is read through one more")
            }
        }

        @Test func `the first process hears no signal, and its end is the command's`() async throws {
            try await Site.with { site in
                #expect(try await site.run("kill -9 1; kill -TERM 1; exit 7").ending == .exited(7))
                let killed = try await site.run("kill -9 $$")
                #expect(killed.ending == .exited(137) && killed.errorText == "")
                #expect(try await site.run("cat", input: "in").text == "in")
            }
        }
    }
}
