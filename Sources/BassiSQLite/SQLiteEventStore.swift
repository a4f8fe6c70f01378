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
    }

    /// Adds a batch; see ``EventStore/append(_:to:expecting:until:)``.
    public func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, until durability: Durability
    ) async throws -> [Event] {
        try await writer.append(batch, to: session, expecting: version, until: durability)
    }

    /// The events after a position; see ``EventStore/read(_:after:where:limit:)``.
    public func read(
        _ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int
    ) async throws -> [Event] {
        try await reader.run { try $0.read(session, after: position, where: filter, limit: limit) }
    }

    /// The last position; see ``EventStore/head(of:)``.
    public func head(of session: SessionID) async throws -> SequenceNumber? {
        try await reader.run { try $0.stream(session)?.head }
    }

    /// The sessions, newest change first; see ``EventStore/sessions(limit:offset:)``.
    public func sessions(limit: Int, offset: Int) async throws -> [StoredSession] {
        try await reader.run { try $0.sessions(limit: limit, offset: offset) }
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
