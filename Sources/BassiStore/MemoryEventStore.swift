import BassiEvents
import Synchronization

/// A store that forgets everything when the process ends: for tests, and for sessions that nobody wants to keep.
///
/// It declares no durability: `.durable` returns as soon as `.visible` does.
public final class MemoryEventStore: EventStore {
    private struct State {
        var streams: [SessionID: EventPages] = [:]
        var epochs: [SessionID: Int64] = [:]
        var owned: Set<SessionID> = []
        var commands = MemoryCommands()
        var isClosed = false

        func stored(_ session: SessionID) -> StoredSession? {
            guard let events = streams[session], let first = events.first, let last = events.last else { return nil }
            return StoredSession(
                id: session, head: last.seq, createdAt: first.timestamp, updatedAt: last.timestamp,
                hasOwner: owned.contains(session))
        }
    }

    /// What is too large for an event, in memory too.
    public let blobs: any BlobStore
    private let state = Mutex(State())
    private let bell = HeadBell()
    private let commandBell = CommandBell()

    /// An empty store.
    public init(blobs: any BlobStore = MemoryBlobStore()) { self.blobs = blobs }

    /// Adds a batch; see ``EventStore/append(_:to:expecting:until:under:)``.
    public func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, until durability: Durability,
        under lease: Lease?
    ) async throws -> [Event] {
        let events = try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            if let lease, lease.epoch != state.epochs[session] {
                throw StoreError.fenced(session: session, epoch: lease.epoch)
            }
            let head = SequenceNumber(Int64(state.streams[session]?.count ?? 0))
            guard version.matches(head) else {
                throw StoreError.conflict(session: session, expected: version, actual: head)
            }
            let events = batch.enumerated().map { offset, draft in
                Event(draft, sessionID: session, seq: SequenceNumber(head.rawValue + Int64(offset) + 1))
            }
            for event in events { state.streams[session, default: EventPages()].append(event) }
            return events
        }
        if let last = events.last { bell.ring(session, head: last.seq) }
        return events
    }

    /// The events after a position; see ``EventStore/read(_:after:where:limit:)``.
    public func read(
        _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
    ) async throws -> [Event] {
        var (position, limit) = (max(0, Int(clamping: position.rawValue)), min(max(0, limit), 1000))
        var found: [Event] = []
        while limit > 0 {
            // Taken under the lock, looked through outside of it.
            let (pages, skipped) = try pages(of: session, after: position, limit: limit)
            let events = pages.joined().dropFirst(skipped).prefix(limit)
            if events.isEmpty { break }
            let wanted = filter == .all ? Array(events) : events.filter(filter.matches)
            found += wanted
            position += events.count
            limit -= wanted.count
        }
        return found
    }

    /// The last position; see ``EventStore/head(of:)``.
    public func head(of session: SessionID) async throws -> SequenceNumber? {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return state.streams[session]?.last?.seq
        }
    }

    /// The sessions, newest change first; see ``EventStore/sessions(limit:offset:)``.
    public func sessions(limit: Int, offset: Int) async throws -> [StoredSession] {
        let all = try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return state.streams.keys.compactMap { state.stored($0) }
        }
        let sorted = all.sorted { ($0.updatedAt, $0.id) > ($1.updatedAt, $1.id) }
        return Array(sorted.dropFirst(max(0, offset)).prefix(max(0, limit)))
    }

    /// One session; see ``EventStore/session(_:)``.
    public func session(_ session: SessionID) async throws -> StoredSession? {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return state.stored(session)
        }
    }

    /// Copies a session up to a position; see ``EventStore/fork(_:at:into:)``. Here the cost does depend on how many
    /// events that are: nothing of a store in memory is meant to be long.
    public func fork(_ session: SessionID, at position: SequenceNumber?, into child: SessionID) async throws -> Event {
        let position = if let position { position } else { try await head(of: session) }
        return try await copyingBlobs(of: session, to: child) { try fork(session, upTo: position, into: child) }
    }

    private func fork(_ session: SessionID, upTo position: SequenceNumber?, into child: SessionID) throws -> Event {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            let head = SequenceNumber(Int64(state.streams[session]?.count ?? 0))
            let position = position ?? head
            guard let events = state.streams[session], position > .start, position <= head else {
                throw StoreError.noSuchPosition(session: session, position: position, head: head)
            }
            if let known = state.streams[child]?.last {
                throw StoreError.conflict(session: child, expected: .noStream, actual: known.seq)
            }
            let event = Event(
                .forking(session, at: position, into: child), sessionID: child, seq: position.next)
            var copy = events.prefix(Int(position.rawValue), as: child)
            copy.append(event)
            state.streams[child] = copy
            return event
        }
    }

    /// Makes the caller the one owner; see ``EventStore/acquireLease(of:)``.
    public func acquireLease(of session: SessionID) async throws -> Lease {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            guard state.owned.insert(session).inserted else {
                throw StoreError.owned(session: session, by: "this program")
            }
            let epoch = state.epochs[session, default: 0] + 1
            state.epochs[session] = epoch
            return Lease(session: session, epoch: epoch)
        }
    }

    /// Lets go; see ``EventStore/releaseLease(_:)``.
    public func releaseLease(_ lease: Lease) async {
        state.withLock { state in
            if state.epochs[lease.session] == lease.epoch { state.owned.remove(lease.session) }
        }
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
            state.commands = MemoryCommands()
        }
        bell.close()
        commandBell.close()
    }

    /// Reads the commands.
    func withCommands<Value>(_ body: (MemoryCommands) -> Value) throws -> Value {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return body(state.commands)
        }
    }

    /// Changes the commands of a session, which has this head and this epoch, and wakes those who wait for that.
    func changeCommands<Value>(
        of session: SessionID, _ body: (inout MemoryCommands, SequenceNumber, Int64?) throws -> Value
    ) throws -> Value {
        let value = try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return try body(&state.commands, state.streams[session]?.last?.seq ?? .start, state.epochs[session])
        }
        ringCommandBell()
        return value
    }

    func waitForCommand(_ sought: CommandBell.Sought) async throws {
        try await commandBell.wait(for: sought) { ringCommandBell() }
    }

    private func ringCommandBell() {
        commandBell.ring { sought in state.withLock { $0.commands.isThere(sought) } }
    }

    private func pages(of session: SessionID, after position: Int, limit: Int) throws -> (
        pages: [[Event]], skipped: Int
    ) {
        try state.withLock { state in
            guard !state.isClosed else { throw StoreError.closed }
            return state.streams[session]?.pages(after: position, limit: limit) ?? ([], 0)
        }
    }
}
