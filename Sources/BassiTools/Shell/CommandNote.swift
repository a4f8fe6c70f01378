import BassiProcess

/// One line, for the model and the person, about what the sandbox or a limit may have kept a command from.
enum CommandNote {
    /// Nil where nothing of that is certain.
    static func text(
        of output: String, code: Int32, in sandbox: Sandbox?, limits: ResourceLimits
    ) -> String? {
        guard code != 0 else { return nil }
        if let limit = limit(code, output, limits) { return "(\(limit))" }
        guard let sandbox else { return nil }
        if code == 1, output.hasPrefix("bwrap: ") {
            return "(the sandbox could not be set up: `bassi doctor` looks at it)"
        }
        return sandbox.blockedAccess(in: output).map { "(\(sentence(of: $0)))" }
    }

    /// What a failed command's output says of what the sandbox blocks, in a sentence; nil where it says nothing of it.
    static func blocked(in output: String, _ ending: ProcessEnding, by sandbox: Sandbox?) -> String? {
        guard case .exited(let code) = ending, code != 0, let sandbox else { return nil }
        return sandbox.blockedAccess(in: output).map(what)
    }

    /// What the command made in protected places and is elsewhere now; nil for nothing.
    static func moved(_ paths: Set<String>, in folder: String) -> String? {
        guard !paths.isEmpty else { return nil }
        let names = paths.sorted().map { $0.hasPrefix(folder + "/") ? String($0.dropFirst(folder.count + 1)) : $0 }
        return "(what the command made in a protected place was moved aside when it ended: "
            + names.map { "'\($0.dropLast(10))' is '\($0)' now" }.joined(separator: ", ") + ")"
    }

    /// Never more than what was said: a command can write into its output what it likes.
    private static func what(_ blocked: BlockedAccess) -> String {
        let what =
            switch blocked {
            case .writing(let path, _): "writing to '\(path)' failed, which the sandbox blocks"
            case .changing(let path): "a change of '\(path)' failed, which the sandbox blocks"
            case .reading(let path): "'\(path)' could not be opened, which the sandbox hides"
            case .network: "the network could not be reached, which the sandbox blocks"
            }
        return "the command's output says that \(what)"
    }

    private static let settings = "in the person's settings"

    private static func sentence(of blocked: BlockedAccess) -> String {
        switch blocked {
        case .writing(_, let repository?):
            "\(what(blocked)): it is git's; a person can allow the repository with sandbox.write: [\(repository)] "
                + settings
        case .writing:
            "\(what(blocked)): only the session's folder and /tmp can be "
                + "written; a person can allow more with sandbox.write \(settings)"
        case .changing:
            "\(what(blocked)): it is protected, since it can start programs or say what may be "
                + "done; a person can make the change"
        case .reading:
            "\(what(blocked)): it holds keys or other private things; only a person can open it"
        case .network:
            "\(what(blocked)); a person can allow it with sandbox.network: true \(settings)"
        }
    }

    /// For a command that had as many processes as it may.
    static func processes(_ limits: ResourceLimits) -> String {
        "the command had the limit of \(limits.processes ?? 0) processes: limits.commands.processes \(settings) raises it"
    }

    /// The codes are 128 and the number of the signal: a shell tells it so.
    private static func limit(_ code: Int32, _ output: String, _ limits: ResourceLimits) -> String? {
        func said(_ sentences: String...) -> Bool { sentences.contains { output.contains($0) } }
        if let bytes = limits.fileBytes, code == 153 || said("File too large", "File size limit exceeded") {
            return "a file grew to the limit of \(bytes >> 20) MB: limits.commands.file_mb \(settings) raises it"
        }
        if let seconds = limits.cpuSeconds, code == 152 || said("CPU time limit exceeded") {
            return
                "a process used the limit of \(seconds) s of processor time: limits.commands.cpu_seconds \(settings) "
                + "raises it"
        }
        if let count = limits.openFiles, said("Too many open files") {
            return "a process had the limit of \(count) files open: limits.commands.open_files \(settings) raises it"
        }
        if limits.processes != nil, said("fork: retry", "fork: Resource temporarily", "Cannot fork") {
            return processes(limits)
        }
        if let bytes = limits.memoryBytes, said("Cannot allocate memory", "MemoryError", "out of memory", "bad_alloc") {
            return "a process used the limit of \(bytes >> 20) MB of memory: limits.commands.memory_mb \(settings) "
                + "raises it"
        }
        return nil
    }
}
