import BassiEvents
import BassiStore
import CSQLite
import Dispatch
import Foundation

/// A full-text index over prompts and answers, in a file of its own: derived from the log, brought up to date when
/// somebody searches, and built again when it is deleted. So it costs an append nothing.
final class SearchIndex: Sendable {
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

    /// Forgets a session, also in the pages and segments that its words were in.
    func erase(_ session: SessionID) async throws {
        guard FileManager.default.fileExists(atPath: path) else { return }
        try await withCheckedThrowingContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(with: Result { try self.eraseNow(session) }) }
        }
    }

    private func eraseNow(_ session: SessionID) throws {
        try onQueue { index in
            try index.execute("PRAGMA secure_delete=ON")
            try index.transaction {
                try index.query("DELETE FROM words WHERE session = ?", .text(session.description))
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
        try connection.execute(
            """
            PRAGMA journal_mode=WAL;
            CREATE TABLE IF NOT EXISTS progress(position INTEGER NOT NULL);
            CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(text, session UNINDEXED, seq UNINDEXED);
            """)
        return connection
    }

    private func update(_ index: SQLiteConnection, from rows: EventRows) throws {
        try index.transaction {
            var position = try index.integer("SELECT max(position) FROM progress")
            while let last = try rows.texts(
                after: position,
                each: { text, session, seq in
                    try index.query(
                        "INSERT INTO words(text, session, seq) VALUES (?, ?, ?)", .text(text),
                        .text(session.description),
                        .integer(seq.rawValue))
                })
            { position = last }
            try index.execute("DELETE FROM progress")
            try index.query("INSERT INTO progress VALUES (?)", .integer(position))
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
