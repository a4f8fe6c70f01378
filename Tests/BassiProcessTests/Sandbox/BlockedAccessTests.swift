import Foundation
import Testing

@testable import BassiProcess

extension ProcessTests {
    /// What a sandbox says of itself, without running anything.
    @Suite struct Reports {
        @Test(
            arguments: [
                ("bash: line 1: /etc/x: Read-only file system", .writing("/etc/x")),
                ("touch: cannot touch '/usr/lib/a b': Read-only file system", .writing("/usr/lib/a b")),
                ("OSError: [Errno 30] Read-only file system: '/opt/x'", .writing("/opt/x")),
                ("mkdir: cannot create directory ‘../x’: Read-only file system", .writing("../x")),
                ("bash: .envrc: Permission denied", .changing(".envrc")),
                ("bash: .envrc: No such device or address", .changing(".envrc")),
                ("mkdir: cannot create directory '.bassi': File exists", .changing(".bassi")),
                ("open /opt/x: read-only file system", .writing("/opt/x")),
                ("rm: cannot remove '.git': Device or resource busy", .changing(".git")),
                ("fatal: could not create directory of '.git/x/y': Not a directory", .changing(".git/x/y")),
                ("curl: (7) Failed to connect to 1.1.1.1 port 80 after 0 ms: Couldn't connect to server", .network),
                ("wget: unable to resolve host address 'example.org'", .network),
                ("curl: (6) Could not resolve host: example.org", .network),
                ("connect: Network is unreachable", .network),
                ("socket.gaierror: [Errno -3] Temporary failure in name resolution", .network),
            ] as [(String, BlockedAccess)])
        func `a blocked access is told from the output`(_ output: String, _ blocked: BlockedAccess) async throws {
            try await Site.with { site in
                #expect(site.sandbox.blockedAccess(in: "begun\n\(output)\nfailed\n") == blocked)
            }
        }

        @Test func `a file of a repository's git folder is told with the folder of the repository`() async throws {
            try await Site.with { site in
                try site.git("init", "-q", "../rep")
                let lock = "\(site.root)/rep/.git/index.lock"
                let output = "fatal: Unable to create '\(lock)': Read-only file system"
                #expect(site.sandbox.blockedAccess(in: output) == .writing(lock, repository: site.root + "/rep"))
            }
        }

        @Test func `what exists and has no placeholder fails by itself`() async throws {
            try await Site.with { site in
                try site.write("", to: ".envrc")
                #expect(site.sandbox.blockedAccess(in: "x: File exists: '.envrc'") == nil)
                #expect(site.sandbox.blockedAccess(in: "x: Read-only file system: '.envrc'") == .changing(".envrc"))
            }
        }

        @Test func `what the person could not do either is not the sandbox's doing`() async throws {
            try await Site.with { site in
                var sandbox = site.sandbox
                sandbox.writablePaths = ["/proc/sys"]
                #expect(sandbox.blockedAccess(in: "/proc/sys/kernel/nothing/x: Read-only file system") == nil)
                #expect(sandbox.blockedAccess(in: "rm: '\(site.folder)/f': Read-only file system") == nil)
            }
        }

        @Test func `a key is told, with the path that was wanted`() async throws {
            try await Site.with { site in
                let path = site.home + "/.ssh"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                let output = "cat: \(path)/id_rsa: Permission denied"
                #expect(site.sandbox.blockedAccess(in: output) == .reading("\(path)/id_rsa"))
                for said in ["cat: \(path)/id_rsa: No such file or directory", "ENOENT: open '\(path)/id_rsa'"] {
                    #expect(site.sandbox.blockedAccess(in: said) == .reading("\(path)/id_rsa"))
                }
            }
        }

        @Test(
            arguments: [
                "", "error: 3 tests failed", "x: Read-only file system", "cat: ./x: No such file or directory",
                "cat: .envrc: No such file or directory",
                "getaddrinfo is not a function", "Failed to connect to bus: No such file or directory",
                "curl: (7) Failed to connect to localhost port 80 after 0 ms: Couldn't connect to server",
                "cat: /root/x: Permission denied",
                "mkdir: cannot create directory 'a': File exists",
                "rm: cannot remove 'x': Device or resource busy", "connect: Connection refused",
            ])
        func `what may have another reason is not the sandbox's doing`(_ output: String) async throws {
            try await Site.with { site in #expect(site.sandbox.blockedAccess(in: output) == nil) }
        }

        @Test(arguments: [
            ".boto", ".s3cfg", ".databrickscfg", ".terraformrc", ".terraform.d/credentials.tfrc.json", ".curlrc",
            ".wgetrc", ".subversion/auth/svn.simple", ".config/helm/registry/config.json", ".dockercfg",
        ])
        func `what programs keep their keys in is hidden`(_ name: String) async throws {
            try await Site.with { site in
                let path = "\(site.home)/\(name)"
                let parent = (path as NSString).deletingLastPathComponent
                try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
                try "key".write(toFile: path, atomically: false, encoding: .utf8)
                let mount = SandboxLayout(site.sandbox).plan.mount(over: path)
                #expect(mount == .hiddenFile || mount == .hiddenFolder)
            }
        }

        @Test func `with the network allowed its failures are its own`() async throws {
            try await Site.with { site in
                var sandbox = site.sandbox
                sandbox.isNetworkAllowed = true
                #expect(sandbox.blockedAccess(in: "curl: (6) Could not resolve host: x") == nil)
            }
        }

        @Test func `every attempt to escape stands in the documentation`() throws {
            let root = URL(fileURLWithPath: #filePath).pathComponents.prefix { $0 != "Tests" }.joined(separator: "/")
            let text = try String(contentsOfFile: root + "/docs/sandbox.md", encoding: .utf8)
            let missing = Escape.all.filter { !text.contains("| \($0.name) |") }.map(\.name)
            #expect(missing == [])
            #expect(text.contains("## \(Escape.all.count) attempts"))
        }

        @Test func `no sandbox has a reason and a remedy`() async throws {
            guard case .missing(let reason, let remedy) = await Sandbox.probe(candidates: ["/nowhere/bwrap"]) else {
                Issue.record("it was found")
                return
            }
            #expect(reason.contains("no bubblewrap") && remedy.contains("apt-get install bubblewrap"))
            let broken = await Sandbox.probe(candidates: ["/bin/false"])
            #expect(!broken.isAvailable)
            let said = "bwrap: setting up uid map: Permission denied"
            guard case .missing(let why, let how) = Sandbox.missing(said) else { return }
            #expect(why.contains(said) && how.contains("user namespaces") && how.contains("--sandbox off"))
        }

        @Test func `nothing of the environment leads to keys or sockets`() {
            let environment = [
                "PATH": "/bin", "AWS_SECRET_ACCESS_KEY": "x", "GITHUB_TOKEN": "x", "DB_PASSWORD": "x", "X_API_KEY": "x",
                "SSH_AUTH_SOCK": "x", "DBUS_SESSION_BUS_ADDRESS": "x", "XDG_RUNTIME_DIR": "x", "BASSI_HOME": "x",
                "BASSI": "1", "TMPDIR": "/var/folders/x", "CARGO_HOME": "y", "NPMTOKEN": "x",
                "GOOGLE_APPLICATION_CREDENTIALS": "x", "TOKENIZERS_PARALLELISM": "no",
            ]
            #expect(
                SandboxEnvironment.filtered(environment) == [
                    "PATH": "/bin", "BASSI": "1", "TMPDIR": "/tmp", "CARGO_HOME": "y", "TOKENIZERS_PARALLELISM": "no",
                ])
        }

        @Test func `mounts come in the order of their depth, and the strictest counts`() {
            var plan = MountPlan()
            for (mount, path) in [
                (MountPlan.Mount.readOnly, "/a/b/c"), (.writable, "/a/b"), (.empty, "/a"), (.hiddenFile, "/a/b/c"),
                (.writable, "/a/b/c"), (.writable, "/a-b"),
            ] { plan.add(mount, at: path) }
            #expect(
                plan.arguments == [
                    "--perms", "1777", "--tmpfs", "/a", "--bind", "/a/b", "/a/b", "--ro-bind", "/dev/null", "/a/b/c",
                    "--bind", "/a-b", "/a-b",
                ])
            #expect(plan.mount(over: "/a/b/x/y") == .writable && plan.mount(over: "/b") == nil)
        }

        @Test func `the profile for macOS denies writing, then allows the folder, then denies what is protected`()
            async throws
        {
            try await Site.with { site in
                let lines = SeatbeltProfile(site.sandbox).text.split(separator: "\n").map(String.init)
                let deny = try #require(lines.firstIndex(of: "(deny file-write*)"))
                let allow = try #require(lines.firstIndex(of: "(allow file-write* (subpath \"\(site.folder)\"))"))
                let protect = try #require(lines.firstIndex { $0.contains("/.envrc") })
                #expect(deny < allow && allow < protect && lines.contains("(deny network*)"))
            }
        }

        @Test func `a temporary folder goes with its value, and one that was left behind goes with the next`() throws {
            let parent = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(atPath: parent) }
            do {
                let folder = try TemporaryFolder(in: parent)
                try "x".write(toFile: folder.path + "/x", atomically: false, encoding: .utf8)
            }
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent) == [])
        }
    }
}
