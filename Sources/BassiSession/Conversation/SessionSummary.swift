import BassiEvents
import BassiStore

/// One row of a list of sessions: a fold of the events that it needs.
public struct SessionSummary: Sendable, Equatable {
    /// What a session does.
    public enum Phase: String, JSONWord {
        /// Nothing: it waits for a prompt.
        case idle
        /// A run goes on.
        case running
        /// A run waits for a person.
        case waiting
        /// A run holds.
        case paused
        /// Its owner died in the middle of a run.
        case interrupted
    }

    /// The session.
    public let id: SessionID
    /// The name that it was given, or the beginning of its first prompt.
    public internal(set) var title: String?
    /// The folder in which it works.
    public internal(set) var cwd: String?
    /// The model of its last run.
    public internal(set) var model: String?
    /// The session that a sub-agent works for; nil for a session of a person or a program.
    public internal(set) var parent: SessionID?
    /// What it does.
    public internal(set) var phase = Phase.idle
    /// Permissions and questions that nobody has answered.
    public internal(set) var openQuestions = 0
    /// The position of its last event.
    public let lastSeq: SequenceNumber
    /// When it began.
    public let createdAt: Timestamp
    /// When its last event was made.
    public let updatedAt: Timestamp
    /// What its requests cost, those of its sub-agents too; nil once one of them had no price.
    public internal(set) var costUSD: Money? = .zero
    var hasGivenTitle = false

    /// The events that a row is made of; deltas and tool output are not among them.
    public static let types: Set<String> = [
        "session_started", "session_updated", "prompt_received", "run_started", "model_switched", "run_completed",
        "run_cancelled",
        "run_interrupted", "run_resumed", "run_paused", "run_unpaused", "request_ended", "permission_requested",
        "permission_resolved", "question_asked", "question_answered", "subagent_completed",
    ]

    /// The row of a session, read from its log.
    public init(of stored: StoredSession, in store: any EventStore) async throws {
        (id, lastSeq) = (stored.id, stored.head)
        (createdAt, updatedAt) = (stored.createdAt, stored.updatedAt)
        var position = await restore(from: store)
        let restored = position
        while true {
            let page = try await store.read(id, after: position, where: .types(Self.types), limit: 1000)
            guard let last = page.last else { break }
            for event in page { apply(event) }
            position = last.seq
        }
        if lastSeq.rawValue - restored.rawValue >= OpenedSession.eventsPerSnapshot { await keep(in: store) }
        // Nothing goes on without a living owner.
        if !stored.hasOwner, phase == .running || phase == .paused { phase = .interrupted }
        if openQuestions > 0, phase == .running { phase = .waiting }
    }

    private mutating func apply(_ event: Event) {
        switch event.payload {
        case .sessionStarted(let started):
            (title, cwd, model) = (started.metadata.title, started.metadata.cwd, started.metadata.model)
            (hasGivenTitle, parent) = (title != nil, started.metadata.parent?.sessionID)
        case .sessionUpdated(let updated):
            if let title = updated.changes["title"]?.string { (self.title, hasGivenTitle) = (title, true) }
        case .promptReceived(let prompt): takeTitle(from: prompt)
        case .runStarted(let started): (phase, model) = (.running, started.model)
        case .modelSwitched(let switched) where switched.reason == ModelChain.user: model = switched.to
        case .runResumed, .runUnpaused: phase = .running
        case .runPaused: phase = .paused
        case .runInterrupted: phase = .interrupted
        case .runCompleted, .runCancelled: phase = .idle
        case .requestEnded(let ended) where ended.usage != nil: spend(ended.costUSD)
        case .subagentCompleted(let ended) where ended.usage != Usage(): spend(ended.costUSD)
        case .permissionRequested, .questionAsked: openQuestions += 1
        case .permissionResolved, .questionAnswered: openQuestions -= 1
        default: break
        }
    }

    private mutating func spend(_ cost: Money?) {
        costUSD = if let spent = costUSD, let cost { spent + cost } else { nil }
    }

    private mutating func takeTitle(from prompt: PromptReceived) {
        guard !hasGivenTitle, title == nil else { return }
        let words = prompt.content.compactMap(\.text).joined(separator: " ").split(whereSeparator: \.isWhitespace)
        let text = words.joined(separator: " ")
        title = text.count > 60 ? text.prefix(59) + "…" : text
    }
}

extension SessionSummary {
    /// The row as programs get it, from the command line and over HTTP.
    public var json: JSONValue {
        func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
        return [
            "id": .string(id.description), "title": text(title), "cwd": text(cwd), "model": text(model),
            "parent_id": text(parent?.description), "state": .string(phase.rawValue),
            "open_questions": .number(JSONNumber(openQuestions)),
            "last_seq": .number(JSONNumber(lastSeq.rawValue)), "created_at": .string(createdAt.description),
            "updated_at": .string(updatedAt.description),
            "cost_usd": costUSD.flatMap { try? JSONParser.parse($0.description) } ?? .null,
        ]
    }
}

extension EventStore {
    /// Rows of the sessions, the one that changed last first.
    ///
    /// - Parameter subagents: Whether the sessions of sub-agents are rows too.
    public func summaries(limit: Int, subagents: Bool = false) async throws -> [SessionSummary] {
        var (rows, offset): ([SessionSummary], Int) = ([], 0)
        while rows.count < limit {
            let page = try await sessions(limit: limit, offset: offset)
            if page.isEmpty { break }
            offset += page.count
            for stored in page where rows.count < limit {
                let row = try await SessionSummary(of: stored, in: self)
                if subagents || row.parent == nil { rows.append(row) }
            }
        }
        return rows
    }

    /// The sessions of all sub-agents that worked for a session, and of theirs. Those of a session of which this one is a
    /// copy are not among them.
    public func subagents(of session: SessionID) async throws -> [SessionID] {
        var found: [SessionID] = []
        for case .subagentStarted(let start) in try await read(session, types: [.subagentStarted], limit: .max)
            .map(\.payload)
        {
            let first = try await read(start.childSessionID, limit: 1).first
            guard case .sessionStarted(let started) = first?.payload,
                started.metadata.parent?.sessionID == session
            else { continue }
            found += [start.childSessionID] + (try await subagents(of: start.childSessionID))
        }
        return found
    }
}
