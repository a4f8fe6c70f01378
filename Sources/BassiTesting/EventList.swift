import BassiEvents

/// Events as a list that a person can write down: the type and what matters of each, a run of deltas as one line.
///
///     prompt_received
///     run_started
///     request_sent
///     content_block_start text
///     token_delta …
///     content_block_end text
public enum EventList {
    /// The lines of these events.
    public static func lines(of events: some Sequence<Event>) -> [String] {
        var lines: [String] = []
        for event in events {
            let line = line(of: event.payload)
            if !(line.hasSuffix("…") && line == lines.last) { lines.append(line) }
        }
        return lines
    }

    /// The line of one event.
    public static func line(of payload: EventPayload) -> String {
        ([payload.type] + details(of: payload)).joined(separator: " ")
    }

    private static func details(of payload: EventPayload) -> [String] {
        switch payload {
        case .promptReceived(let prompt): prompt.delivery == .start ? [] : [prompt.delivery.rawValue]
        case .requestSent(let sent): sent.attempt == 1 ? [] : ["attempt \(sent.attempt)"]
        case .requestEnded(let ended): [ended.outcome.rawValue]
        case .retryScheduled(let retry): [retry.errorType]
        case .error(let error): [error.errorType]
        case .modelSwitched(let switched): [switched.to, switched.reason]
        case .contentBlockStart(let start): [start.kind.rawValue, start.toolName].compactMap { $0 }
        case .tokenDelta, .toolOutputDelta: ["…"]
        case .contentBlockEnd(let end): [end.kind.rawValue] + (end.interrupted == true ? ["interrupted"] : [])
        case .messageCompleted(let message): [message.stopReason.rawValue]
        case .hookExecuted(let hook): [hook.hookEvent, hook.decision.rawValue]
        case .hookDenied(let hook): [hook.hookEvent]
        case .permissionRequested(let question): [question.toolName]
        case .permissionResolved(let answer): [answer.decision.rawValue, answer.by.kind.rawValue]
        case .questionAnswered(let answer): [answer.by?.kind.rawValue].compactMap { $0 }
        case .toolCallStarted(let call): [call.toolName] + (call.attempt > 1 ? ["attempt \(call.attempt)"] : [])
        case .toolCallCompleted(let call): [call.toolName]
        case .toolCallFailed(let call): [call.toolName, call.outcome.rawValue]
        case .subagentStarted(let start): [start.agent]
        case .subagentCompleted(let end): [end.outcome.rawValue]
        case .runCompleted(let end): [end.outcome.rawValue, end.reason].compactMap { $0 }
        case .runCancelled(let end): [end.reason]
        default: []
        }
    }
}
