import BassiEvents
import BassiStore
import CSQLite
import Foundation
import Testing

@testable import BassiSQLite

/// Files of older programs open for ever.
@Suite struct MigrationTests {
    /// The form of version 1, word for word.
    private static let version1 = """
        PRAGMA application_id = 1111577417; PRAGMA user_version = 1;
        CREATE TABLE streams(
            id INTEGER PRIMARY KEY, session BLOB NOT NULL UNIQUE, head INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE TABLE events(
            position INTEGER PRIMARY KEY, stream INTEGER NOT NULL REFERENCES streams(id), seq INTEGER NOT NULL,
            type TEXT NOT NULL, event_id BLOB NOT NULL, run_id BLOB, cause_seq INTEGER, timestamp INTEGER NOT NULL,
            schema INTEGER NOT NULL, hash BLOB, salt BLOB, payload BLOB NOT NULL) STRICT;
        CREATE UNIQUE INDEX events_by_stream ON events(stream, seq);
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END;
        CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END;
        INSERT INTO streams VALUES (1, x'018f4b1e00007000800000000000000a', 2);
        INSERT INTO events VALUES
            (1, 1, 1, 'session_started', x'018f4b1e00007000800000000000000b', NULL, NULL, 1000, 1, NULL, NULL,
             CAST('"metadata":{"tools":[],"bassi_version":"0.0.9"}' AS BLOB)),
            (2, 1, 2, 'session_ended', x'018f4b1e00007000800000000000000c', NULL, NULL, 2000, 1, NULL, NULL,
             CAST('"reason":"done"' AS BLOB));
        """

    @Test func `a file of version 1 is brought up to date, and its events are linked`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("old.sqlite").path
        do {
            let connection = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
            try connection.execute(Self.version1)
        }
        let session = try #require(SessionID("018f4b1e-0000-7000-8000-00000000000a"))
        for _ in 1...2 {
            let store = try SQLiteEventStore(path: path)
            #expect(try await store.verify(session) == nil)
            let events = try await store.read(session)
            #expect(events.map(\.payload.type).prefix(2) == ["session_started", "session_ended"])
            #expect(events.allSatisfy { $0.hash != nil })
            let lease = try await store.acquireLease(of: session)
            _ = try await store.append(
                [EventDraft(.sessionEnded(SessionEnded(reason: "again")))], to: session,
                expecting: .exact(SequenceNumber(Int64(events.count))), until: .durable, under: lease)
            try await store.close()
        }
    }

    /// Written by the last program with version 2: two runs of the demonstration model, one with a tool.
    @Test func `a file of version 2 is brought up to date and stays as it was written`() async throws {
        let folder = try LogFolder()
        let fixture = try #require(Bundle.module.url(forResource: "Golden/version-2", withExtension: "sql"))
        do {
            let connection = try SQLiteConnection(path: folder.log, flags: SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE)
            try connection.execute(try String(contentsOf: fixture, encoding: .utf8))
        }
        for _ in 1...2 {
            let store = try SQLiteEventStore(path: folder.log)
            let stored = try #require(try await store.sessions(limit: 10, offset: 0).first)
            #expect(try await store.verify(stored.id) == nil)
            let events = try await store.read(stored.id)
            #expect(events.count == 30 && stored.head == 30)
            #expect((stored.createdAt, stored.updatedAt) == (events[0].timestamp, events[29].timestamp))
            let lease = try await store.acquireLease(of: stored.id)
            #expect(lease.epoch > 2)
            await store.releaseLease(lease)
            try await store.close()
        }
    }
}
