#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#else
    import Darwin
#endif

/// A command that could not be started, or not be seen through.
///
/// A command that ran and failed is no failure: that is a ``ProcessEnding``.
public struct ProcessFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// What went wrong, for a program.
    public enum Code: String, Sendable {
        /// The command cannot be expressed: a path is not absolute, or a text has a zero byte in it.
        case invalidCommand = "invalid_command"
        /// There is no such program.
        case executableNotFound = "executable_not_found"
        /// The program is there and cannot be executed.
        case executableNotUsable = "executable_not_usable"
        /// The working directory is missing, is no folder, or may not be entered.
        case workingDirectoryNotUsable = "working_directory_not_usable"
        /// The system has no process, descriptor or memory left.
        case spawnFailed = "spawn_failed"
        /// The process that watches over the command was killed. The command is dead, its children may not be.
        case supervisorDied = "supervisor_died"
        /// Something that the command started did not die from SIGKILL.
        case survivors
        /// The sandbox could not put its placeholders into the folder.
        case sandboxNotUsable = "sandbox_not_usable"
    }

    /// What went wrong, for a program.
    public let code: Code
    /// What went wrong, with the value that was wrong and what to do, for a person.
    public let description: String

    static func invalid(_ what: String, _ value: String, _ next: String) -> ProcessFailure {
        ProcessFailure(code: .invalidCommand, description: "\(what) \(value.debugDescription) \(next)")
    }

    static func spawnFailed(_ number: Int32) -> ProcessFailure {
        ProcessFailure(
            code: .spawnFailed,
            description: "no process could be started: \(reason(number)). Look at `ulimit -n -u`, or end others first")
    }

    static func directory(_ path: String, _ number: Int32) -> ProcessFailure {
        ProcessFailure(
            code: .workingDirectoryNotUsable,
            description: "the working directory \(path.debugDescription) cannot be entered: \(reason(number)). "
                + "Name a folder that exists and that you may enter")
    }

    static func executable(_ path: String, _ number: Int32) -> ProcessFailure {
        let quoted = path.debugDescription
        switch number {
        case ENOENT where access(path, F_OK) != 0, ENOTDIR:
            return ProcessFailure(
                code: .executableNotFound,
                description: "there is no program \(quoted): install it, or give the absolute path of another")
        case ENOENT:
            return ProcessFailure(
                code: .executableNotUsable,
                description: "the interpreter that the first line of \(quoted) names does not exist: install it")
        case ENOEXEC:
            return ProcessFailure(
                code: .executableNotUsable,
                description: "\(quoted) is no program of this machine: a script needs a first line like #!/bin/sh")
        case E2BIG:
            return ProcessFailure(
                code: .executableNotUsable,
                description: "the arguments and the environment of \(quoted) are too long for the system: "
                    + "give long texts on standard input")
        default:
            return ProcessFailure(
                code: .executableNotUsable,
                description: "\(quoted) cannot be executed: \(reason(number)). Look at `ls -l \(path)`")
        }
    }

    static func supervisorDied(_ path: String) -> ProcessFailure {
        ProcessFailure(
            code: .supervisorDied,
            description: "the process that watches over \(path.debugDescription) was killed, and the command with it. "
                + "Look with `ps` for what the command had started")
    }

    static func survivors(_ count: Int32, of path: String) -> ProcessFailure {
        ProcessFailure(
            code: .survivors,
            description: "\(count) of the processes that \(path.debugDescription) started did not end on SIGKILL: "
                + "they wait for a device, or belong to another user. Look at them with `ps -e -o pid,stat,user,args`")
    }

    static func guards(_ number: Int32) -> ProcessFailure {
        ProcessFailure(
            code: .sandboxNotUsable,
            description: "the sandbox cannot hold the protected paths of the folder: \(reason(number)). "
                + "Look at the owner and the mode of the folder")
    }

    private static func reason(_ number: Int32) -> String {
        String(cString: strerror(number))
    }
}
