import BassiProcess
import BassiTools

/// How commands are confined and what they may take: the keys `sandbox` and `limits.commands`.
///
/// Only the person's own settings are asked for these: what a folder brings can never loosen them.
struct ConfinementSettings: Sendable, Equatable {
    /// Whether commands run in a sandbox.
    var isEnabled = true
    /// Whether they reach the network from there.
    var isNetworkAllowed = false
    /// What they may write beside the folder: absolute, or `~/…`.
    var writablePaths: [String] = []
    /// What they may take of the machine.
    var limits = ResourceLimits.standard

    /// `on`, `off`, or a mapping.
    mutating func readSandbox(_ node: SettingsNode) throws(SettingsError) {
        // `on` and `off` are the truth values of YAML too.
        if let isOn = node.node.bool {
            isEnabled = isOn
            return
        }
        if node.node.scalar != nil { throw node.problem("'\(node.key)' takes on, off, or enabled, network and write") }
        for (key, value) in try node.members(known: ["enabled", "network", "write"]) {
            switch key {
            case "enabled": isEnabled = try value.bool()
            case "network": isNetworkAllowed = try value.bool()
            default: writablePaths = try Self.paths(value)
            }
        }
    }

    private static func paths(_ node: SettingsNode) throws(SettingsError) -> [String] {
        let paths = try node.strings()
        for path in paths where !path.hasPrefix("/") && !path.hasPrefix("~/") {
            throw node.problem("'\(node.key)' has '\(path)', which begins neither with / nor with ~/")
        }
        return paths
    }

    /// A number, or `off` for none.
    mutating func readLimits(_ node: SettingsNode) throws(SettingsError) {
        let known = ["memory_mb", "processes", "file_mb", "cpu_seconds", "open_files"]
        for (key, value) in try node.members(known: known) {
            let number = value.node.bool == false ? nil : try value.positiveInt()
            let bytes = number.map { $0.multipliedReportingOverflow(by: 1 << 20) }.map { $0.overflow ? .max : $0.0 }
            switch key {
            case "memory_mb": limits.memoryBytes = bytes
            case "processes": limits.processes = number
            case "file_mb": limits.fileBytes = bytes
            case "cpu_seconds": limits.cpuSeconds = number
            default: limits.openFiles = number
            }
        }
    }

    /// The tool that runs commands so.
    ///
    /// - Parameter isOn: What the command line says; nil when it says nothing.
    func bash(home: String?, isOn: Bool?) -> BashTool {
        var sandbox = SandboxSettings()
        sandbox.isEnabled = isOn ?? isEnabled
        sandbox.isNetworkAllowed = isNetworkAllowed
        sandbox.writablePaths = writablePaths.compactMap { path in
            path.hasPrefix("~/") ? home.map { $0 + path.dropFirst() } : path
        }
        return BashTool(sandbox: sandbox, limits: limits)
    }
}
