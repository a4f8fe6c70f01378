import Foundation
import Testing

@testable import BassiProcess

/// A folder to work in, with a home beside it.
struct Site {
    let root: String
    let folder: String
    let home: String

    init(root: String, name: String = "site", home: String? = nil) {
        self.root = root
        folder = name.isEmpty ? root : "\(root)/\(name)"
        self.home = home ?? "\(root)/home"
    }

    /// Beside the tests; never below a temporary folder, which is empty in a sandbox: there nothing would be left to
    /// protect.
    static let place: URL = {
        let beside = URL(fileURLWithPath: CommandLine.arguments[0]).resolvingSymlinksInPath()
            .deletingLastPathComponent()
        guard ["/tmp/", "/var/tmp/", "/run/"].contains(where: { beside.path.hasPrefix($0) }) else { return beside }
        return getuid() == 0 ? URL(fileURLWithPath: "/var/lib") : FileManager.default.homeDirectoryForCurrentUser
    }()

    /// In the place for tests, unless it is told another one.
    static func with<Value>(in parent: URL? = nil, _ body: (Site) async throws -> Value) async throws -> Value {
        let url = (parent ?? place).appendingPathComponent("site-\(UUID().uuidString)")
        let site = Site(root: url.resolvingSymlinksInPath().path)
        for path in [site.folder, site.home + "/.config"] {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        defer { try? FileManager.default.removeItem(at: url) }
        return try await body(site)
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted() }

    var sandbox: Sandbox { Sandbox(folder: folder, home: home) }

    func write(_ text: String, to name: String) throws {
        try text.write(toFile: "\(folder)/\(name)", atomically: false, encoding: .utf8)
    }

    func git(_ arguments: String...) throws {
        let git = Process()
        git.executableURL = URL(fileURLWithPath: "/usr/bin/git")
        git.arguments = arguments
        git.currentDirectoryURL = URL(fileURLWithPath: folder)
        git.standardError = FileHandle.nullDevice
        try git.run()
        git.waitUntilExit()
        try #require(git.terminationStatus == 0)
    }

    func command(
        _ script: String, in sandbox: Sandbox? = nil, processesMax: Int? = nil, input: String = ""
    ) async throws -> ProcessCommand {
        let command = ProcessCommand(
            executable: "/bin/bash", arguments: ["-c", script],
            environment: ["PATH": "/usr/bin:/bin", "HOME": home, "LC_ALL": "C"], workingDirectory: folder,
            standardInput: Array(input.utf8))
        guard case .available(let program) = await Sandbox.availability() else { throw TooLate() }
        return (sandbox ?? self.sandbox).confined(command, processesMax: processesMax, by: program)
    }

    func run(
        _ script: String, _ limits: ProcessLimits = .init(), in sandbox: Sandbox? = nil, input: String = ""
    ) async throws -> CollectedOutput {
        let command = try await command(
            script, in: sandbox, processesMax: limits.resources.processes, input: input)
        return try await ChildProcess.collect(command, limits: limits, outputBytesMax: 100_000)
    }
}

extension Trait where Self == ConditionTrait {
    static var needsSandbox: Self {
        .enabled("there is no sandbox here") { await Sandbox.availability().isAvailable }
    }
}
