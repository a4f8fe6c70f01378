import Testing

@testable import BassiEvents

@Suite struct LogRulesTests {
    private static let started = EventPayload.runStarted(
        RunStarted(model: "demo", limits: RunLimits(), nodeID: "n", leaseEpoch: 1))
    private static let cancelled = EventPayload.runCancelled(RunCancelled(reason: "user", by: Actor(kind: .user)))
    private static let sent = EventPayload.requestSent(
        RequestSent(attempt: 1, provider: "p", model: "m", messageCount: 1, toolCount: 0, estimatedInputTokens: 1))
    private static let ended = EventPayload.requestEnded(RequestEnded(attempt: 1, outcome: .completed))
    private static let block = EventPayload.contentBlockStart(ContentBlockStart(blockID: "b", kind: .text, index: 0))
    private static let blockEnd = EventPayload.contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .text, text: ""))
    private static let delta = EventPayload.tokenDelta(TokenDelta(blockID: "b", delta: "x"))
    private static let call = EventPayload.toolCallStarted(
        ToolCallStarted(toolID: "t", toolName: "bash", toolInput: [:], effect: .write, reach: .machine, attempt: 1))
    private static let callEnd = EventPayload.toolCallCompleted(
        ToolCallCompleted(toolID: "t", toolName: "bash", durationMilliseconds: 1))
    private static let answer = EventPayload.permissionResolved(
        PermissionResolved(requestID: "q", decision: .deny, scope: .once, by: Actor(kind: .user)))

    private func check(_ payloads: [EventPayload]) throws(LogRuleViolation) -> LogRules {
        let session = SessionID()
        return try LogRules.check(
            payloads.enumerated().map {
                Event(EventDraft($1), sessionID: session, seq: SequenceNumber(Int64($0 + 1)))
            })
    }

    @Test func `a whole run keeps the rules and leaves nothing open`() throws {
        let log = [
            Self.started, Self.sent, Self.block, Self.delta, Self.blockEnd, Self.ended, Self.call, Self.callEnd,
            Self.cancelled,
        ]
        #expect(try check(log).isClosed)
        for end in 1..<log.count { #expect(try !check(Array(log[..<end])).isClosed) }
    }

    @Test(arguments: [
        [started, started], [cancelled], [ended], [sent, sent], [block], [sent, block, block], [sent, delta],
        [sent, block, ended], [sent, blockEnd], [call], [started, call, call], [callEnd], [started, call, cancelled],
        [started, call, callEnd, callEnd], [answer], [sent, block, blockEnd, block],
    ])
    func `what may not stand there is refused`(payloads: [EventPayload]) {
        let error = #expect(throws: LogRuleViolation.self) { try check(payloads) }
        #expect(error?.seq == SequenceNumber(Int64(payloads.count)), "the last event is at fault")
    }

    @Test func `a hole and a repeat are refused`() {
        let session = SessionID()
        for positions: [Int64] in [[2], [1, 1], [1, 3], [0]] {
            let log = positions.map { Event(EventDraft(Self.answer), sessionID: session, seq: SequenceNumber($0)) }
            #expect(throws: LogRuleViolation.self) { try LogRules.check(log) }
        }
    }
}
