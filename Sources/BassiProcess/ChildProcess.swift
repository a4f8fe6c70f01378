import CBassiProcess

/// A child process: bounded in time and memory, and ended with everything that it started.
///
/// ```swift
/// let command = ProcessCommand(executable: "/bin/ls", workingDirectory: "/tmp")
/// let output = try await ChildProcess.collect(command, limits: .init(timeout: .seconds(5)), outputBytesMax: 30_000)
/// ```
///
/// When the command ends, by itself, by the time-out or by the cancellation of the task, its left-over descendants are
/// ended too (on Linux also those with a session of their own): first SIGTERM, after the grace period SIGKILL. Then
/// the call returns. To start a server that outlives the call is therefore not possible: run it as the command.
public enum ChildProcess {
    /// Runs the command to its end and hands over its output as it comes.
    ///
    /// `onOutput` is awaited before more is read, so a slow reader slows the command down. When it throws, everything
    /// is ended and the error is thrown on. Cancelling the task does not throw: the ending is
    /// ``ProcessEnding/cancelled``, at most the grace period and 1.5 seconds later (plus the time of `onOutput`).
    /// - Throws: ``ProcessFailure`` when the command could not be started or not be ended.
    public static func run(
        _ command: ProcessCommand, limits: ProcessLimits = .init(),
        onOutput: @Sendable (ProcessStream, [UInt8]) async throws -> Void
    ) async throws -> ProcessEnding {
        if Task.isCancelled { return .cancelled }
        let poller = try Poller.shared()
        let child = RunningChild(try await Spawner.spawn(command, limits), limits)
        var pump = OutputPump(child, poller, input: command.standardInput)
        let report = await withTaskCancellationHandler {
            await pump.run(onOutput)
        } onCancel: {
            child.end(.cancelled)
        }
        await child.finish()
        return try ending(of: command, report, child.reason, pump.outputError)
    }

    private static func ending(
        of command: ProcessCommand, _ report: bassi_report?, _ reason: RunningChild.Reason?, _ outputError: (any Error)?
    ) throws -> ProcessEnding {
        guard let report else { throw ProcessFailure.supervisorDied(command.executable) }
        switch bassi_report_kind(UInt32(report.kind)) {
        case BASSI_NO_SETUP: throw ProcessFailure.spawnFailed(report.value)
        case BASSI_NO_DIRECTORY: throw ProcessFailure.directory(command.workingDirectory, report.value)
        case BASSI_NO_GUARD: throw ProcessFailure.guards(report.value)
        case BASSI_NO_EXEC: throw ProcessFailure.executable(command.executable, report.value)
        default: break
        }
        guard report.survivors == 0 else { throw ProcessFailure.survivors(report.survivors, of: command.executable) }
        // A reader that notices the cancellation throws: that is the cancellation, not a failure of the reader.
        if let outputError, !(outputError is CancellationError && reason == .cancelled) { throw outputError }
        if report.had_too_many != 0 { return .tooManyProcesses }
        switch reason {
        case .timedOut where report.was_told != 0: return .timedOut
        case .cancelled where report.was_told != 0: return .cancelled
        case .timedOut, .cancelled, .outputFailed, nil: break
        }
        let status = report.value
        return bassi_has_exited(status) != 0 ? .exited(bassi_exit_code(status)) : .signalled(bassi_signal(status))
    }
}
