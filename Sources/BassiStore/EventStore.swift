import BassiEvents

/// An ordered, durable memory of what happened: one stream of events for each session.
///
/// A stream's positions are 1, 2, 3 … without a hole; a batch is all or nothing; the bytes at a position never change.
/// docs/architecture.md says which further guarantees a store must keep.
public protocol EventStore: Sendable {
    /// Adds a batch to the end of a stream and gives back the events as they stand there.
    ///
    /// Returns when the batch has reached `durability`. An empty batch does nothing but check `version`.
    ///
    /// - Throws: ``StoreError/conflict(session:expected:actual:)`` when the stream is not where `version` says,
    ///   ``StoreError/fenced(session:epoch:)`` when `lease` is not its latest; then nothing was added.
    func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, until durability: Durability,
        under lease: Lease?
    ) async throws -> [Event]

    /// Makes the caller the one owner of a session, stored or not, until it lets go or its process ends.
    ///
    /// - Throws: ``StoreError/owned(session:by:)`` while another owns it.
    func acquireLease(of session: SessionID) async throws -> Lease

    /// Lets go of a session. A lease that is no longer the latest lets go of nothing.
    func releaseLease(_ lease: Lease) async

    /// Makes a session that shares the events of another up to a position, and goes on from there by itself. What it
    /// costs does not depend on how many those are, and the other stays as it was.
    ///
    /// The copy's first own event is a `session_forked`. What was open at the position is open in the copy: whoever
    /// opens it ends that, as after a crash.
    ///
    /// - Parameter position: The last position that is shared; nil is the last one there is.
    /// - Returns: The `session_forked`.
    /// - Throws: ``StoreError/noSuchPosition(session:position:head:)`` when the other is not that long, and
    ///   ``StoreError/conflict(session:expected:actual:)`` when `child` is there already.
    func fork(_ session: SessionID, at position: SequenceNumber?, into child: SessionID) async throws -> Event

    /// The latest snapshot of this kind that was kept of a session, or of what it shares with others; nil for none.
    func snapshot(of session: SessionID, kind: String) async throws -> Snapshot?

    /// Keeps a snapshot in place of the one before. It is derived: it may be gone tomorrow, and a store that keeps none
    /// is a good one.
    func keep(_ snapshot: Snapshot, of session: SessionID) async throws

    /// What is too large for an event. A store that outlives its process gives one that does too: the one that is here
    /// unless it says otherwise forgets everything with the process.
    var blobs: any BlobStore { get }

    /// The events after `position`, in order, at most `limit` of them (and never more than 1,000).
    ///
    /// An empty page means that there is nothing more that matches yet. An unknown stream is empty.
    func read(_ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int) async throws
        -> [Event]

    /// The same as lines of JSON, for readers that pass them on as they are: nothing is decoded.
    func lines(_ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int) async throws
        -> EventLines

    /// One session as the store knows it; nil when nothing was ever added to it.
    func session(_ session: SessionID) async throws -> StoredSession?

    /// The last position of a stream; nil when nothing was ever added to it.
    func head(of session: SessionID) async throws -> SequenceNumber?

    /// The sessions, the one that changed last first, at most `limit` of them after the first `offset`.
    func sessions(limit: Int, offset: Int) async throws -> [StoredSession]

    /// Returns once the stream's head is past `position`: a level, not an edge, so no wake-up can be missed.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, ``StoreError/closed`` when the store is.
    func waitForEvents(in session: SessionID, after position: SequenceNumber) async throws

    /// Ends the store; every later call and every waiting follower throws ``StoreError/closed``.
    func close() async throws
}

extension EventStore {
    /// The events, encoded again.
    public func lines(
        _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
    ) async throws -> EventLines {
        var lines = EventLines()
        for event in try await read(session, after: position, where: filter, limit: limit) { lines.append(event) }
        return lines
    }

    /// Copies the events, for a store that cannot share them: it costs what they are.
    public func fork(_ session: SessionID, at position: SequenceNumber?, into child: SessionID) async throws -> Event {
        let head = try await self.head(of: session) ?? .start
        let last = position ?? head
        guard last > .start, last <= head else {
            throw StoreError.noSuchPosition(session: session, position: last, head: head)
        }
        let shared = try await read(session, limit: Int(last.rawValue)).map { EventDraft($0) }
        let batch = shared + [.forking(session, at: last, into: child)]
        return try await copyingBlobs(of: session, to: child) {
            let events = try await append(batch, to: child, expecting: .noStream)
            guard let forked = events.last else { throw StoreError.closed }
            return forked
        }
    }

    /// None.
    public func snapshot(of session: SessionID, kind: String) async throws -> Snapshot? { nil }

    /// Keeps nothing.
    public func keep(_ snapshot: Snapshot, of session: SessionID) async throws {}

    /// One in memory, shared by all stores of the process that have none of their own.
    public var blobs: any BlobStore { MemoryBlobStore.ofProcess }

    /// The same without a lease: for streams that have one writer by their nature, such as an import.
    public func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, until durability: Durability
    ) async throws -> [Event] {
        try await append(batch, to: session, expecting: version, until: durability, under: nil)
    }

    /// What a stream must look like for an append, and how safe it must be, in their usual form.
    public func append(_ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion) async throws
        -> [Event]
    {
        try await append(batch, to: session, expecting: version, until: .visible)
    }

    /// The next events of all types, at most 1,000.
    public func read(_ session: SessionID, after position: SequenceNumber = .start) async throws -> [Event] {
        try await read(session, after: position, where: .all, limit: 1000)
    }

    /// The events of one run, of some types, or both, at most `limit` of them, wherever they stand after `position`.
    public func read(
        _ session: SessionID, run: RunID? = nil, types: [EventType] = [], after position: SequenceNumber = .start,
        limit: Int
    ) async throws -> [Event] {
        let filter = types.isEmpty ? EventFilter.all : .types(Set(types.map(\.rawValue)))
        var (events, position): ([Event], SequenceNumber) = ([], position)
        while events.count < limit {
            let page = try await read(session, after: position, where: filter, limit: 1000)
            guard let last = page.last else { break }
            events += page.filter { run == nil || $0.runID == run }.prefix(limit - events.count)
            position = last.seq
        }
        return events
    }

    /// A cursor over a stream: what is stored after `position`, then what comes, through one door.
    ///
    /// The follower holds a position and at most one page. It never slows an append down, however slow it is.
    public func follow(
        _ session: SessionID, after position: SequenceNumber = .start, where filter: EventFilter = .all,
        slow policy: SlowReaderPolicy = .lossless
    ) -> Subscription {
        Subscription(store: self, session: session, after: position, filter: filter, policy: policy)
    }
}

/// A fold of a session's events up to a position, in a form that only its maker reads: fold(snapshot + tail) = fold(all).
public struct Snapshot: Sendable, Equatable {
    /// What was folded, and in which form.
    public let kind: String
    /// The last event that is in it.
    public let seq: SequenceNumber
    /// The fold.
    public let bytes: [UInt8]

    /// A snapshot.
    public init(kind: String, seq: SequenceNumber, bytes: [UInt8]) {
        self.kind = kind
        self.seq = seq
        self.bytes = bytes
    }
}

/// A session as the store knows it: all else is in its events.
public struct StoredSession: Sendable, Equatable {
    /// The session.
    public let id: SessionID
    /// The position of its last event.
    public let head: SequenceNumber
    /// When its first event was made.
    public let createdAt: Timestamp
    /// When its last event was made.
    public let updatedAt: Timestamp
    /// Whether somebody owns it now. Without an owner nothing in it goes on, whatever its events say.
    public let hasOwner: Bool

    /// A session.
    public init(
        id: SessionID, head: SequenceNumber, createdAt: Timestamp, updatedAt: Timestamp, hasOwner: Bool
    ) {
        self.id = id
        self.head = head
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.hasOwner = hasOwner
    }
}

/// Where a stream must stand for a batch to be added.
public enum ExpectedVersion: Sendable, Equatable {
    /// At this position.
    case exact(SequenceNumber)
    /// Before its first event.
    case noStream
    /// Anywhere.
    case any

    /// Whether a stream with this head is where it must be.
    public func matches(_ head: SequenceNumber) -> Bool {
        switch self {
        case .exact(let version): version == head
        case .noStream: head == .start
        case .any: true
        }
    }
}

/// How safe a batch must be before an append returns.
public enum Durability: Sendable, Equatable {
    /// It survives a kill of the process.
    case visible
    /// It survives a power cut.
    case durable
}

/// Which events a reader wants.
public enum EventFilter: Sendable, Equatable {
    /// All of them.
    case all
    /// Those of these types.
    case types(Set<String>)

    /// Those of these types.
    public static func types(_ types: EventType...) -> EventFilter { .types(Set(types.map(\.rawValue))) }

    /// Whether the reader wants this one.
    public func matches(_ event: Event) -> Bool {
        switch self {
        case .all: true
        case .types(let types): types.contains(event.payload.type)
        }
    }

    /// Whether deltas are among them.
    var wantsDeltas: Bool {
        switch self {
        case .all: true
        case .types(let types):
            [EventType.tokenDelta, .toolOutputDelta].contains { types.contains($0.rawValue) }
        }
    }
}

/// Why a store did not do what it was asked.
public enum StoreError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The stream stands elsewhere: somebody else has appended. Fold what is new and decide again.
    case conflict(session: SessionID, expected: ExpectedVersion, actual: SequenceNumber)
    /// The session does not go so far, or nothing was ever added to it (the head is 0).
    case noSuchPosition(session: SessionID, position: SequenceNumber?, head: SequenceNumber)
    /// Another owner goes on with the session; the text says who.
    case owned(session: SessionID, by: String)
    /// Another owner has taken the session over: the epoch of the lease is not the latest.
    case fenced(session: SessionID, epoch: Int64)
    /// A command's id, body or result is larger than a ``CommandTable`` takes.
    case commandTooLarge(what: String, bytes: Int, max: Int)
    /// So many commands wait for the session's owner that no more are taken.
    case tooManyCommands(session: SessionID, max: Int)
    /// Nobody has sent a command with this id, or the session was deleted.
    case unknownCommand(String, session: SessionID)
    /// The store was closed.
    case closed
    /// The file is not an event log of this project. It was left untouched.
    case foreignFile(path: String)
    /// The file was written by a newer program. It was left untouched.
    case newerFile(path: String, version: Int)
    /// The file cannot be opened, read or written. After a failed write the store takes no more appends.
    case unusable(path: String, reason: String)

    /// One sentence for a person.
    public var description: String {
        switch self {
        case .conflict(let session, let expected, let actual):
            "session \(session) is at position \(actual), not where the append expected it (\(expected)): "
                + "read what is new and try again"
        case .noSuchPosition(let session, _, .start): "there is no session \(session)"
        case .noSuchPosition(let session, let position, let head):
            "session \(session) has no position \(position ?? .start): it goes from 1 to \(head)"
        case .owned(let session, let owner):
            "session \(session) is in use by \(owner): speak to it with `bassi --attach \(session)`, follow it with "
                + "`bassi events \(session) --follow`, or end that first"
        case .fenced(let session, _):
            "session \(session) was taken over by another owner: open it again to go on"
        case .commandTooLarge(let what, let bytes, let max):
            "the \(what) of the command has \(bytes) bytes, and \(max) are the most: make it shorter"
        case .tooManyCommands(let session, let max):
            "\(max) commands wait for the owner of session \(session) already: try again once it has taken them"
        case .unknownCommand(let id, let session):
            "session \(session) has no command '\(id)': it was never sent, or the session was deleted"
        case .closed: "the event store is closed"
        case .foreignFile(let path):
            "'\(path)' is not a Bassi event log and was left untouched: name another file"
        case .newerFile(let path, let version):
            "'\(path)' has format \(version), newer than this program knows, and was left untouched: update Bassi"
        case .unusable(let path, let reason): "the event log '\(path)' cannot be used: \(reason)"
        }
    }
}
