import BassiEvents
import BassiStore

/// A session's log, folded: where it stands and what the model is sent.
struct OpenedSession: Sendable {
    /// A snapshot is due when so many events have come since the last: opening a session reads few more than that.
    static let eventsPerSnapshot: Int64 = 1000

    let lease: Lease
    private(set) var state = SessionState()
    private(set) var conversation = Conversation()
    /// The last event that is in a snapshot.
    private(set) var snapshotSeq = SequenceNumber.start

    init(under lease: Lease) { self.lease = lease }

    /// The session.
    var id: SessionID { lease.session }

    mutating func apply(_ event: Event) {
        state.apply(event)
        conversation.apply(event)
    }

    /// Everything up to this position was folded from a snapshot.
    mutating func skip(to seq: SequenceNumber) {
        state.skip(to: seq)
        snapshotSeq = seq
    }

    /// Folds the log and closes what its last owner left open, in one append.
    static func recover(
        under lease: Lease, in store: any EventStore, redactor: Redactor
    ) async throws -> OpenedSession {
        var opened = try await fold(under: lease, in: store)
        let ends = opened.state.closing(as: .interrupted(.nodeLost), at: .now)
        if ends.isEmpty { return opened }
        let drafting = EventDrafting(session: opened.id, redactor: redactor, blobs: store.blobs)
        var (drafts, wholes): ([EventDraft], [EventPayload]) = ([], [])
        for end in ends {
            let (draft, whole) = try await drafting.draft(end, runID: opened.state.run?.id)
            drafts.append(draft)
            wholes.append(whole)
        }
        let events = try await store.append(
            drafts, to: opened.id, expecting: .exact(opened.state.head), until: .durable, under: lease)
        for (event, whole) in zip(events, wholes) { opened.apply(event.with(whole)) }
        return opened
    }

    private static func fold(under lease: Lease, in store: any EventStore) async throws -> OpenedSession {
        var opened = OpenedSession(under: lease)
        let snapshot = try? await store.snapshot(of: lease.session, kind: EssentialLog.kind)
        if let snapshot, let log = EssentialLog(snapshot: snapshot.bytes, head: snapshot.seq) {
            // It may be of what is shared with another session: the blobs are in the folder of each.
            for event in log.events {
                opened.apply(try await store.wholeOrPreview(event.moved(to: lease.session)))
            }
            opened.skip(to: snapshot.seq)
        }
        while true {
            let page = try await store.read(lease.session, after: opened.state.head)
            if page.isEmpty { break }
            for event in page { opened.apply(try await store.wholeOrPreview(event)) }
        }
        guard opened.state.head != .start else { throw SessionError.unknownSession(lease.session) }
        return opened
    }

    /// Folds what came since the last snapshot into a new one.
    static func keepSnapshot(of session: SessionID, in store: any EventStore) async throws -> SequenceNumber {
        var log = EssentialLog()
        if let snapshot = try await store.snapshot(of: session, kind: EssentialLog.kind) {
            log = EssentialLog(snapshot: snapshot.bytes, head: snapshot.seq) ?? log
        }
        while true {
            let page = try await store.read(session, after: log.head)
            if page.isEmpty { break }
            for event in page { log.apply(event) }
        }
        let snapshot = Snapshot(kind: EssentialLog.kind, seq: log.head, bytes: log.snapshot)
        try await store.keep(snapshot, of: session)
        return log.head
    }
}
