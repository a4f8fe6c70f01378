import BassiEvents
import BassiStore
import Foundation

/// The default store: one SQLite file in WAL mode, private to its owner.
///
/// One queue of its own writes and another reads, so no thread of the cooperative pool ever waits for the disk. All
/// appends that wait when the writer comes back go into one transaction, and one sync serves them all.
public final class SQLiteEventStore: EventStore {
    let writer: GroupWriter
    private let reader: SerialReader
    private let owners: OwnerLocks
    private let index: SearchIndex
    private let bell = HeadBell()

    /// Opens the file, creating it when it is not there.
    ///
    /// - Throws: ``StoreError`` for a file that is not ours, newer than this program, or not usable; it is left as it was.
    public convenience init(path: String) throws {
        try self.init(path: path, vfs: nil)
    }

    /// Opens the file through the SQLite VFS of that name, for the proof of durability (docs/durability.md).
    package init(path: String, vfs: String?, groupsPerCheckpoint: Int = 200) throws {
        writer = try GroupWriter(path: path, bell: bell, vfs: vfs, groupsPerCheckpoint: groupsPerCheckpoint)
        reader = try SerialReader(path: path, vfs: vfs)
        owners = try OwnerLocks(beside: path)
        index = SearchIndex(beside: path)
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
            let epoch = try await writer.beginEpoch(of: session, owner: "process \(getpid())")
            return Lease(session: session, epoch: epoch)
        } catch {
            owners.release(session)
            throw error
        }
    }

    /// Lets go; see ``EventStore/releaseLease(_:)``.
    public func releaseLease(_ lease: Lease) async { owners.release(lease.session) }

    /// The events after a position; see ``EventStore/read(_:after:where:limit:)``.
    public func read(
        _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
    ) async throws -> [Event] {
        try await reader.run { try $0.read(session, after: position, where: filter, limit: limit) }
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
    ///
    /// Appends of this process ring a bell; those of others are looked for every 25 ms.
    public func waitForEvents(in session: SessionID, after position: SequenceNumber) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.bell.wait(for: session, after: position) }
            group.addTask { try await self.pollOtherProcesses(session, after: position) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// Where all these words are, in prompts and answers of all sessions, the best places first.
    public func search(_ words: [String], limit: Int = 20) async throws -> [SearchHit] {
        guard words.contains(where: { !$0.isEmpty }) else { return [] }
        return try await index.search(words.filter { !$0.isEmpty }, limit: limit, in: reader)
    }

    /// Deletes a session: afterwards no file of the store has a byte of what it held.
    ///
    /// - Throws: ``StoreError/owned(session:by:)`` while somebody owns it.
    public func delete(_ session: SessionID) async throws {
        let lease = try await acquireLease(of: session)
        do {
            try await writer.erase(session)
            try await index.erase(session)
        } catch {
            await releaseLease(lease)
            throw error
        }
        await releaseLease(lease)
    }

    /// Checks a session's log: positions without a hole, every link of the hash chain, well-formed events, and the
    /// rules of docs/events.md. Nil when all of it is as it was written.
    public func verify(_ session: SessionID) async throws -> ChainCheck.Finding? {
        try await reader.run { try $0.verify(session) }
    }

    /// Ends the store once what was appended before is written.
    public func close() async throws {
        await writer.close()
        await reader.close()
        bell.close()
    }

    private func pollOtherProcesses(_ session: SessionID, after position: SequenceNumber) async throws {
        while try await head(of: session) ?? .start <= position {
            try await ContinuousClock().sleep(for: .milliseconds(25))
        }
    }
}
