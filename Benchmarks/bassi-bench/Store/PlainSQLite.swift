import CSQLite
import Foundation

/// The rows of the store written and read by hand over SQLite's C interface, in the same tables: what is left when there
/// is no encoding, hash, version and lease. Compared with a program in C, Swift costs nothing here that matters.
final class PlainSQLite {
    private var handle: OpaquePointer?
    private var statements: [OpaquePointer] = []
    private var head: Int64 = 0
    private var groups = 0

    private let payload = [UInt8]("\"reason\":\"\(StoreRun.text)\"".utf8)
    private let identifier = [UInt8](repeating: 7, count: 16)
    private let hash = [UInt8](repeating: 9, count: 32)

    /// As in the store, a checkpoint after so many transactions.
    private static let groupsPerCheckpoint = 200

    /// Makes a new file; every commit is synced.
    init(path: String) throws {
        try check(sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, nil))
        try execute(
            """
            PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;
            CREATE TABLE streams(
                id INTEGER PRIMARY KEY, session BLOB NOT NULL UNIQUE, head INTEGER NOT NULL DEFAULT 0, chain BLOB) STRICT;
            CREATE TABLE events(
                stream INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL,
                event_id BLOB NOT NULL, run_id BLOB, cause_seq INTEGER, timestamp INTEGER NOT NULL,
                schema INTEGER NOT NULL, hash BLOB, salt BLOB, commitment BLOB, payload BLOB NOT NULL,
                PRIMARY KEY (stream, seq)) STRICT, WITHOUT ROWID;
            INSERT INTO streams(session) VALUES (x'01');
            """)
        statements = try [
            """
            INSERT INTO events(stream, seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, salt, payload)
            VALUES (1, ?1, 'session_ended', ?2, NULL, NULL, 1769850902123, 1, ?3, ?2, ?4)
            """, "UPDATE streams SET head = ?1, chain = ?2 WHERE id = 1",
            """
            SELECT seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, payload FROM events
            WHERE stream = 1 AND seq > 0 ORDER BY seq
            """, "BEGIN IMMEDIATE", "COMMIT", "PRAGMA wal_checkpoint(PASSIVE)",
        ].map(prepare)
    }

    deinit {
        for statement in statements { sqlite3_finalize(statement) }
        sqlite3_close(handle)
    }

    /// Adds so many rows in one transaction.
    func append(_ count: Int) throws {
        try run(statements[3])
        for _ in 0..<count {
            head += 1
            sqlite3_bind_int64(statements[0], 1, head)
            bind(identifier, to: statements[0], at: 2)
            bind(hash, to: statements[0], at: 3)
            bind(payload, to: statements[0], at: 4)
            try run(statements[0])
        }
        sqlite3_bind_int64(statements[1], 1, head)
        bind(hash, to: statements[1], at: 2)
        try run(statements[1])
        try run(statements[4])
        groups += 1
        if groups % Self.groupsPerCheckpoint == 0 { try run(statements[5]) }
    }

    /// Reads all rows of the stream in order and touches each payload. Gives their number.
    func readAll() throws -> Int {
        var (count, sum) = (0, 0)
        defer { sqlite3_reset(statements[2]) }
        while sqlite3_step(statements[2]) == SQLITE_ROW {
            count += 1
            sum &+= Int(sqlite3_column_bytes(statements[2], 8))
        }
        guard sum == count * payload.count else { throw BenchmarkProblem("rows came back with other payloads") }
        return count
    }

    private func run(_ statement: OpaquePointer) throws {
        var code = sqlite3_step(statement)
        while code == SQLITE_ROW { code = sqlite3_step(statement) }
        sqlite3_reset(statement)
        if code != SQLITE_DONE { try check(code) }
    }

    private func bind(_ bytes: [UInt8], to statement: OpaquePointer, at index: Int32) {
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), copied)
    }

    private func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil))
        guard let statement else { throw BenchmarkProblem("no statement in '\(sql)'") }
        return statement
    }

    private func execute(_ sql: String) throws { try check(sqlite3_exec(handle, sql, nil, nil, nil)) }

    private func check(_ code: Int32) throws {
        if code != SQLITE_OK { throw BenchmarkProblem("SQLite says: \(String(cString: sqlite3_errmsg(handle)))") }
    }
}
