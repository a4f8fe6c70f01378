import BassiEvents
import BassiStore
import CSQLite
import Dispatch
import Foundation

/// A full-text index over prompts and answers, in a file of its own: derived from the log, brought up to date when
/// somebody searches, and built again when it is deleted. So it costs an append nothing.
final class SearchIndex: Sendable {
    private static let version: Int64 = 2

    private let path: String
    private let queue = DispatchQueue(label: "bassi.sqlite.search")

    init(beside path: String) { self.path = path + "-search" }

    /// The places where all the words are, the best first.
    func search(_ words: [String], limit: Int, in log: SerialReader) async throws -> [SearchHit] {
        try await log.run { rows in
            try self.onQueue { index in
                try self.update(index, from: rows)
                return try Self.find(words, limit: limit, index)
            }
        }
    }

    /// Forgets sessions, also in the pages and segments that their words were in; what is left of them in the log is
    /// taken anew with the next search.
    func erase(_ sessions: [SessionID]) async throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try self.eraseNow(sessions) }) }
        }
    }

    private func eraseNow(_ sessions: [SessionID]) throws {
        try onQueue { index in
            try index.transaction {
                for session in sessions {
                    try index.query("DELETE FROM words WHERE session = ?", .text(session.description))
                    try index.query("DELETE FROM progress WHERE session = ?", .text(session.description))
                }
                try index.execute("INSERT INTO words(words) VALUES ('optimize')")
            }
            _ = try index.integer("PRAGMA wal_checkpoint(TRUNCATE)")
        }
    }

    // MARK: - The file

    private func onQueue<Value>(_ body: (SQLiteConnection) throws -> Value) throws -> Value {
        try queue.sync {
            do { return try body(try connect()) } catch let failure as SQLiteConnection.Failure {
                throw Schema.storeError(failure, path)
            }
        }
    }

    /// Opened for each search: a person does not search a hundred times a second.
    private func connect() throws -> SQLiteConnection {
        Glibc.close(Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
        let connection = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE)
        try connection.execute("PRAGMA journal_mode=WAL; PRAGMA secure_delete=ON")
        try connection.transaction {
            // An index of an older form is made anew: everything in it is in the log.
            if try connection.integer("PRAGMA user_version") == Self.version { return }
            try connection.execute(
                """
                DROP TABLE IF EXISTS progress; DROP TABLE IF EXISTS words;
                CREATE TABLE progress(session TEXT PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
                CREATE VIRTUAL TABLE words USING fts5(text, session UNINDEXED, seq UNINDEXED);
                PRAGMA user_version = \(Self.version);
                """)
        }
        return connection
    }

    /// Takes what was added to each session since the last search.
    private func update(_ index: SQLiteConnection, from rows: EventRows) throws {
        var known: [String: Int64] = [:]
        try index.query("SELECT session, seq FROM progress") { known[$0.text(0)] = $0.integer(1) }
        let heads = try rows.heads()
        try index.transaction {
            for (session, head) in heads where head.rawValue > known[session.description] ?? 0 {
                let position = SequenceNumber(known[session.description] ?? 0)
                try rows.texts(of: session, after: position) { text, seq in
                    try index.query(
                        "INSERT INTO words(text, session, seq) VALUES (?, ?, ?)", .text(text),
                        .text(session.description), .integer(seq.rawValue))
                }
                try index.query(
                    "INSERT OR REPLACE INTO progress VALUES (?, ?)", .text(session.description),
                    .integer(head.rawValue))
            }
        }
    }

    /// Each word is a string of the query language, so that nobody's punctuation is an operator.
    private static func find(_ words: [String], limit: Int, _ index: SQLiteConnection) throws -> [SearchHit] {
        let query = words.map { "\"\($0.replacing("\"", with: "\"\""))\"" }.joined(separator: " ")
        var hits: [SearchHit] = []
        try index.query(
            """
            SELECT session, seq, snippet(words, 0, '', '', '…', 16) FROM words WHERE words MATCH ?
            ORDER BY rank LIMIT ?
            """, .text(query), .integer(Int64(limit))
        ) { row in
            guard let session = SessionID(row.text(0)) else { return }
            hits.append(SearchHit(session: session, seq: SequenceNumber(row.integer(1)), excerpt: row.text(2)))
        }
        return hits
    }
}

/// A place in a log that a search found.
public struct SearchHit: Sendable, Equatable {
    /// The session.
    public let session: SessionID
    /// The event with the words.
    public let seq: SequenceNumber
    /// The words with some of what stands around them.
    public let excerpt: String
}
