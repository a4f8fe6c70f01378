import BassiEvents
import BassiStore

/// A session's log, folded: where it stands and what the model is sent.
struct OpenedSession: Sendable {
    let lease: Lease
    private(set) var state = SessionState()
    private(set) var conversation = Conversation()

    init(under lease: Lease) { self.lease = lease }

    /// The session.
    var id: SessionID { lease.session }

    mutating func apply(_ event: Event) {
        state.apply(event)
        conversation.apply(event)
    }

    /// Folds the log and closes what its last owner left open, in one append.
    static func recover(under lease: Lease, in store: any EventStore) async throws -> OpenedSession {
        var opened = try await fold(under: lease, in: store)
        let ends = opened.state.closing(as: .interrupted(.nodeLost), at: .now)
        if ends.isEmpty { return opened }
        let drafts = ends.map { EventDraft($0, runID: opened.state.run?.id) }
        let events = try await store.append(
            drafts, to: opened.id, expecting: .exact(opened.state.head), until: .durable, under: lease)
        for event in events { opened.apply(event) }
        return opened
    }

    private static func fold(under lease: Lease, in store: any EventStore) async throws -> OpenedSession {
        var opened = OpenedSession(under: lease)
        while true {
            let page = try await store.read(lease.session, after: opened.state.head)
            if page.isEmpty { break }
            for event in page { opened.apply(event) }
        }
        guard opened.state.head != .start else { throw SessionError.unknownSession(lease.session) }
        return opened
    }
}
