/// How a command ended. Whatever it was, nothing that the command started is left.
public enum ProcessEnding: Sendable, Equatable {
    /// By itself, with this code.
    case exited(Int32)
    /// By a signal that did not come from here.
    case signalled(Int32)
    /// It took longer than ``ProcessLimits/timeout`` and was ended.
    case timedOut
    /// It had more processes than ``ResourceLimits/processes`` and was ended.
    case tooManyProcesses
    /// The task was cancelled, and so the command was ended.
    case cancelled
}

/// Where output came from.
public enum ProcessStream: Sendable {
    /// What the command was asked for.
    case standardOutput
    /// What it said beside that.
    case standardError
}
