import BassiEvents
import Synchronization

/// A store that forgets everything when the process ends: for tests, and for sessions that nobody wants to keep.
///
/// It declares no durability: `.durable` returns as soon as `.visible` does.
public final class MemoryEventStore: EventStore {
    private struct State {
        var streams: [SessionID: [Event]] = [:]
        var isClosed = false
    }

    private let state = Mutex(State())
    private let bell = HeadBell()

    /// An empty store.
    public init() {}

    /// Adds a batch; see ``EventStore/append(_:to:expecting:until:)``.
    public func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, until durability: Durability
    ) async throws -> [Event] {
        let events = try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            let head = SequenceNumber(Int64(state.streams[session]?.count ?? 0))
            guard version.matches(head) else {
                throw StoreError.conflict(session: session, expected: version, actual: head)
            }
            let events = batch.enumerated().map { offset, draft in
                Event(draft, sessionID: session, seq: SequenceNumber(head.rawValue + Int64(offset) + 1))
            }
            if !events.isEmpty { state.streams[session, default: []] += events }
            return events
        }
        if let last = events.last { bell.ring(session, head: last.seq) }
        return events
    }

    /// The events after a position; see ``EventStore/read(_:after:where:limit:)``.
    public func read(
        _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
    ) async throws -> [Event] {
        let stream = try stream(session)
        let start = min(max(0, Int(clamping: position.rawValue)), stream.count)
        return Array(stream[start...].lazy.filter(filter.matches).prefix(min(max(0, limit), 1000)))
    }

    /// The last position; see ``EventStore/head(of:)``.
    public func head(of session: SessionID) async throws -> SequenceNumber? { try stream(session).last?.seq }

    /// The sessions, newest change first; see ``EventStore/sessions(limit:offset:)``.
    public func sessions(limit: Int, offset: Int) async throws -> [StoredSession] {
        let all = try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return state.streams.compactMap { id, events -> StoredSession? in
                guard let first = events.first, let last = events.last else { return nil }
                return StoredSession(
                    id: id, head: last.seq, createdAt: first.timestamp, updatedAt: last.timestamp)
            }
        }
        let sorted = all.sorted { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
        return Array(sorted.dropFirst(max(0, offset)).prefix(max(0, limit)))
    }

    /// Waits for the head to move; see ``EventStore/waitForEvents(in:after:)``.
    public func waitForEvents(in session: SessionID, after position: SequenceNumber) async throws {
        try await bell.wait(for: session, after: position)
    }

    /// Ends the store and forgets what it held.
    public func close() async {
        state.withLock { state in
            state.isClosed = true
            state.streams = [:]
        }
        bell.close()
    }

    private func stream(_ session: SessionID) throws -> [Event] {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return state.streams[session] ?? []
        }
    }
}
