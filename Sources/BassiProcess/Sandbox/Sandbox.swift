/// Where a command may write, what it may read and whether it may reach the network; docs/sandbox.md has all of it.
///
/// ```swift
/// let sandbox = Sandbox(folder: "/home/me/site", home: "/home/me")
/// if case .available(let program) = await Sandbox.availability() {
///     command = sandbox.confined(command, by: program)
/// }
/// ```
///
/// What is protected depends on what is in the folder when the command starts, so a command is confined right before
/// it is run, and once.
public struct Sandbox: Sendable, Equatable {
    /// The folder that can be written.
    public var folder: String
    /// The person's home folder: its keys cannot be read.
    public var home: String
    /// Whether the network of the machine can be reached.
    public var isNetworkAllowed = false
    /// More folders and files that can be written: absolute.
    public var writablePaths: [String] = []
    /// More folders and files that cannot be read: absolute.
    public var hiddenPaths: [String] = []
    /// What stands in the place of `/tmp`; nil for an empty folder that goes with the command.
    public var temporaryFolder: String?
    /// Where the person's programs have their sockets, beside `/run`: empty in the sandbox.
    public var runtimeFolder: String?

    /// A sandbox without network in which only `folder` can be written.
    public init(folder: String, home: String) {
        self.folder = folder
        self.home = home
    }

    /// The same command in the sandbox.
    ///
    /// - Parameter processesMax: How many processes and threads it may have at once; nil for no limit.
    public func confined(
        _ command: ProcessCommand, processesMax: Int? = nil, by program: SandboxProgram
    ) -> ProcessCommand {
        #if os(macOS)
            return SeatbeltProfile(self).confined(command, by: program)
        #else
            return Bubblewrap(program).confined(command, in: self, processesMax: processesMax)
        #endif
    }

    /// Which of ``writablePaths`` cannot be written all the same: they are too broad, as the folder can be, or missing.
    public var refusedPaths: [String] {
        let layout = SandboxLayout(self)
        return writablePaths.filter { path in
            FileLook.realPath(path).map { layout.plan.mount(over: $0) != .writable } ?? true
        }
    }

    /// Whether the folder itself can be written in the sandbox: not where it is or holds the person's home, `/tmp` or
    /// the whole machine.
    public var canWriteFolder: Bool {
        let layout = SandboxLayout(self)
        return FileLook.realPath(folder).map { layout.plan.mount(over: $0) == .writable } ?? false
    }
}
