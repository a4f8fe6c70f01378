/// The rules that every log keeps, whatever happened: positions without a hole, and one end for each beginning.
///
/// Feed it a log event by event; it says which rule broke and where. `isClosed` tells whether nothing is left open.
/// The rules are those of docs/events.md; tests hold every log against them, and `bassi verify` every stored one.
public struct LogRules: Sendable {
    private var head = SequenceNumber.start
    private var run: SequenceNumber?
    private var request: SequenceNumber?
    private var blocks: [BlockID: BlockKind] = [:]
    private var seenBlocks: Set<BlockID> = []
    private var calls: [ToolID: Int] = [:]
    private var background: Set<ToolID> = []
    private var permissions: Set<RequestID> = []
    private var questions: Set<RequestID> = []
    private var subagents: Set<SessionID> = []

    /// A checker before the first event.
    public init() {}

    /// Whether every beginning has its end: no run, request, block, call, sub-agent, background command, permission or
    /// question is open.
    public var isClosed: Bool {
        run == nil && request == nil && blocks.isEmpty && calls.isEmpty && background.isEmpty && permissions.isEmpty
            && questions.isEmpty && subagents.isEmpty
    }

    /// Takes the next event of the log.
    ///
    /// - Throws: ``LogRuleViolation`` when the event may not stand there.
    public mutating func check(_ event: Event) throws(LogRuleViolation) {
        guard event.seq == head.next else {
            throw LogRuleViolation(seq: event.seq, rule: "position \(head.next) was expected: the log has a hole")
        }
        head = event.seq
        if let problem = advance(event.payload, at: event.seq) {
            throw LogRuleViolation(seq: event.seq, rule: "\(event.payload.type): \(problem)")
        }
    }

    /// The deltas up to this position were dropped after their blocks had ended: nothing else may be missing there.
    public mutating func skipDroppedDeltas(through seq: SequenceNumber) { head = max(head, seq) }

    /// Takes a whole log.
    public static func check(_ log: some Sequence<Event>) throws(LogRuleViolation) -> LogRules {
        var rules = LogRules()
        for event in log { try rules.check(event) }
        return rules
    }

    private mutating func advance(_ payload: EventPayload, at seq: SequenceNumber) -> String? {
        switch payload {
        case .runStarted: return begin(&run, at: seq, "run")
        case .runCompleted, .runCancelled: return endRun()
        case .requestSent: return begin(&request, at: seq, "request")
        case .requestEnded: return blocks.isEmpty ? end(&request, "request") : "blocks are still open"
        case .contentBlockStart(let start): return begin(start)
        case .tokenDelta(let delta): return blocks[delta.blockID] == nil ? "block \(delta.blockID) is not open" : nil
        case .contentBlockEnd(let end): return self.end(end)
        case .toolCallStarted(let call): return begin(call)
        case .toolOutputDelta(let delta): return speaks(delta.toolID) ? nil : "call \(delta.toolID) is not open"
        case .backgroundStarted(let command):
            return background.insert(command.toolID).inserted ? nil : "\(command.backgroundID) started before"
        case .backgroundOutput(let output): return background.contains(output.toolID) ? nil : Self.noBackground
        case .backgroundEnded(let end): return background.remove(end.toolID) == nil ? Self.noBackground : nil
        case .toolCallCompleted(let call):
            return calls.removeValue(forKey: call.toolID) == nil ? "call \(call.toolID) did not start" : nil
        case .toolCallFailed(let call): return end(call)
        case .permissionRequested(let question): return open(question.requestID, in: &permissions)
        case .permissionResolved(let answer): return close(answer.requestID, in: &permissions)
        case .questionAsked(let question): return open(question.requestID, in: &questions)
        case .questionAnswered(let answer): return close(answer.requestID, in: &questions)
        case .sessionStarted: return seq == 1 ? nil : "only the first event may be this"
        case .runInterrupted, .runResumed, .runPaused, .runUnpaused: return run == nil ? "no run is open" : nil
        case .subagentStarted(let start):
            return subagents.insert(start.childSessionID).inserted ? nil : "\(start.childSessionID) started before"
        case .subagentCompleted(let end):
            return subagents.remove(end.childSessionID) == nil ? "no such sub-agent is at work" : nil
        case .sessionForked(let fork):
            // Those of the other session: the copy starts its own.
            if fork.fromSessionID != nil { subagents = [] }
            return nil
        case .sessionEnded, .sessionUpdated, .trustChanged, .redacted, .promptReceived,
            .promptWithdrawn, .planGenerated, .budgetWarning, .contextCompacted, .modelSwitched, .retryScheduled,
            .messageCompleted, .error, .inDoubtResolved, .fileChanged, .hookExecuted, .hookDenied, .unknown:
            return nil
        }
    }

    private mutating func endRun() -> String? {
        guard calls.isEmpty else { return "tool calls are still open" }
        return subagents.isEmpty ? end(&run, "run") : "sub-agents are still at work"
    }

    private static let noBackground = "no such command runs in the background"

    private func speaks(_ toolID: ToolID) -> Bool { calls[toolID] != nil || background.contains(toolID) }

    private func begin(_ open: inout SequenceNumber?, at seq: SequenceNumber, _ what: String) -> String? {
        if let open { return "the \(what) of position \(open) has no end yet" }
        open = seq
        return nil
    }

    private func end(_ open: inout SequenceNumber?, _ what: String) -> String? {
        guard open != nil else { return "no \(what) is open" }
        open = nil
        return nil
    }

    private mutating func begin(_ start: ContentBlockStart) -> String? {
        guard seenBlocks.insert(start.blockID).inserted else { return "block \(start.blockID) began before" }
        guard request != nil else { return "a block outside a request" }
        blocks[start.blockID] = start.kind
        return nil
    }

    private mutating func end(_ end: ContentBlockEnd) -> String? {
        guard let kind = blocks.removeValue(forKey: end.blockID) else { return "block \(end.blockID) is not open" }
        return kind == end.kind ? nil : "block \(end.blockID) began as \(kind.rawValue)"
    }

    /// A call may start again after a crash with a higher attempt; it still has one end.
    private mutating func begin(_ call: ToolCallStarted) -> String? {
        guard run != nil else { return "a call outside a run" }
        guard call.attempt > calls[call.toolID] ?? 0 else { return "call \(call.toolID) runs already" }
        calls[call.toolID] = call.attempt
        return nil
    }

    /// A call that was denied, or called off before its turn came, fails without having started.
    private mutating func end(_ call: ToolCallFailed) -> String? {
        let started = calls.removeValue(forKey: call.toolID) != nil
        switch call.outcome {
        case .timedOut, .inDoubt: return started ? nil : "call \(call.toolID) did not start"
        case .failed, .denied, .cancelled: return nil
        }
    }

    private func open(_ id: RequestID, in open: inout Set<RequestID>) -> String? {
        open.insert(id).inserted ? nil : "request \(id) was asked before"
    }

    private func close(_ id: RequestID, in open: inout Set<RequestID>) -> String? {
        open.remove(id) != nil ? nil : "request \(id) is not open: the first answer wins"
    }
}

/// A log that breaks a rule.
public struct LogRuleViolation: Error, Sendable, Equatable, CustomStringConvertible {
    /// The event that may not stand there.
    public let seq: SequenceNumber
    /// Which rule broke, as the end of a sentence.
    public let rule: String

    /// One sentence for a person.
    public var description: String { "event \(seq) breaks a rule of the log: \(rule)" }
}
