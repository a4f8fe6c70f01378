/// What a command may take of the machine. Nil is no limit of ours.
///
/// None can be raised by the command. All but ``processes`` hold for each process of the
/// command alone: what they stop is the one that runs wild, not many that share the work.
public struct ResourceLimits: Sendable, Equatable {
    /// Memory that a process may write to (`RLIMIT_DATA`). Not its address space, of which many run-time systems
    /// reserve far more than they use.
    public var memoryBytes: Int?
    /// How large a file may grow.
    public var fileBytes: Int?
    /// Seconds of processor time.
    public var cpuSeconds: Int?
    /// Descriptors that are open at once.
    public var openFiles: Int?
    /// Processes and threads of the command together. In a sandbox the system refuses further ones, but not to root, for
    /// whom it does not count; there, and without a sandbox, they are counted ten times a second on Linux, and a command
    /// that has more is ended.
    public var processes: Int?

    /// No limits, unless they are given.
    public init(
        memoryBytes: Int? = nil, fileBytes: Int? = nil, cpuSeconds: Int? = nil, openFiles: Int? = nil,
        processes: Int? = nil
    ) {
        self.memoryBytes = memoryBytes
        self.fileBytes = fileBytes
        self.cpuSeconds = cpuSeconds
        self.openFiles = openFiles
        self.processes = processes
    }

    /// What commands get unless somebody says otherwise: no file above 10 GiB, no more than 4,096 processes.
    public static let standard = ResourceLimits(fileBytes: 10 << 30, processes: 4096)
}
