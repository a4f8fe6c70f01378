import BassiEvents
import BassiStore

/// Events as rows. The payload's bytes are stored as they were encoded and come back so.
struct EventRows {
    let connection: SQLiteConnection

    /// A stream's row.
    struct Stream {
        let row: Int64
        let session: SessionID
        let head: SequenceNumber
        let epoch: Int64
        let chain: EventHash?
        /// The stream that it shares its first events with, and the last of those.
        let parent: Int64?
        let forkedAt: SequenceNumber
        /// Deltas up to here whose blocks ended before that were dropped.
        let compacted: SequenceNumber
    }

    /// Rows that are a part of a session's log: its own, or those of what it was copied from.
    struct Part {
        let stream: Int64
        /// The last position that is taken from there.
        let last: SequenceNumber
        let compacted: SequenceNumber
    }

    /// The stream's row; nil when nothing was ever added to it and nobody has owned it.
    func stream(_ session: SessionID) throws -> Stream? {
        try stream("session = ?", .blob(session.uuid.bytes))
    }

    /// The stream of that row.
    func stream(row: Int64) throws -> Stream? { try stream("id = ?", .integer(row)) }

    private func stream(_ condition: String, _ key: SQLiteValue) throws -> Stream? {
        var stream: Stream?
        try connection.query(
            """
            SELECT id, session, head, epoch, chain, parent, forked_at, compacted FROM streams WHERE \(condition)
            """, key
        ) { row in
            guard let uuid = row.uuid(1) else { return }
            stream = Stream(
                row: row.integer(0), session: SessionID(uuid), head: SequenceNumber(row.integer(2)),
                epoch: row.integer(3), chain: EventHash(row.blob(4)), parent: row.isNull(5) ? nil : row.integer(5),
                forkedAt: SequenceNumber(row.integer(6)), compacted: SequenceNumber(row.integer(7)))
        }
        return stream
    }

    /// Where the events of a stream lie, the first ones first.
    func parts(of stream: Stream) throws -> [Part] {
        var parts = [Part(stream: stream.row, last: stream.head, compacted: stream.compacted)]
        var (child, last) = (stream, stream.head)
        while let row = child.parent, let parent = try self.stream(row: row) {
            last = min(last, child.forkedAt)
            parts.append(Part(stream: parent.row, last: last, compacted: parent.compacted))
            child = parent
        }
        return parts.reversed()
    }

    /// Makes a new owner: the next epoch, with a name for those who ask.
    func beginEpoch(of session: SessionID, owner: String) throws -> Int64 {
        let row = try stream(session)?.row ?? insertStream(session)
        var epoch: Int64 = 0
        try connection.query(
            "UPDATE streams SET epoch = epoch + 1, owner = ? WHERE id = ? RETURNING epoch", .text(owner), .integer(row)
        ) { epoch = $0.integer(0) }
        return epoch
    }

    /// Who said last that he owns the session.
    func owner(of session: SessionID) throws -> String? {
        var owner: String?
        try connection.query("SELECT owner FROM streams WHERE session = ?", .blob(session.uuid.bytes)) {
            owner = $0.isNull(0) ? nil : $0.text(0)
        }
        return owner
    }

    /// The sessions, the one that changed last first; or the one that is asked for.
    func sessions(
        limit: Int, offset: Int, only session: SessionID? = nil, isOwned: (SessionID) -> Bool
    ) throws -> [StoredSession] {
        var sessions: [StoredSession] = []
        try connection.query(
            """
            SELECT session, head, created, updated FROM streams
            WHERE head > 0 AND (?1 IS NULL OR session = ?1)
            ORDER BY updated DESC, session DESC LIMIT ?2 OFFSET ?3
            """, .blob(session?.uuid.bytes), .integer(Int64(max(0, limit))), .integer(Int64(max(0, offset)))
        ) { row in
            guard let id = row.uuid(0).map(SessionID.init) else { return }
            sessions.append(
                StoredSession(
                    id: id, head: SequenceNumber(row.integer(1)),
                    createdAt: Timestamp(milliseconds: row.integer(2)),
                    updatedAt: Timestamp(milliseconds: row.integer(3)), hasOwner: isOwned(id)))
        }
        return sessions
    }

    /// Sessions that were last changed before a moment and not compacted to their end.
    func sessionsToCompact(before moment: Timestamp, limit: Int) throws -> [SessionID] {
        var sessions: [SessionID] = []
        try connection.query(
            """
            SELECT session FROM streams WHERE head > 0 AND updated < ? AND compacted < head ORDER BY updated LIMIT ?
            """, .integer(moment.milliseconds), .integer(Int64(max(0, limit)))
        ) { row in if let uuid = row.uuid(0) { sessions.append(SessionID(uuid)) } }
        return sessions
    }

    func insertStream(_ session: SessionID) throws -> Int64 {
        try connection.query("INSERT INTO streams(session) VALUES (?)", .blob(session.uuid.bytes))
        return connection.lastInsertedRow
    }
}
