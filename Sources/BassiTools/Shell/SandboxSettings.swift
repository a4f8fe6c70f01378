import BassiProcess

/// How commands are confined. docs/sandbox.md says what is confined and what is not.
public struct SandboxSettings: Sendable, Equatable {
    /// Whether they are. Off is the person's decision, for machines that are nothing but a container.
    public var isEnabled = true
    /// Whether they reach the network.
    public var isNetworkAllowed = false
    /// What they may write beside the session's folder: absolute paths.
    public var writablePaths: [String] = []
    /// What they may not read beside the known places of keys: absolute paths.
    public var hiddenPaths: [String] = []

    /// Confined, without network.
    public init() {}

    /// Not confined.
    public static var off: SandboxSettings {
        var settings = SandboxSettings()
        settings.isEnabled = false
        return settings
    }

    /// The same command confined as those of `bash` are, where this machine can; as it is where it cannot, or should not.
    public func confined(
        _ command: ProcessCommand, folder: String, home: String, environment: [String: String]
    ) async -> ProcessCommand {
        guard isEnabled, case .available(let program) = await Sandbox.availability() else { return command }
        let context = ToolContext(toolID: "hook", folder: folder, home: home, environment: environment)
        return sandbox(for: context, temporaryFolder: TemporaryFolders.path(for: folder)).confined(command, by: program)
    }

    /// The sandbox for a call. The log and the settings of Bassi are in no sandbox.
    func sandbox(for context: ToolContext, temporaryFolder: String?) -> Sandbox {
        let environment = context.environment
        var sandbox = Sandbox(folder: context.folder, home: context.home)
        sandbox.isNetworkAllowed = isNetworkAllowed
        sandbox.writablePaths = writablePaths
        sandbox.temporaryFolder = temporaryFolder
        sandbox.runtimeFolder = environment["XDG_RUNTIME_DIR"]
        let data = environment["XDG_DATA_HOME"] ?? "\(context.home)/.local/share"
        let config = environment["XDG_CONFIG_HOME"] ?? "\(context.home)/.config"
        sandbox.hiddenPaths =
            hiddenPaths + ["\(data)/bassi", "\(config)/bassi"]
            + [environment["BASSI_HOME"], environment["BASSI_LOG_KEY_FILE"]].compactMap(\.self)
        return sandbox
    }
}
