import BassiEvents

/// Prompts that have no run yet: a fold of a session's log.
struct WaitingPrompts {
    private struct Entry {
        let seq: SequenceNumber
        let isSteering: Bool
    }

    private var entries: [Entry] = []
    /// A run was cancelled before them: they wait until somebody says go on.
    private(set) var isHeld = false

    /// How many wait for somebody to say go on.
    var held: Int { isHeld ? entries.count : 0 }

    /// Whether the next run begins without anybody saying so.
    var goOn: Bool { !isHeld && !entries.isEmpty }

    mutating func apply(_ event: Event) {
        switch event.payload {
        case .promptReceived(let prompt):
            entries.append(Entry(seq: event.seq, isSteering: prompt.delivery == .steer))
            isHeld = false
        case .promptWithdrawn(let withdrawn): entries.removeAll { $0.seq == withdrawn.promptSeq }
        case .runStarted:
            entries.removeAll { $0.seq == event.causeSeq }
            isHeld = false
        // What steers a run is before the model now.
        case .requestSent: entries.removeAll(where: \.isSteering)
        case .runCancelled: isHeld = true
        default: break
        }
    }

    /// A program begins that has said nothing to the session: nothing goes on before somebody says so.
    mutating func hold() { isHeld = true }

    /// Somebody says go on.
    mutating func release() { isHeld = false }
}
