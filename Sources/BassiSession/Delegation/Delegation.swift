import BassiEvents
import BassiStore
import BassiTools

/// The work of a sub-agent: its session is opened, gets its prompt, and is let go of when its run has ended.
///
/// What was done of it before a crash is not done again: the session is opened where there is one, and the prompt has a
/// key, so that it is sent once.
struct Delegation: Sendable {
    /// Its session.
    let session: SessionID
    /// What the session is.
    let configuration: AgentConfiguration
    /// What it is to do.
    let prompt: String
    let store: any EventStore

    /// Works, to the run's end; called off, it ends its run like every session does and still gives a report.
    ///
    /// - Parameter isOpen: Told of the session when it is open.
    func run(_ isOpen: @escaping @Sendable (AgentSession) async -> Void) async -> SubagentReport {
        let stop = Latch()
        // owned by this call, which awaits it: a cancelled task could not wait for the run that it ends.
        let working = Task { await work(isOpen, until: stop) }
        return await withTaskCancellationHandler {
            await working.value
        } onCancel: {
            stop.open()
        }
    }

    private var agent: String { configuration.delegated?.agent ?? "" }

    private func work(_ isOpen: @Sendable (AgentSession) async -> Void, until stop: Latch) async -> SubagentReport {
        var report = SubagentReport(of: agent, in: session)
        do {
            let opened = try await open()
            await isOpen(opened)
            do { report = try await follow(opened, report, until: stop) } catch { report.fail(error) }
            // It may have ended by itself, and then says why again.
            try? await opened.close()
        } catch { report.fail(error) }
        return report
    }

    private func open() async throws -> AgentSession {
        if try await store.head(of: session) != nil {
            return try await AgentSession.open(session, configuration, store: store)
        }
        let title = "\(agent): \(prompt.prefix(60).split(whereSeparator: \.isWhitespace).joined(separator: " "))"
        return try await AgentSession.start(configuration, store: store, id: session, title: title)
    }

    private func follow(
        _ opened: AgentSession, _ report: SubagentReport, until stop: Latch
    ) async throws -> SubagentReport {
        try await withThrowingTaskGroup(of: SubagentReport?.self) { group in
            group.addTask { try await read(opened, report) }
            group.addTask {
                await stop.wait()
                // Once the prompt is there: a cancel that comes before it would find nothing to end.
                if !Task.isCancelled { _ = try? await opened.prompt(sent) }
                if !Task.isCancelled { try? await opened.cancel(reason: "the session that it works for was cancelled") }
                return nil
            }
            defer { group.cancelAll() }
            while let ended = try await group.next() {
                if let ended { return ended }
            }
            return report
        }
    }

    private func read(_ opened: AgentSession, _ report: SubagentReport) async throws -> SubagentReport {
        var report = report
        for try await event in opened.send(sent) { report.apply(try await store.wholeOrPreview(event)) }
        return report
    }

    private var sent: Prompt {
        Prompt([.text(prompt)], idempotencyKey: configuration.delegated?.parent.toolID.description)
    }
}
