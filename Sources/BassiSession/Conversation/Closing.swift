import BassiEvents

/// Why what is open must be ended now.
public enum ClosingReason: Sendable, Equatable {
    /// The owner died: what may run again stays open, what may have happened is in doubt. Written by the next owner.
    case interrupted(InterruptionReason)
    /// The run is called off: nothing stays open.
    case cancelled(reason: String, by: Actor)
    /// A limit was reached while something ran: as a cancel, but the run ends with this.
    case limit(RunCompleted)
}

extension SessionState {
    /// The events that end what is open, to be written in one conditional append. Empty where nothing is.
    ///
    /// Pure: folding the result and asking again gives nothing, so a crash in the middle of a recovery leads to the
    /// same log (docs/events.md, rules 1 to 3; the event store's guarantee 12).
    ///
    /// - Parameter spent: What the request that is open has used so far, where somebody knows.
    public func closing(
        as reason: ClosingReason, at now: Timestamp, spent: (usage: Usage, costUSD: Money?)? = nil
    ) -> [EventPayload] {
        guard run != nil, !(isInterrupted && reason.isInterruption) else { return [] }
        return blocks.map(Self.interruptedEnd) + endOfRequest(reason, spent) + answers(reason)
            + endsOfSubagents(reason) + endsOfCalls(reason, at: now) + [endOfRun(reason)]
    }

    /// The end of a block that broke off, with what had arrived.
    static func interruptedEnd(of block: OpenBlock) -> EventPayload {
        let (start, text) = (block.start, block.text)
        return .contentBlockEnd(
            ContentBlockEnd(
                blockID: start.blockID, kind: start.kind, text: start.kind == .text ? text : nil,
                thinking: start.kind == .thinking ? text : nil,
                toolInput: start.kind == .toolUse ? .string(text) : nil, interrupted: true))
    }

    private func endOfRequest(_ reason: ClosingReason, _ spent: (usage: Usage, costUSD: Money?)?) -> [EventPayload] {
        guard let request else { return [] }
        return [
            .requestEnded(
                RequestEnded(
                    attempt: request.attempt, outcome: reason.isInterruption ? .cut : .cancelled, usage: spent?.usage,
                    costUSD: spent?.costUSD))
        ]
    }

    /// A question about a call that will never run has its answer; after a crash the call may still run, and the person
    /// can still answer. One that a call asked while it ran, and is in doubt now, asks nothing any more.
    private func answers(_ reason: ClosingReason) -> [EventPayload] {
        let isCrash = reason.isInterruption
        let doubtful = Set(calls.filter { $0.effect == .write }.map(\.toolID))
        let withdrawn = (isCrash ? [] : questions).map { question in
            EventPayload.questionAnswered(
                QuestionAnswered(
                    requestID: question.requestID, answers: [:], by: Actor(kind: .system), reason: "the run has ended"))
        }
        return withdrawn
            + permissions.filter { !isCrash || doubtful.contains($0.toolID) }.map { question in
                .permissionResolved(
                    PermissionResolved(
                        requestID: question.requestID, decision: .deny, scope: .once, by: Actor(kind: .system),
                        reason: isCrash ? "the program stopped" : "the run has ended"))
            }
    }

    /// After a crash their sessions are gone on with; else what they used is in their own logs alone.
    private func endsOfSubagents(_ reason: ClosingReason) -> [EventPayload] {
        guard !reason.isInterruption else { return [] }
        let open = subagents.values.filter { !$0.isOver }.map(\.start.childSessionID)
        return open.sorted { "\($0)" < "\($1)" }.map { session in
            .subagentCompleted(SubagentCompleted(childSessionID: session, outcome: .cancelled, result: ""))
        }
    }

    private func endsOfCalls(_ reason: ClosingReason, at now: Timestamp) -> [EventPayload] {
        calls.filter { !isDropped($0) }.compactMap { call in
            switch reason {
            case .interrupted:
                guard call.effect == .write else { return nil }
                return failure(of: call, .inDoubt, Self.inDoubt, at: now)
            case .cancelled, .limit: return failure(of: call, .cancelled, Self.cancelled(call), at: now)
            }
        }
    }

    /// A call of the message that is being cut: it ends with its message and has no result.
    private func isDropped(_ call: OpenCall) -> Bool {
        guard let request else { return false }
        return call.attempt == 0 && call.askedAt > request.seq
    }

    private func endOfRun(_ reason: ClosingReason) -> EventPayload {
        switch reason {
        case .interrupted(let reason): .runInterrupted(RunInterrupted(reason: reason))
        case .cancelled(let reason, let actor): .runCancelled(RunCancelled(reason: reason, by: actor))
        case .limit(let end): .runCompleted(end)
        }
    }

    private static let inDoubt = ToolFailure(
        type: "in_doubt",
        message:
            "The program stopped while this call ran. It may or may not have happened: check before doing it again.")

    private static func cancelled(_ call: OpenCall) -> ToolFailure {
        ToolFailure(
            type: "cancelled",
            message: call.attempt == 0
                ? "The run was cancelled before this call started." : "The run was cancelled while this call ran.")
    }

    private func failure(
        of call: OpenCall, _ outcome: ToolFailureOutcome, _ error: ToolFailure, at now: Timestamp
    ) -> EventPayload {
        let duration = call.startedAt.map { max(0, now.milliseconds - $0.milliseconds) } ?? 0
        return .toolCallFailed(
            ToolCallFailed(
                toolID: call.toolID, toolName: call.toolName, error: error, result: [.text(error.message)],
                durationMilliseconds: Int(duration), outcome: outcome))
    }
}

extension ClosingReason {
    fileprivate var isInterruption: Bool {
        switch self {
        case .interrupted: true
        case .cancelled, .limit: false
        }
    }
}
