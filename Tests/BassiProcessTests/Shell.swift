import BassiProcess
import Foundation
import Synchronization
import Testing

/// All tests of the module, one after the other: some count what the whole process holds.
@Suite(.serialized, .timeLimit(.minutes(10))) enum ProcessTests {}

/// A script for `/bin/sh`, with little environment.
func shell(_ script: String, input: [UInt8] = []) -> ProcessCommand {
    ProcessCommand(
        executable: "/bin/sh", arguments: ["-c", script], environment: ["PATH": "/usr/bin:/bin"],
        workingDirectory: "/", standardInput: input)
}

func run(_ script: String, _ limits: ProcessLimits = .init(), input: [UInt8] = []) async throws -> CollectedOutput {
    try await ChildProcess.collect(shell(script, input: input), limits: limits, outputBytesMax: 1_000_000)
}

extension CollectedOutput {
    var text: String { String(decoding: standardOutput, as: UTF8.self) }
    var errorText: String { String(decoding: standardError, as: UTF8.self) }
    /// The numbers that a script wrote, one on each line.
    var pids: [pid_t] { text.split(separator: "\n").compactMap { pid_t($0) } }
}

struct TooLate: Error {}

/// Looks until the condition holds.
/// - Throws: `TooLate` when it does not within ten seconds.
func eventually(_ condition: () throws -> Bool) async throws {
    let clock = ContinuousClock()
    let end = clock.now + .seconds(10)
    while try !condition() {
        guard clock.now < end else { throw TooLate() }
        // Also in a cancelled task, where `sleep` throws, somebody else must get on.
        try? await clock.sleep(until: clock.now + .milliseconds(2))
        await Task.yield()
    }
}

/// Whether there is such a process; a zombie is one.
func isAlive(_ pid: pid_t) -> Bool {
    pid > 1 && kill(pid, 0) == 0
}

/// What the scripts said, readable while they run.
final class Said: Sendable {
    private let bytes = Mutex<[UInt8]>([])

    func append(_ more: [UInt8]) { bytes.withLock { $0 += more } }
    var text: String { bytes.withLock { String(decoding: $0, as: UTF8.self) } }
    var pids: [pid_t] { text.split(separator: "\n").compactMap { pid_t($0) } }
    /// Whole lines only: the last one may be half a number.
    var lineCount: Int { bytes.withLock { $0.count(where: { $0 == UInt8(ascii: "\n") }) } }
}

/// Runs a script until it has said so many lines, then cancels it.
func cancelled(
    _ script: String, afterLines count: Int, _ limits: ProcessLimits = .init()
) async throws -> (ending: ProcessEnding, pids: [pid_t]) {
    try await cancelled(shell(script), afterLines: count, limits)
}

/// The same with a whole command.
func cancelled(
    _ command: ProcessCommand, afterLines count: Int, _ limits: ProcessLimits = .init()
) async throws -> (ending: ProcessEnding, pids: [pid_t]) {
    let said = Said()
    return try await withThrowingTaskGroup(of: ProcessEnding.self) { group in
        group.addTask { try await ChildProcess.run(command, limits: limits) { _, bytes in said.append(bytes) } }
        try await eventually { said.lineCount >= count }
        group.cancelAll()
        guard let ending = try await group.next() else { throw TooLate() }
        return (ending, said.pids)
    }
}
