import Foundation

/// The command line of `bwrap`.
struct Bubblewrap {
    private let program: SandboxProgram

    init(_ program: SandboxProgram) { self.program = program }

    func confined(_ command: ProcessCommand, in sandbox: Sandbox, processesMax: Int?) -> ProcessCommand {
        let plan = SandboxLayout(sandbox).plan
        var confined = ProcessCommand(
            executable: program.path,
            arguments: Self.namespaces(program, isNetworkAllowed: sandbox.isNetworkAllowed) + plan.arguments
                + ["--chdir", FileLook.realPath(command.workingDirectory) ?? command.workingDirectory, "--"]
                + Self.first(processesMax: processesMax) + [command.executable] + command.arguments,
            environment: SandboxEnvironment.filtered(command.environment),
            workingDirectory: command.workingDirectory,
            standardInput: command.standardInput)
        confined.guards = plan.guards
        confined.filter = SystemCallFilter.program ?? []
        return confined
    }

    /// Everything of its own, no capability, and the machine read-only; what may differ comes behind it.
    static func namespaces(_ program: SandboxProgram, isNetworkAllowed: Bool) -> [String] {
        var arguments = ["--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"]
        if program.canForbidNamespaces { arguments.append("--disable-userns") }
        if !isNetworkAllowed { arguments.append("--unshare-net") }
        if SystemCallFilter.program != nil { arguments += ["--seccomp", "\(ProcessCommand.filterDescriptor)"] }
        arguments += ["--new-session", "--die-with-parent", "--as-pid-1", "--cap-drop", "ALL"]
        arguments += ["--ro-bind", "/", "/", "--dev", "/dev", "--proc", "/proc"]
        // Root stays the owner of the kernel's settings in /proc/sys without any capability, and bubblewrap leaves them
        // open: whoever writes the pattern of core files runs programs outside.
        if geteuid() == 0 { arguments += ["--remount-ro", "/proc"] }
        return arguments
    }

    /// The first process of the namespace: when it ends, the kernel ends all the others.
    ///
    /// It says that the kernel's out-of-memory killer should take the command before anything else, sets the limit of
    /// processes (from outside it would count all that the person runs), and gives what the command left behind 100 ms
    /// to finish by itself, for `command > >(sort)`, and as long again after SIGTERM. What the shell itself would say,
    /// such as that the command was killed, is not the command's.
    private static func first(processesMax: Int?) -> [String] {
        let limit = processesMax.map { "ulimit -u \($0); " } ?? ""
        let script = """
            exec 3>&2 2>/dev/null; echo 500 >/proc/self/oom_score_adj; \(limit)"$@" 2>&3 3>&-; status=$?
            left() { for round in 1 2 3 4 5 6 7 8 9 10; do kill -0 -- -1 || exit $status; /bin/sleep 0.01; done; }
            left; kill -TERM -- -1; left; exit $status
            """
        return ["/bin/bash", "-p", "-c", script, "bassi"]
    }
}
