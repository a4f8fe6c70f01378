import CBassiProcess

/// What to run: a program, its arguments, and all that it can see.
///
/// Nothing is searched, expanded or inherited: the path is absolute, there is no shell, and the environment is what is
/// given (``ChildEnvironment`` removes secrets from one). The child has three open files and a session of its own, so
/// it cannot read a password from the terminal.
public struct ProcessCommand: Sendable {
    /// The absolute path of the program.
    public var executable: String
    /// Without the name of the program itself, which is ``executable``.
    public var arguments: [String]
    /// All of it.
    public var environment: [String: String]
    /// The absolute path of the folder that the program starts in.
    public var workingDirectory: String
    /// An open folder to start in, whatever ``workingDirectory`` leads to by now: that one is its name only. It must stay
    /// open until the program has started.
    public var workingFolder: Int32?
    /// What the program reads. Empty: `/dev/null`, so nothing waits for an answer.
    public var standardInput: [UInt8] = []
    /// What its sandbox keeps as it is.
    var guards: [PathGuard] = []
    /// What the command reads from the descriptor ``filterDescriptor``: the system calls that it may make.
    var filter: [UInt8] = []

    /// High enough that nothing else has the number.
    static let filterDescriptor = BASSI_FILTER_FD.rawValue

    /// A command without arguments, environment and input, unless they are given.
    public init(
        executable: String, arguments: [String] = [], environment: [String: String] = [:],
        workingDirectory: String, standardInput: [UInt8] = []
    ) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
        self.workingDirectory = workingDirectory
        self.standardInput = standardInput
    }
}
