import Foundation

@testable import BassiProcess

/// A namespace of processes and mounts with a root that is thrown away, in which attempts to escape are made: the
/// sandbox that they are made in may be broken.
///
/// Everything of the machine is read-only in it but the folder of the test, other processes cannot be seen, and when it
/// ends the kernel ends all that was started in it.
struct Cage {
    /// Who makes the attempts.
    enum Person: String, CaseIterable, Sendable {
        case root, ordinary
    }

    let root: String
    let person: Person
    /// The number that processes that should not survive sleep for.
    let mark = "\(Int.random(in: 100_000_000...999_999_999))"

    var folder: String { root + "/folder" }
    var home: String { root + "/home" }

    /// Whether this machine gives such a namespace; tried out once.
    static let works: Bool = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
        process.arguments = namespaces + ["/bin/sh", "-c", "mount -t tmpfs none /mnt && mount -t proc proc /proc"]
        (process.standardOutput, process.standardError) = (FileHandle.nullDevice, FileHandle.nullDevice)
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationStatus == 0
    }()

    /// Root of a user namespace where the tests do not run as root: then there is no second user to become.
    private static let namespaces =
        (getuid() == 0 ? [] : ["--user", "--map-root-user"])
        + ["--pid", "--fork", "--kill-child", "--mount", "--propagation", "private", "--"]

    static let people: [Person] = getuid() == 0 ? Person.allCases : [.root]

    static func with<Value>(_ person: Person, _ body: (Cage) async throws -> Value) async throws -> Value {
        let root = Site.place.appendingPathComponent("cage-\(UUID().uuidString)").path
        let cage = Cage(root: root, person: person)
        try cage.prepare()
        defer { try? FileManager.default.removeItem(atPath: root) }
        return try await body(cage)
    }

    private func prepare() throws {
        let files = [
            "outside/canary": "canary", "outside/movable": "", "outside/deletable": "", "home/.bashrc": "",
            "home/.ssh/id_ed25519": "canary", "home/.aws/credentials": "canary", "home/.netrc": "canary",
            "home/.bash_history": "canary", "elsewhere/gnupg/key": "canary", "bassi/bassi.sqlite": "canary",
            "home/.config/bassi/settings.yaml": "# canary", "folder/file": "", "root/.keep": "",
            "cage.sh": Self.script, "client.pl": Self.client, "server.pl": Self.server,
        ]
        for (name, text) in files {
            let url = URL(fileURLWithPath: "\(root)/\(name)")
            try FileManager.default.createDirectory(
                at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: url, atomically: false, encoding: .utf8)
        }
        try FileManager.default.createSymbolicLink(atPath: "\(home)/.gnupg", withDestinationPath: "../elsewhere/gnupg")
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        git.arguments = ["init", "-q", folder]
        git.standardError = FileHandle.nullDevice
        try git.run()
        git.waitUntilExit()
        guard person == .ordinary else { return }
        let owner = Process()
        owner.executableURL = URL(fileURLWithPath: "/bin/chown")
        owner.arguments = ["-R", "65534:65534", root]
        try owner.run()
        owner.waitUntilExit()
    }

    var environment: [String: String] {
        [
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": home, "OUT": "\(root)/outside", "MARK": mark,
            "BASSI_PLACE": "\(root)/bassi", "CONFIG_PLACE": "\(home)/.config/bassi", "CLIENT": "\(root)/client.pl",
            "MY_API_KEY": "canary-secret", "AWS_SECRET_ACCESS_KEY": "canary-secret", "GH_TOKEN": "canary-secret",
            "SSH_AUTH_SOCK": "/run/agent.sock", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/bus", "LC_ALL": "C",
        ]
    }

    var sandbox: Sandbox {
        var sandbox = Sandbox(folder: folder, home: home)
        sandbox.hiddenPaths = ["\(root)/bassi"]
        return sandbox
    }

    /// Runs a script in the cage, and in the sandbox in it unless that is nil.
    func run(
        _ script: String, in sandbox: Sandbox?, _ limits: ResourceLimits = .init(),
        timeout: Duration = .seconds(30)
    ) async throws -> CollectedOutput {
        let inner = "esc() { echo ESCAPED; }; \(script)"
        var command = ProcessCommand(
            executable: "/bin/bash", arguments: ["-c", inner], environment: environment, workingDirectory: folder)
        // What begins with BASSI_ is not passed, and the attempts have to know the place.
        let places = "export BASSI_PLACE=\(root)/bassi; "
        command.arguments = ["-c", places + inner]
        if let sandbox, case .available(let program) = await Sandbox.availability() {
            command = sandbox.confined(command, processesMax: limits.processes, by: program)
        }
        let setting = [root, person == .ordinary ? "65534" : "0", command.executable] + command.arguments
        var caged = ProcessCommand(
            executable: "/usr/bin/unshare", arguments: Self.namespaces + ["/bin/sh", "\(root)/cage.sh"] + setting,
            environment: command.environment, workingDirectory: folder)
        caged.guards = command.guards
        caged.filter = command.filter
        return try await ChildProcess.collect(
            caged, limits: .init(timeout: timeout, resources: limits), outputBytesMax: 100_000)
    }

    /// Whether a process that should be gone is left, on the whole machine.
    var hasSurvivor: Bool {
        let processes = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return processes.contains { pid in
            // A file of /proc says that its size is 0, and `contents(atPath:)` believes it.
            guard pid_t(pid) != nil, let file = FileHandle(forReadingAtPath: "/proc/\(pid)/cmdline"),
                let line = try? file.readToEnd()
            else { return false }
            return String(decoding: line, as: UTF8.self).hasPrefix("sleep\0\(mark)")
        }
    }
}
