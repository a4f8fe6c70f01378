import BassiStore
import CSQLite
import Foundation

/// The form of the database file, and how a file is recognised as one of ours.
enum Schema {
    /// `BASI` in ASCII, in the file's header (`PRAGMA application_id`): `file` and others can tell what it is.
    static let applicationID: Int64 = 0x4241_5349
    /// The form of the tables (`PRAGMA user_version`).
    static let version: Int64 = 3

    /// Opens a file for writing, creating it with mode 0600 when it is not there.
    ///
    /// - Throws: ``StoreError`` for a file that is not ours or newer; such a file is only read.
    static func open(_ path: String, vfs: String? = nil) throws -> SQLiteConnection {
        try createPrivately(path)
        do {
            let connection = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE, vfs: vfs)
            try recognise(connection, path)
            try useWAL(connection, path)
            let found = try connection.integer("PRAGMA user_version")
            if found < version { try bringUpToDate(connection, from: found) }
            try connection.execute(pendingIndex)
            return connection
        } catch let failure as SQLiteConnection.Failure {
            throw storeError(failure, path)
        }
    }

    /// What a failure of SQLite means for the store's user.
    static func storeError(_ failure: SQLiteConnection.Failure, _ path: String) -> StoreError {
        switch failure.code & 0xFF {
        case SQLITE_NOTADB: .foreignFile(path: path)
        case SQLITE_FULL: .unusable(path: path, reason: "the disk is full: make room and start again")
        case SQLITE_READONLY: .unusable(path: path, reason: "it may not be written: check its owner and mode")
        case SQLITE_CORRUPT: .unusable(path: path, reason: "it is damaged (\(failure.message)): restore a backup")
        default: .unusable(path: path, reason: failure.message)
        }
    }

    private static func createPrivately(_ path: String) throws {
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.unusable(path: path, reason: String(cString: strerror(errno)))
        }
        Glibc.close(descriptor)
    }

    /// A new file is made a WAL database by a transaction with a rollback journal. Only `EXTRA` syncs the folder after
    /// that journal is deleted: if a power cut brought it back, SQLite would roll the whole log back to nothing.
    ///
    /// Pages that a deletion leaves can be given back to the disk only in a file that was made with `auto_vacuum`.
    private static func useWAL(_ connection: SQLiteConnection, _ path: String) throws {
        try connection.execute("PRAGMA synchronous=EXTRA; PRAGMA auto_vacuum=INCREMENTAL")
        var mode = ""
        try connection.query("PRAGMA journal_mode=WAL") { mode = $0.text(0) }
        guard mode == "wal" else {
            throw StoreError.unusable(path: path, reason: "SQLite stays in journal mode '\(mode)' instead of 'wal'")
        }
        try connection.execute("PRAGMA wal_autocheckpoint=0; PRAGMA foreign_keys=ON")
    }

    /// An empty file is new. Any other must say that it is ours.
    private static func recognise(_ connection: SQLiteConnection, _ path: String) throws {
        let isEmpty = try connection.integer("SELECT count(*) FROM sqlite_master") == 0
        let (id, version) = (
            try connection.integer("PRAGMA application_id"), try connection.integer("PRAGMA user_version")
        )
        guard id == applicationID || (isEmpty && id == 0 && version == 0) else {
            throw StoreError.foreignFile(path: path)
        }
        guard version <= self.version else { throw StoreError.newerFile(path: path, version: Int(version)) }
    }

    private static func bringUpToDate(_ connection: SQLiteConnection, from found: Int64) throws {
        try connection.transaction {
            if found == 0 { try connection.execute(tables) } else { try Migration.run(connection, from: found) }
            try connection.execute("\(changeTrigger); \(deleteTrigger)")
            try connection.execute("PRAGMA application_id = \(applicationID); PRAGMA user_version = \(version)")
        }
        if found > 0 { try connection.execute("VACUUM") }
    }

    /// A stream's row has what every append and every list of sessions needs. Its events lie together, in their order:
    /// one tree for both the row and its place. A fork has a `parent`, whose events up to `forked_at` are its own too.
    /// Deltas up to `compacted` whose blocks ended before that are gone. `commitment` stands for an erased payload. Rows
    /// that a stream was given when its parent was deleted, or that were imported, were written in another session:
    /// `origins` says in which, up to which position.
    static let tables = """
        CREATE TABLE streams(
            id INTEGER PRIMARY KEY, session BLOB NOT NULL UNIQUE, head INTEGER NOT NULL DEFAULT 0,
            epoch INTEGER NOT NULL DEFAULT 0, owner TEXT, chain BLOB, created INTEGER NOT NULL DEFAULT 0,
            updated INTEGER NOT NULL DEFAULT 0, parent INTEGER REFERENCES streams(id),
            forked_at INTEGER NOT NULL DEFAULT 0, compacted INTEGER NOT NULL DEFAULT 0) STRICT;
        CREATE INDEX streams_by_parent ON streams(parent) WHERE parent IS NOT NULL;
        CREATE TABLE events(
            stream INTEGER NOT NULL, seq INTEGER NOT NULL, type TEXT NOT NULL,
            event_id BLOB NOT NULL, run_id BLOB, cause_seq INTEGER, timestamp INTEGER NOT NULL,
            schema INTEGER NOT NULL, hash BLOB, salt BLOB, commitment BLOB, payload BLOB NOT NULL,
            PRIMARY KEY (stream, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE origins(
            stream INTEGER NOT NULL REFERENCES streams(id), last INTEGER NOT NULL, session BLOB NOT NULL,
            PRIMARY KEY (stream, last)) STRICT, WITHOUT ROWID;
        CREATE TABLE signatures(
            stream INTEGER NOT NULL REFERENCES streams(id), seq INTEGER NOT NULL, signature BLOB NOT NULL,
            PRIMARY KEY (stream, seq)) STRICT, WITHOUT ROWID;
        CREATE TABLE snapshots(
            stream INTEGER NOT NULL REFERENCES streams(id), kind TEXT NOT NULL, seq INTEGER NOT NULL,
            state BLOB NOT NULL, PRIMARY KEY (stream, kind)) STRICT, WITHOUT ROWID;
        CREATE TABLE commands(
            id INTEGER PRIMARY KEY AUTOINCREMENT, stream INTEGER NOT NULL REFERENCES streams(id),
            command TEXT NOT NULL, body BLOB NOT NULL, result BLOB, UNIQUE (stream, command)) STRICT;
        """

    /// Those who wait for commands look often, and most commands are done. A program that knows no such index keeps it.
    static let pendingIndex = """
        CREATE INDEX IF NOT EXISTS commands_pending ON commands(stream, id) WHERE result IS NULL
        """

    /// The triggers keep every program from changing history.
    static let changeTrigger = """
        CREATE TRIGGER events_are_never_changed BEFORE UPDATE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END
        """

    static let deleteTrigger = """
        CREATE TRIGGER events_are_never_deleted BEFORE DELETE ON events
            BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END
        """
}
