import BassiEvents
import BassiProcess
import Foundation
import Testing

@testable import BassiTools

/// `bash` in the sandbox, and what it says of it.
@Suite(.enabled("there is no sandbox here") { await Sandbox.availability().isAvailable })
struct ConfinedBashTests {
    private func text(_ command: String, _ tool: BashTool = BashTool(), in folder: Folder) async throws -> String {
        let context = folder.context(environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"])
        return try await folder.call(tool, ["command": .string(command)], context)
    }

    @Test func `a command writes in the folder and in a temporary folder that the next one sees`() async throws {
        try await Folder.with { folder in
            let first = try await text("echo x >new; echo kept >/tmp/file", in: folder)
            let second = try await text("cat /tmp/file", in: folder)
            #expect(first == "" && second == "kept\n")
            #expect(try folder.text("new") == "x\n")
            #expect(!FileManager.default.fileExists(atPath: "/tmp/file"))
        }
    }

    @Test func `what was blocked is told in one line, with the way to allow it`() async throws {
        try await Folder.with { folder in
            let outside = try await text("echo x >/usr/bassi-test", in: folder)
            #expect(outside.hasSuffix("a person can allow more with sandbox.write in the person's settings)"))
            #expect(outside.contains("writing to '/usr/bassi-test' failed, which the sandbox blocks"))
            let protected = try await text("echo x >.envrc", in: folder)
            #expect(protected.contains("a change of '.envrc' failed, which the sandbox blocks"))
            let network = try await text("echo 'Could not resolve host: example.org'; exit 6", in: folder)
            #expect(network.contains("sandbox.network: true"))
            let failed = try await text("echo broken; exit 1", in: folder)
            #expect(failed == "broken\n\n(exit code 1)")
        }
    }

    @Test func `what was made in a protected place and moved is told, also where the command succeeds`() async throws {
        try await Folder.with { folder in
            let made = try await text("git init -q x; mv x/.git .g; ln -s nowhere here", in: folder)
            #expect(made == "")
            try FileManager.default.createSymbolicLink(atPath: folder.path + "/.envrc", withDestinationPath: "here")
            let moved = try await text("rm .envrc; echo x >.envrc; echo done", in: folder)
            #expect(moved.hasSuffix("moved aside when it ended: '.envrc' is '.envrc.blocked-0' now)"), "\(moved)")
            #expect(moved.hasPrefix("done\n"))
            #expect(try await text("true", in: folder) == "", "it is told once")
        }
    }

    @Test func `a file in a hidden folder is told, though it is not there for the command`() async throws {
        try await Folder.with { folder in
            try folder.write("canary", to: "home/.ssh/id_rsa")
            let context = folder.context(environment: ["PATH": "/usr/bin:/bin", "LC_ALL": "C"])
            let key = try await folder.call(
                BashTool(), ["command": .string("cat \(folder.path)/home/.ssh/id_rsa")], context)
            #expect(key.contains("/id_rsa' could not be opened, which the sandbox hides"), "\(key)")
        }
    }

    @Test func `a git folder that cannot go and a network that is off are told`() async throws {
        try await Folder.with { folder in
            #expect(try await text("git init -q .", BashTool(sandbox: .off), in: folder) == "")
            for command in ["mv .git .git2", "rm -rf .git"] {
                let said = try await text(command, in: folder)
                #expect(said.contains("failed, which the sandbox blocks"), "\(said)")
            }
            let connect = "exec 3<>/dev/tcp/192.0.2.1/80"
            #expect(try await text(connect, in: folder).contains("sandbox.network: true"))
        }
    }

    @Test func `a command that leaves its sandbox or has none says nothing of it`() async throws {
        try await Folder.with { folder in
            let tool = BashTool(sandbox: .off)
            let free = try await text("echo 'Could not resolve host: example.org'; exit 6", tool, in: folder)
            #expect(free.hasSuffix("\n(exit code 6)"))
        }
    }

    @Test func `a limit that was hit is told with the setting that raises it`() async throws {
        try await Folder.with { folder in
            let limits = ResourceLimits(fileBytes: 1 << 20, cpuSeconds: 1, openFiles: 20)
            let tool = BashTool(limits: limits)
            let file = try await text("exec head -c 3000000 /dev/zero >large", tool, in: folder)
            #expect(file.contains("limit of 1 MB: limits.commands.file_mb"))
            let time = try await text("exec bash -c 'while :; do :; done'", tool, in: folder)
            #expect(time.contains("limit of 1 s of processor time: limits.commands.cpu_seconds"))
            let open = try await text(
                "exec perl -e 'for (1..50) { open(my $f, q(<), q(/dev/null)) or die qq($!\\n); push @f, $f }'", tool,
                in: folder)
            #expect(open.contains("limit of 20 files open: limits.commands.open_files"))
        }
    }

    @Test func `the log, the settings and what the person hides cannot be read`() async throws {
        try await Folder.with { folder in
            let places = ["log", "config/bassi", "hidden"]
            for place in places { try folder.write("canary", to: "\(place)/file") }
            var settings = SandboxSettings()
            settings.hiddenPaths = [folder.path + "/hidden"]
            let context = folder.context(environment: [
                "PATH": "/usr/bin:/bin", "BASSI_HOME": folder.path + "/log", "XDG_CONFIG_HOME": folder.path + "/config",
            ])
            for place in places {
                let said = try await folder.call(
                    BashTool(sandbox: settings), ["command": .string("cat \(place)/file && exit 9")], context)
                #expect(said.contains("'\(place)/file' could not be opened, which the sandbox hides"), "\(said)")
                #expect(!said.contains("exit code 9"))
            }
        }
    }

    @Test func `the network is there when a person says so`() async throws {
        try await Folder.with { folder in
            var settings = SandboxSettings()
            settings.isNetworkAllowed = true
            let listing = "cat /proc/net/dev | wc -l"
            let inside = try await text(listing, BashTool(sandbox: settings), in: folder)
            #expect(try await text(listing, BashTool(sandbox: .off), in: folder) == inside)
        }
    }
}
