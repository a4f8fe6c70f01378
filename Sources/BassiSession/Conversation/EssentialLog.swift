import BassiEvents

/// The shortest log that folds to the same session: what is kept as a snapshot.
///
/// Deltas of blocks that have ended, what only readers look at, and what ended runs needed while they went on are left
/// out. Being a log, it is read by the same folds as every other, and by those of later builds.
struct EssentialLog: Sendable {
    /// The form of a snapshot of this kind.
    static let kind = "session-1"

    private var kept: [Event] = []
    private var deltas: [BlockID: [Event]] = [:]
    private var openRun: SequenceNumber?
    private(set) var head = SequenceNumber.start

    init() {}

    /// The log of a snapshot; nil when it is not one that this build can read.
    init?(snapshot bytes: [UInt8], head: SequenceNumber) {
        for line in bytes.split(separator: 0x0A) {
            guard let event = try? EventCoder.decode(Array(line)) else { return nil }
            apply(event)
        }
        self.head = head
    }

    /// The events in their order.
    var events: [Event] {
        let isOver = { (event: Event) in (openRun.map { event.seq < $0 } ?? true) && event.payload.isOfOpenRun }
        let all = kept.filter { !isOver($0) } + deltas.values.joined()
        return all.sorted { $0.seq < $1.seq }
    }

    /// A line of JSON for each event.
    var snapshot: [UInt8] { Array(events.map(EventCoder.encode).joined(separator: [0x0A])) }

    /// Takes the next event of the whole log.
    mutating func apply(_ event: Event) {
        head = event.seq
        switch event.payload {
        case .tokenDelta(let delta): deltas[delta.blockID, default: []].append(event)
        case .contentBlockEnd(let end):
            deltas[end.blockID] = nil
            kept.append(event)
        case .runStarted:
            openRun = event.seq
            kept.append(event)
        case .runCompleted, .runCancelled:
            openRun = nil
            kept.append(event)
        case .sessionEnded, .sessionForked, .sessionUpdated, .trustChanged, .redacted, .planGenerated, .modelSwitched,
            .retryScheduled, .error, .toolOutputDelta, .backgroundEnded, .inDoubtResolved, .fileChanged,
            .subagentStarted, .subagentCompleted, .hookExecuted, .hookDenied, .unknown:
            break
        case .sessionStarted, .promptReceived, .promptWithdrawn, .runInterrupted, .runResumed, .runPaused, .runUnpaused,
            .budgetWarning, .contextCompacted, .requestSent, .requestEnded, .contentBlockStart, .messageCompleted,
            .toolCallStarted, .toolCallCompleted, .toolCallFailed, .permissionRequested, .permissionResolved,
            .questionAsked, .questionAnswered:
            kept.append(event)
        }
    }
}

extension EventPayload {
    /// Whether this says nothing any more once its run has ended.
    fileprivate var isOfOpenRun: Bool {
        switch self {
        case .runResumed, .runPaused, .runUnpaused, .budgetWarning, .toolCallStarted, .permissionRequested: true
        case .permissionResolved(let answer): answer.scope != .session
        default: false
        }
    }
}
