import BassiEvents
import BassiStore

/// Follows sub-agents beside the session that they work for: a line for each tool, and what they ask. What they say is in
/// their own sessions.
struct SubagentWatch: Sendable {
    let store: any EventStore
    let screen: PlainScreen
    /// Takes each event, before its line is shown.
    let take: @Sendable (Event, SubagentStarted) -> Void

    /// Until the run of the sub-agent has ended.
    ///
    /// - Parameter showsPast: Whether what it has done so far is shown too.
    func run(_ start: SubagentStarted, showsPast: Bool) async throws {
        let head = showsPast ? .start : try await store.head(of: start.childSessionID) ?? .start
        try await withThrowingDiscardingTaskGroup { group in
            for try await delivery in store.follow(start.childSessionID, slow: .skipDeltas) {
                guard case .event(let told) = delivery else { continue }
                let event = try await store.withWholeQuestion(told)
                take(event, start)
                if event.seq > head { show(event, of: start.agent) }
                if case .subagentStarted(let inner) = event.payload {
                    group.addTask { try await run(inner, showsPast: showsPast) }
                }
                if event.payload.endsRun { break }
            }
            group.cancelAll()
        }
    }

    private func show(_ event: Event, of agent: String) {
        switch event.payload {
        case .toolCallStarted(let call):
            screen.dim("  \(agent) ● \(call.toolName) \(RunView.summary(of: call.toolInput))")
        case .toolCallFailed(let call):
            screen.dim("  \(agent) ● \(call.toolName) \(call.outcome.rawValue): \(call.error.message)")
        case .retryScheduled(let retry):
            screen.dim("  \(agent): \(retry.errorType): trying again in \(retry.delayMilliseconds) ms")
        case .hookExecuted: if let line = Progress.hookLine(of: event) { screen.dim("  \(agent): \(line)") }
        default: break
        }
    }
}

extension EventStore {
    /// A question with all that it is about: large parts of an event lie beside the log, and a person who answers must
    /// have seen them.
    func withWholeQuestion(_ event: Event) async throws -> Event {
        guard case .permissionRequested = event.payload else { return event }
        return try await wholeOrPreview(event)
    }
}
