import BassiEvents
import BassiStore

/// A session's log, folded: where it stands and what the model is sent.
struct OpenedSession: Sendable {
    let id: SessionID
    private(set) var state = SessionState()
    private(set) var conversation = Conversation()

    init(id: SessionID) { self.id = id }

    mutating func apply(_ event: Event) {
        state.apply(event)
        conversation.apply(event)
    }

    /// Folds the log and closes what its last owner left open, in one conditional append. When somebody else was
    /// quicker, the log is read again.
    static func recover(_ id: SessionID, in store: any EventStore) async throws -> OpenedSession {
        for _ in 1...recoveriesMax {
            let opened = try await fold(id, in: store)
            let ends = opened.state.closing(as: .interrupted(.nodeLost), at: .now)
            if ends.isEmpty { return opened }
            let drafts = ends.map { EventDraft($0, runID: opened.state.run?.id) }
            do {
                let events = try await store.append(
                    drafts, to: id, expecting: .exact(opened.state.head), until: .durable)
                var recovered = opened
                for event in events { recovered.apply(event) }
                return recovered
            } catch StoreError.conflict { continue }
        }
        throw SessionError.ended("another program goes on with it")
    }

    private static let recoveriesMax = 3

    private static func fold(_ id: SessionID, in store: any EventStore) async throws -> OpenedSession {
        var opened = OpenedSession(id: id)
        while true {
            let page = try await store.read(id, after: opened.state.head)
            if page.isEmpty { break }
            for event in page { opened.apply(event) }
        }
        guard opened.state.head != .start else { throw SessionError.unknownSession(id) }
        return opened
    }
}
