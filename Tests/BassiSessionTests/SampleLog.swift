import BassiEvents

/// A run with a tool that writes, one that was denied, two in parallel, a retry and a final answer.
enum SampleLog {
    static let payloads: [EventPayload] = prologue + firstTurn + secondTurn + lastTurn

    static func log(of payloads: some Sequence<EventPayload>) -> [Event] {
        let (session, run) = (SessionID(), RunID())
        return payloads.enumerated().map { index, payload in
            let draft = EventDraft(payload, runID: run, causeSeq: index == 2 ? 2 : nil)
            return Event(draft, sessionID: session, seq: SequenceNumber(Int64(index + 1)))
        }
    }

    static func untilCallStarted(effect: ToolEffect) -> [EventPayload] {
        prologue + asks("t1", attempt: 1) + answered(attempt: 1, .toolUse) + [started("t1", effect)]
    }

    static func untilDeltas(_ deltas: [String]) -> [EventPayload] {
        prologue + [sent(1), .contentBlockStart(ContentBlockStart(blockID: "b", kind: .text, index: 0))]
            + deltas.map { .tokenDelta(TokenDelta(blockID: "b", delta: $0)) }
    }

    static func untilToolAsked() -> [EventPayload] { prologue + asks("t1", attempt: 1) }

    /// Calls of whole messages that have no result: a provider would refuse the conversation.
    static func unansweredCalls(_ log: [Event]) -> [ToolID] {
        var (asked, open): ([ToolID], [ToolID]) = ([], [])
        for event in log {
            switch event.payload {
            case .contentBlockStart(let start): if let id = start.toolID { asked.append(id) }
            case .messageCompleted:
                open += asked
                asked = []
            case .requestEnded(let ended): if ended.outcome != .completed { asked = [] }
            case .toolCallCompleted(let call): open.removeAll { $0 == call.toolID }
            case .toolCallFailed(let call): open.removeAll { $0 == call.toolID }
            default: break
            }
        }
        return open
    }

    private static let prologue: [EventPayload] = [
        .sessionStarted(SessionStarted(metadata: SessionMetadata(bassiVersion: "0.1.0"))),
        .promptReceived(
            PromptReceived(
                content: [.text("go")], source: PromptSource(client: "cli"), planMode: false, delivery: .start)),
        .runStarted(RunStarted(model: "demo", limits: RunLimits(), nodeID: "n", leaseEpoch: 1)),
    ]

    private static let firstTurn: [EventPayload] =
        asks("t1", attempt: 1) + answered(attempt: 1, .toolUse) + [
            started("t1", .write),
            .toolOutputDelta(ToolOutputDelta(toolID: "t1", stream: .stdout, delta: "ok\n")), completed("t1"),
        ]

    private static let secondTurn: [EventPayload] =
        [sent(1)] + text("cut off", "x1").dropLast()
        + [
            .contentBlockEnd(ContentBlockEnd(blockID: "x1", kind: .text, text: "cut", interrupted: true)),
            .requestEnded(RequestEnded(attempt: 1, outcome: .cut)),
            .retryScheduled(RetryScheduled(attempt: 2, delayMilliseconds: 500, errorType: "cut")),
            .modelSwitched(ModelSwitched(from: "demo", to: "other/model", reason: "fallback")), sent(1),
        ]
        + use("t2") + use("t3") + use("t4") + answered(attempt: 1, .toolUse)
        + [
            .toolCallFailed(
                ToolCallFailed(
                    toolID: "t2", toolName: "bash", error: ToolFailure(type: "denied", message: "no"), result: [],
                    durationMilliseconds: 0, outcome: .denied)),
            started("t3", .pure), started("t4", .idempotent), completed("t4"), completed("t3"),
        ]

    private static let lastTurn: [EventPayload] =
        [sent(1)] + text("Done.", "x2") + answered(attempt: 1, .endTurn)
        + [
            .runCompleted(
                RunCompleted(outcome: .completed, turns: 3, usage: Usage(), durationMilliseconds: 5))
        ]

    private static func asks(_ tool: ToolID, attempt: Int) -> [EventPayload] { [sent(attempt)] + use(tool) }

    private static func use(_ tool: ToolID) -> [EventPayload] {
        let block = BlockID("b-\(tool)")
        return [
            .contentBlockStart(
                ContentBlockStart(blockID: block, kind: .toolUse, index: 0, toolID: tool, toolName: "bash")),
            .tokenDelta(TokenDelta(blockID: block, delta: #"{"command":"true"}"#)),
            .contentBlockEnd(ContentBlockEnd(blockID: block, kind: .toolUse, toolInput: ["command": "true"])),
        ]
    }

    private static func text(_ text: String, _ block: BlockID) -> [EventPayload] {
        [
            .contentBlockStart(ContentBlockStart(blockID: block, kind: .text, index: 0)),
            .tokenDelta(TokenDelta(blockID: block, delta: text)),
            .contentBlockEnd(ContentBlockEnd(blockID: block, kind: .text, text: text)),
        ]
    }

    private static func sent(_ attempt: Int) -> EventPayload {
        .requestSent(
            RequestSent(
                attempt: attempt, provider: "demo", model: "demo", messageCount: 1, toolCount: 1,
                estimatedInputTokens: 10))
    }

    private static func answered(attempt: Int, _ reason: StopReason) -> [EventPayload] {
        [
            .requestEnded(RequestEnded(attempt: attempt, outcome: .completed)),
            .messageCompleted(
                MessageCompleted(
                    messageID: "m", role: "assistant", model: "demo", stopReason: reason, usage: Usage(),
                    durationMilliseconds: 1)),
        ]
    }

    private static func started(_ tool: ToolID, _ effect: ToolEffect) -> EventPayload {
        .toolCallStarted(
            ToolCallStarted(
                toolID: tool, toolName: "bash", toolInput: ["command": "true"], effect: effect, reach: .machine,
                attempt: 1))
    }

    private static func completed(_ tool: ToolID) -> EventPayload {
        .toolCallCompleted(
            ToolCallCompleted(
                toolID: tool, toolName: "bash", result: [.text("ok")], durationMilliseconds: 1,
                files: [SeenFile(path: "/site/\(tool)", sha256: "00ff")]))
    }
}
