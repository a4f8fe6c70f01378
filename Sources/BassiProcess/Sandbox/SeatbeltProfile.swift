/// The same sandbox for macOS, as a profile for `sandbox-exec`.
///
/// Written after the system's documentation and not tried on a machine with macOS. There is no namespace of processes:
/// a command can see and signal others of the same person.
struct SeatbeltProfile {
    private let sandbox: Sandbox

    init(_ sandbox: Sandbox) { self.sandbox = sandbox }

    func confined(_ command: ProcessCommand, by program: SandboxProgram) -> ProcessCommand {
        ProcessCommand(
            executable: program.path, arguments: ["-p", text, command.executable] + command.arguments,
            environment: SandboxEnvironment.filtered(command.environment), workingDirectory: command.workingDirectory,
            standardInput: command.standardInput)
    }

    /// Of several rules that match the last one counts.
    var text: String {
        let plan = SandboxLayout(sandbox).plan
        var writable: [String] = []
        var protected: [String] = []
        var hidden: [String] = []
        for (path, mount) in plan.mounts.sorted(by: { $0.key < $1.key }) {
            switch mount {
            case .writable: writable.append(path)
            case .folder(let source): writable.append(source)
            case .readOnly, .heldFile, .heldFolder: protected.append(path)
            case .hiddenFile, .hiddenFolder: hidden.append(path)
            case .empty: break
            }
        }
        let devices = ["/dev/null", "/dev/zero", "/dev/tty", "/dev/dtracehelper"]
        let lines =
            ["(version 1)", "(allow default)", "(deny file-write*)"]
            + devices.map { "(allow file-write* (literal \(Self.quoted($0))))" }
            + writable.map { "(allow file-write* (subpath \(Self.quoted($0))))" }
            + protected.map { "(deny file-write* (subpath \(Self.quoted($0))))" }
            + hidden.map { "(deny file-read* file-write* (subpath \(Self.quoted($0))))" }
            + (sandbox.isNetworkAllowed ? [] : ["(deny network*)"]) + ["(deny process-info* (target others))"]
        return lines.joined(separator: "\n")
    }

    private static func quoted(_ path: String) -> String {
        "\"" + path.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
