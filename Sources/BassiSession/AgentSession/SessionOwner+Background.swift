import BassiEvents
import BassiStore
import BassiTools

/// Commands in the background: child tasks of the owner, which no cancel of a run touches.
extension SessionOwner {
    /// How long they may take to end before the session is closed without their last words.
    private static let endDeadline = Duration.seconds(4)

    func start(_ work: BackgroundWork, _ reply: Reply<String>) async throws {
        guard activity.closing == nil, !activity.isEndingBackground, activity.isRunning(work.toolID) else {
            return reply.fail(CancellationError())
        }
        let running = state.background.commands
        guard running.count < BackgroundSet.runningMax else {
            let names = running.map(\.start.backgroundID).joined(separator: ", ")
            let sentence =
                "\(running.count) commands run in the background (\(names)), and \(BackgroundSet.runningMax) is the most: "
                + "end one with bash_kill"
            return reply.fail(ToolError("too_many_background", sentence))
        }
        let id = "bg_\(state.background.count + 1)"
        try await append([
            .backgroundStarted(BackgroundStarted(toolID: work.toolID, backgroundID: id, command: work.command))
        ])
        let job = BackgroundJob(id, work, keeping: keeping, inbox: inbox)
        background.add(job)
        launch { await job.run() }
        reply(id)
    }

    func kept(_ output: BackgroundOutput) async throws {
        guard state.background.runs(output.toolID) else { return }
        try await append([.backgroundOutput(output)])
    }

    func ended(_ end: BackgroundEnded) async throws {
        guard state.background.runs(end.toolID) else { return }
        try await append([.backgroundEnded(end)], until: .durable)
        if activity.isEndingBackground { try await finishClose() }
    }

    /// Ends what is left in the background before the session closes; false while it is waited for.
    func backgroundHasEnded() -> Bool {
        guard !state.background.commands.isEmpty else { return true }
        guard !activity.isEndingBackground else { return false }
        activity.isEndingBackground = true
        background.stopAll()
        setAlarm(.backgroundOverdue, after: Self.endDeadline)
        return false
    }

    /// Something does not end: the log does not wait for it.
    func giveUpBackground() async throws {
        try await append(state.background.ends(.sessionEnded), until: .durable)
        try await finishClose()
    }
}
