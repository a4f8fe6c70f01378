import BassiEvents
import BassiTools

/// What opening a session needs of everything before a position: a few events, and what no few events can say.
///
/// A run that has ended has left nothing that is still open, so its events are not here, and neither is what was said: the
/// conversation is folded when a model is asked, and not before. Being a piece of the log, the events are read by the same
/// fold as every other, and by those of later builds.
struct StateSnapshot: Sendable {
    /// The form of a snapshot of this kind.
    static let kind = "state-1"

    /// The state at the last event.
    private(set) var state = SessionState()
    private var started: Event?
    private var trust: Event?
    private var prompts: [SequenceNumber: Event] = [:]
    /// What is known of commands in the background, by the calls that began them.
    private var background: [ToolID: [Event]] = [:]
    private var run: [Event] = []
    /// What has arrived of the blocks that are open, as if it had come at once.
    private var deltas: [BlockID: (last: Event, text: String)] = [:]

    init() {}

    /// Takes the next event of the log.
    mutating func apply(_ event: Event) {
        state.apply(event)
        switch event.payload {
        case .sessionStarted: started = event
        case .trustChanged: trust = event
        case .promptReceived: prompts[event.seq] = event
        case .backgroundStarted(let start): background[start.toolID] = [event]
        case .backgroundOutput(let output): background[output.toolID]?.append(event)
        case .backgroundEnded(let end): background[end.toolID] = nil
        case .tokenDelta(let delta):
            deltas[delta.blockID, default: (event, "")].text += delta.delta
            deltas[delta.blockID]?.last = event
        case .contentBlockEnd(let end):
            deltas[end.blockID] = nil
            run.append(event)
        case .runStarted: run = [event]
        case .runCompleted, .runCancelled: endRun()
        case .sessionEnded, .sessionUpdated, .redacted, .planGenerated, .error,
            .toolOutputDelta, .inDoubtResolved, .fileChanged, .hookExecuted, .hookDenied, .promptWithdrawn, .unknown:
            break
        case .runInterrupted, .runResumed, .runPaused, .runUnpaused, .budgetWarning, .requestSent, .requestEnded,
            .contentBlockStart, .messageCompleted, .toolCallStarted, .toolCallCompleted, .toolCallFailed,
            .permissionRequested, .permissionResolved, .questionAsked, .questionAnswered, .modelSwitched,
            .retryScheduled, .contextCompacted, .subagentStarted, .subagentCompleted, .sessionForked:
            if state.run != nil { run.append(event) }
        }
    }

    private mutating func endRun() {
        run = []
        let waiting = Set(state.waitingPrompts.map(\.seq))
        prompts = prompts.filter { waiting.contains($0.key) }
    }

    /// The events, in their order.
    private var events: [Event] {
        var waiting = Set(state.waitingPrompts.map(\.seq))
        if state.run?.openingPrompt != nil, let opening = run.first?.causeSeq { waiting.insert(opening) }
        let open =
            prompts.values.filter { waiting.contains($0.seq) }
            + background.values.joined()
            + deltas.map { block, arrived in
                arrived.last.standing(for: TokenDelta(blockID: block, delta: arrived.text))
            }
        return ([started, trust].compactMap(\.self) + open + run).sorted { $0.seq < $1.seq }
    }

    // MARK: - As bytes

    /// A line of what the events do not say, then a line for each of them.
    var encoded: [UInt8] {
        let keys = state.idempotencyKeys.sorted { $0.value.seq < $1.value.seq }.map { key, receipt in
            JSONObject.Member(
                key: key,
                value: [.string(receipt.runID.description), .number(JSONNumber(receipt.seq.rawValue))])
        }
        let head: JSONValue = [
            "idempotency_keys": .object(JSONObject(keys)),
            "session_rules": .array(state.sessionRules.map(JSONValue.string)),
            "model": state.model.jsonValue,
            "files": .array(state.files.all.map { [.string($0.path), .string($0.sha256)] }),
            "background_count": .number(JSONNumber(state.background.count)),
        ]
        return Array(([head.encoded] + events.map(EventCoder.encode)).joined(separator: [0x0A]))
    }

    /// The snapshot in these bytes; nil when this build cannot read it.
    ///
    /// - Parameter whole: Gives an event with what was too large for it, as it stands in the session that is opened.
    init?(_ bytes: [UInt8], head: SequenceNumber, whole: (Event) async throws -> Event) async throws {
        let lines = bytes.split(separator: 0x0A)
        guard let first = lines.first, let rest = Self.head(Array(first)) else { return nil }
        for line in lines.dropFirst() {
            guard let event = try? EventCoder.decode(Array(line)) else { return nil }
            apply(try await whole(event))
        }
        state.restore(
            idempotencyKeys: rest.keys, sessionRules: rest.rules, model: rest.model, files: rest.files,
            backgroundCount: rest.backgroundCount, head: head)
    }

    private typealias Head = (
        keys: [String: PromptReceipt], rules: [String], model: AskedModel?, files: SeenFiles, backgroundCount: Int
    )

    private static func head(_ line: [UInt8]) -> Head? {
        guard let object = (try? JSONParser.parse(line))?.object,
            let members = object["idempotency_keys"]?.object?.members, let rules = object["session_rules"]?.array
        else { return nil }
        var keys: [String: PromptReceipt] = [:]
        for member in members {
            guard let pair = member.value.array, pair.count == 2, let run = pair[0].string.flatMap({ RunID($0) }),
                let seq = pair[1].int64
            else { return nil }
            keys[member.key] = PromptReceipt(runID: run, seq: SequenceNumber(seq))
        }
        var files = SeenFiles()
        // None in the snapshots of builds that did not remember them.
        for pair in object["files"]?.array ?? [] {
            guard let pair = pair.array, pair.count == 2, let path = pair[0].string, let sha256 = pair[1].string else {
                return nil
            }
            files.see(path, sha256: sha256)
        }
        let count = object["background_count"]?.int64 ?? 0
        return (
            keys, rules.compactMap(\.string), object["model"].flatMap { AskedModel(json: $0) }, files,
            Int(clamping: count)
        )
    }
}

extension Event {
    /// An event in the place of this one that says what several have said.
    fileprivate func standing(for delta: TokenDelta) -> Event {
        let draft = EventDraft(.tokenDelta(delta), runID: runID, causeSeq: causeSeq, id: id, timestamp: timestamp)
        return Event(draft, sessionID: sessionID, seq: seq)
    }
}
