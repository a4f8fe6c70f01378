import Foundation
import Synchronization

/// What confines commands on this machine.
public struct SandboxProgram: Sendable, Equatable {
    /// Where it is.
    public let path: String
    /// Whether it can keep the command from namespaces of its own.
    let canForbidNamespaces: Bool
}

extension Sandbox {
    /// Whether commands can be confined here.
    public enum Availability: Sendable, Equatable {
        /// They can, by this.
        case available(SandboxProgram)
        /// They cannot: why, and what a person can do about it.
        case missing(reason: String, remedy: String)

        /// Whether they can.
        public var isAvailable: Bool {
            if case .available = self { true } else { false }
        }
    }

    private static let known = Mutex<Availability?>(nil)

    /// Tries it out, the first time with a real start of the sandbox (a few milliseconds), then from memory.
    public static func availability() async -> Availability {
        if let known = known.withLock(\.self) { return known }
        let found = await probe(candidates: candidates)
        known.withLock { $0 = found }
        return found
    }

    #if os(macOS)
        private static let candidates = ["/usr/bin/sandbox-exec"]
    #else
        /// Not the `PATH`: a folder's own `bin` may be on it.
        private static let candidates = [
            "/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap", "/run/current-system/sw/bin/bwrap",
        ]
    #endif

    /// The same, of these programs, each time.
    static func probe(candidates: [String]) async -> Availability {
        guard let path = candidates.first(where: { access($0, X_OK) == 0 }) else {
            return .missing(
                reason: "there is no bubblewrap (bwrap) on this machine",
                remedy: "install it: apt-get install bubblewrap")
        }
        #if os(macOS)
            return .available(SandboxProgram(path: path, canForbidNamespaces: false))
        #else
            var said = ""
            // Without the second the versions before 0.8 still work.
            for canForbid in [true, false] {
                let program = SandboxProgram(path: path, canForbidNamespaces: canForbid)
                said = await complaint(of: program)
                if said.isEmpty { return .available(program) }
            }
            return missing(said)
        #endif
    }

    /// What is said when nothing at all is run in it; empty when that works.
    private static func complaint(of program: SandboxProgram) async -> String {
        var command = ProcessCommand(
            executable: program.path,
            arguments: Bubblewrap.namespaces(program, isNetworkAllowed: false) + [
                "--tmpfs", "/tmp", "--", "/bin/true",
            ],
            environment: ["PATH": "/usr/bin:/bin"], workingDirectory: "/")
        command.filter = SystemCallFilter.program ?? []
        do {
            let output = try await ChildProcess.collect(
                command, limits: .init(timeout: .seconds(10), gracePeriod: .zero), outputBytesMax: 2_000)
            if output.ending == .exited(0) { return "" }
            let text = String(decoding: output.standardError, as: UTF8.self)
            return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? "\(output.ending)"
        } catch { return "\(error)" }
    }

    /// The system's sentence, and what usually is behind it.
    static func missing(_ said: String) -> Availability {
        let isForbidden = ["namespace", "uid map", "Operation not permitted", "loopback", "No space left"].contains {
            said.contains($0)
        }
        let remedy =
            isForbidden
            ? "allow user namespaces: on a machine of your own with sysctl kernel.unprivileged_userns_clone=1 or "
                + "kernel.apparmor_restrict_unprivileged_userns=0; in a container, which confines already, say "
                + "--sandbox off"
            : said.contains("proc")
                ? "a container that masks /proc forbids a new one: run it with --security-opt systempaths=unconfined, "
                    + "or say --sandbox off in a container that confines enough"
                : "try it: bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true"
        return .missing(reason: "bubblewrap does not work on this machine: \(said)", remedy: remedy)
    }
}
