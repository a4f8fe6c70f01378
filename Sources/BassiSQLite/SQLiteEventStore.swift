import BassiEvents
import BassiStore
import Foundation

/// The default store: one SQLite file in WAL mode, private to its owner, for any number of processes of one machine.
///
/// One queue of its own writes and another reads, so no thread of the cooperative pool ever waits for the disk. All
/// appends that wait when the writer comes back go into one transaction, and one sync serves them all.
public final class SQLiteEventStore: EventStore {
    let path: String
    let key: LogKey?
    /// What is too large for an event: in the folder `blobs` beside the file.
    public let blobs: any BlobStore
    let writer: GroupWriter
    let reader: SerialReader
    let owners: OwnerLocks
    let index: SearchIndex
    let recent = RecentEvents()
    let watch: HeadWatch
    let bell = HeadBell()

    /// Opens the file, creating it when it is not there. A file of a newer program is opened for reading only.
    ///
    /// - Parameter key: With a key the end of every run is signed, and ``verify(_:)`` demands it.
    /// - Throws: ``StoreError`` for a file that is not ours, not usable, or on a network; it is left as it was.
    public convenience init(path: String, key: LogKey? = nil) throws {
        try self.init(path: path, vfs: nil, key: key)
    }

    /// Opens the file through the SQLite VFS of that name, for the proof of durability (docs/durability.md).
    package init(path: String, vfs: String?, groupsPerCheckpoint: Int = 200, key: LogKey? = nil) throws {
        try FileSystem.requireLocal(path)
        self.path = path
        self.key = key
        writer = try GroupWriter(
            path: path, bell: bell, recent: recent, vfs: vfs, groupsPerCheckpoint: groupsPerCheckpoint, key: key)
        reader = try SerialReader(path: path, vfs: vfs)
        owners = try OwnerLocks(beside: path)
        index = SearchIndex(beside: path)
        watch = HeadWatch(path: path, reader: reader, bell: bell, owners: owners)
        blobs = FileBlobStore(beside: path)
    }

    /// Adds a batch; see ``EventStore/append(_:to:expecting:until:under:)``.
    public func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, until durability: Durability,
        under lease: Lease?
    ) async throws -> [Event] {
        try await writer.append(batch, to: session, expecting: version, until: durability, under: lease)
    }

    /// Makes the caller the one owner on this machine; see ``EventStore/acquireLease(of:)``.
    ///
    /// The lock is the kernel's: when the owner's process ends, however it ends, the session is free.
    public func acquireLease(of session: SessionID) async throws -> Lease {
        guard try owners.take(session) else {
            let owner = try await reader.run { try $0.owner(of: session) }
            throw StoreError.owned(session: session, by: owner ?? "another program")
        }
        do {
            let owner = "process \(getpid())"
            let epoch = try await writer.transaction { try $0.beginEpoch(of: session, owner: owner) }
            recent.begin(session)
            return Lease(session: session, epoch: epoch)
        } catch {
            owners.release(session)
            throw error
        }
    }

    /// Lets go; see ``EventStore/releaseLease(_:)``.
    public func releaseLease(_ lease: Lease) async {
        recent.end(lease.session)
        owners.release(lease.session)
    }

    /// Copies a session up to a position; see ``EventStore/fork(_:at:into:)``.
    public func fork(_ session: SessionID, at position: SequenceNumber?, into child: SessionID) async throws -> Event {
        let position = if let position { position } else { try await head(of: session) }
        let event = try await copyingBlobs(of: session, to: child) {
            try await writer.transaction { [key] in
                try $0.fork(session, at: position, into: child, signedWith: key)
            }
        }
        bell.ring(child, head: event.seq)
        return event
    }

    /// The latest snapshot; see ``EventStore/snapshot(of:kind:)``.
    public func snapshot(of session: SessionID, kind: String) async throws -> Snapshot? {
        try await reader.run { try $0.snapshot(of: session, kind: kind) }
    }

    /// Keeps a snapshot; see ``EventStore/keep(_:of:)``.
    public func keep(_ snapshot: Snapshot, of session: SessionID) async throws {
        try await writer.transaction { try $0.keep(snapshot, of: session) }
    }

    /// The events after a position; see ``EventStore/read(_:after:where:limit:)``.
    public func read(
        _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
    ) async throws -> [Event] {
        if filter == .all, let events = recent.read(session, after: position, limit: limit) { return events }
        return try await reader.run { try $0.read(session, after: position, where: filter, limit: limit) }
    }

    /// The same as lines of JSON; see ``EventStore/lines(_:after:where:limit:)``.
    public func lines(
        _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
    ) async throws -> EventLines {
        try await reader.run { try $0.lines(session, after: position, where: filter, limit: limit) }
    }

    /// The last position; see ``EventStore/head(of:)``.
    public func head(of session: SessionID) async throws -> SequenceNumber? {
        try await reader.run { try $0.stream(session).flatMap { $0.head == .start ? nil : $0.head } }
    }

    /// The sessions, newest change first; see ``EventStore/sessions(limit:offset:)``.
    public func sessions(limit: Int, offset: Int) async throws -> [StoredSession] {
        try await reader.run { [owners] in
            try $0.sessions(limit: limit, offset: offset) { owners.isTaken($0) }
        }
    }

    /// One session; see ``EventStore/session(_:)``.
    public func session(_ session: SessionID) async throws -> StoredSession? {
        try await reader.run { [owners] in
            try $0.sessions(limit: 1, offset: 0, only: session) { owners.isTaken($0) }.first
        }
    }

    /// Waits for the head to move, by whichever process; see ``EventStore/waitForEvents(in:after:)``.
    public func waitForEvents(in session: SessionID, after position: SequenceNumber) async throws {
        try await watch.watching(session) { try await bell.wait(for: session, after: position) }
    }

    /// Ends the store once what was appended before is written.
    public func close() async throws {
        watch.close()
        await writer.close()
        await reader.close()
        bell.close()
    }
}
