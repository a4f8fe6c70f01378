import CBassiProcess
@preconcurrency import Dispatch

/// Forks, away from the concurrency pool: the time of a fork grows with the memory of the process.
enum Spawner {
    private static let forks = DispatchQueue(label: "bassi.forks")
    private static let reaps = DispatchQueue(label: "bassi.reaps")

    static func spawn(_ command: ProcessCommand, _ limits: ProcessLimits) async throws(ProcessFailure) -> bassi_child {
        try check(command)
        let result: Result<bassi_child, ProcessFailure> = await withCheckedContinuation { continuation in
            forks.async { continuation.resume(returning: fork(command, limits)) }
        }
        return try result.get()
    }

    /// Reaps a supervisor that has said its last word. It may need a moment to give back a large memory.
    static func reap(_ supervisor: pid_t) async {
        await withCheckedContinuation { continuation in
            reaps.async {
                bassi_reap(supervisor)
                continuation.resume()
            }
        }
    }

    private static func check(_ command: ProcessCommand) throws(ProcessFailure) {
        for (what, path) in [
            ("the executable", command.executable), ("the working directory", command.workingDirectory),
        ] where !path.hasPrefix("/") {
            throw .invalid(what, path, "is no absolute path: begin it with /")
        }
        let named = [("the executable", command.executable), ("the working directory", command.workingDirectory)]
        let texts = named + command.arguments.map { ("the argument", $0) }
        for (what, text) in texts where text.utf8.contains(0) {
            throw .invalid(what, text, "has a zero byte in it: remove it")
        }
        for (name, value) in command.environment {
            // The value may be a secret: only the name is shown.
            guard !name.isEmpty, !name.utf8.contains(0), !name.utf8.contains(UInt8(ascii: "=")) else {
                throw .invalid("the name of a variable", name, "is empty or has = or a zero byte in it: rename it")
            }
            guard !value.utf8.contains(0) else {
                throw .invalid("the variable", name, "has a zero byte in its value: remove it")
            }
        }
    }

    private static func fork(_ command: ProcessCommand, _ limits: ProcessLimits) -> Result<bassi_child, ProcessFailure>
    {
        let arguments = CStrings([command.executable] + command.arguments)
        // Sorted, so that a program sees the same order each time.
        let environment = CStrings(command.environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" })
        let guards = GuardList(command.guards)
        var child = bassi_child()
        let number = command.executable.withCString { executable in
            command.workingDirectory.withCString { directory in
                command.filter.withUnsafeBufferPointer { filter in
                    var request = bassi_command(
                        executable: executable, arguments: arguments.pointer, environment: environment.pointer,
                        directory: directory,
                        folder: command.workingFolder ?? -1, has_input: command.standardInput.isEmpty ? 0 : 1,
                        grace_ms: limits.gracePeriod.boundedMilliseconds, limits: bassi_limits(limits.resources),
                        guards: guards.pointer, guard_count: guards.count, filter: filter.baseAddress,
                        filter_bytes: Int32(filter.count))
                    return bassi_spawn(&request, &child)
                }
            }
        }
        return number == 0 ? .success(child) : .failure(.spawnFailed(number))
    }
}

extension bassi_limits {
    fileprivate init(_ limits: ResourceLimits) {
        func number(_ value: Int?) -> Int64 { value.map(Int64.init) ?? -1 }
        self.init(
            data_bytes: number(limits.memoryBytes), file_bytes: number(limits.fileBytes),
            cpu_seconds: number(limits.cpuSeconds), open_files: number(limits.openFiles),
            threads: number(limits.processes))
    }
}

/// The guards of a command as C wants them, as long as the value lives.
private struct GuardList: ~Copyable {
    let pointer: UnsafeMutablePointer<bassi_guard>
    let count: Int32
    private let texts: CStrings

    init(_ guards: [PathGuard]) {
        let guards = PathGuard.ordered(guards)
        texts = CStrings(guards.flatMap { [$0.path, $0.target ?? ""] })
        pointer = .allocate(capacity: max(1, guards.count))
        count = Int32(guards.count)
        for (index, one) in guards.enumerated() {
            (pointer + index).initialize(
                to: bassi_guard(
                    path: texts.pointer[2 * index], target: one.target == nil ? nil : texts.pointer[2 * index + 1],
                    kind: one.code))
        }
    }

    deinit { pointer.deallocate() }
}

extension PathGuard {
    fileprivate var target: String? {
        if case .link(let target) = kind { target } else { nil }
    }

    fileprivate var code: Int32 {
        switch kind {
        case .heldFile: Int32(BASSI_HOLD_FILE.rawValue)
        case .heldFolder: Int32(BASSI_HOLD_FOLDER.rawValue)
        case .swept: Int32(BASSI_SWEEP.rawValue)
        case .link: Int32(BASSI_KEEP_LINK.rawValue)
        }
    }
}
