import BassiEvents
import BassiStore

/// A session's log, folded: where it stands and what the model is sent.
struct OpenedSession: Sendable {
    /// A snapshot is due when so many events have come since the last: opening a session reads few more than that.
    static let eventsPerSnapshot: Int64 = 1000

    let lease: Lease
    private(set) var state = SessionState()
    /// nil where a snapshot was opened: it is folded when a model is asked.
    private(set) var conversation: Conversation? = Conversation()
    /// The last event that is in a snapshot.
    private(set) var snapshotSeq = SequenceNumber.start

    init(under lease: Lease) { self.lease = lease }

    /// The session.
    var id: SessionID { lease.session }

    mutating func apply(_ event: Event) {
        state.apply(event)
        conversation?.apply(event)
    }

    /// Folds the log and closes what its last owner left open, in one append.
    static func recover(
        under lease: Lease, in store: any EventStore, _ configuration: AgentConfiguration
    ) async throws -> OpenedSession {
        var opened = try await fold(under: lease, in: store)
        let cut = CutCalls(of: opened.id, in: configuration.folder, configuration.redactor, store)
        let ends =
            try await cut.events(of: opened.state.calls.filter { $0.effect == .write })
            + opened.state.closing(as: .interrupted(.nodeLost), at: .now)
            + (await opened.state.background.lost(in: opened.id, of: store))
            + configuration.trustChange(from: opened.state.trustedFolder)
        if ends.isEmpty { return opened }
        let drafting = EventDrafting(session: opened.id, redactor: configuration.redactor, blobs: store.blobs)
        try await opened.append(ends, until: .durable, drafting, in: store)
        return opened
    }

    /// Appends, and folds what was appended.
    mutating func append(
        _ payloads: [EventPayload], until durability: Durability, _ drafting: EventDrafting, in store: any EventStore
    ) async throws {
        let (drafts, wholes) = try await drafting.drafts(of: payloads, runID: state.run?.id)
        let version = state.head == .start ? ExpectedVersion.noStream : .exact(state.head)
        let events = try await store.append(drafts, to: id, expecting: version, until: durability, under: lease)
        for (event, whole) in zip(events, wholes) { apply(event.with(whole)) }
    }

    private static func fold(under lease: Lease, in store: any EventStore) async throws -> OpenedSession {
        var opened = OpenedSession(under: lease)
        if let snapshot = try await Self.snapshot(of: lease.session, in: store) {
            (opened.state, opened.snapshotSeq) = (snapshot.state, snapshot.state.head)
            opened.conversation = nil
        }
        while true {
            let page = try await store.read(lease.session, after: opened.state.head)
            if page.isEmpty { break }
            for event in page { opened.apply(try await store.wholeOrPreview(event)) }
        }
        guard opened.state.head != .start else { throw SessionError.unknownSession(lease.session) }
        return opened
    }

    /// The last snapshot; nil where there is none, or none that this build can read.
    private static func snapshot(of session: SessionID, in store: any EventStore) async throws -> StateSnapshot? {
        guard let kept = try await store.snapshot(of: session, kind: StateSnapshot.kind) else { return nil }
        // It may be of what is shared with another session: the blobs are in the folder of each.
        return try await StateSnapshot(kept.bytes, head: kept.seq) { event in
            try await store.wholeOrPreview(event.moved(to: session))
        }
    }

    /// Folds what came since the last snapshot into a new one. Gives its position.
    static func keepSnapshot(of session: SessionID, in store: any EventStore) async throws -> SequenceNumber {
        var snapshot = try await snapshot(of: session, in: store) ?? StateSnapshot()
        while true {
            let page = try await store.read(session, after: snapshot.state.head)
            if page.isEmpty { break }
            for event in page { snapshot.apply(event) }
        }
        let seq = snapshot.state.head
        try await store.keep(Snapshot(kind: StateSnapshot.kind, seq: seq, bytes: snapshot.encoded), of: session)
        return seq
    }

    /// What was said, up to a position: read when a model is asked, without all that it is not sent.
    static func conversation(
        of session: SessionID, upTo head: SequenceNumber, in store: any EventStore
    ) async throws -> Conversation {
        var (conversation, position) = (Conversation(), SequenceNumber.start)
        while position < head {
            let page = try await store.read(session, after: position, where: Conversation.types, limit: 1000)
            guard let last = page.last else { break }
            for event in page where event.seq <= head { conversation.apply(try await store.wholeOrPreview(event)) }
            position = last.seq
        }
        return conversation
    }
}
