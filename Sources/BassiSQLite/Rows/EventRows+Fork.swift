import BassiEvents
import BassiStore

extension EventRows {
    /// Makes a stream that shares the events of another up to a position: one row, and its first own event.
    func fork(_ session: SessionID, at position: SequenceNumber?, into child: SessionID, signedWith key: LogKey?) throws
        -> Event
    {
        let parent = try stream(session)
        let head = parent?.head ?? .start
        let position = position ?? head
        guard let parent, position > .start, position <= head else {
            throw StoreError.noSuchPosition(session: session, position: position, head: head)
        }
        let known = try stream(child)
        if let known, known.head > .start {
            throw StoreError.conflict(session: child, expected: .noStream, actual: known.head)
        }
        // Shared with the one whose rows they are: a copy of a copy, made before its own events, has the same parent,
        // and the links before its first event are those of that.
        let owner = try parts(of: parent).first { $0.last >= position }.flatMap { try stream(row: $0.stream) } ?? parent
        let row = try known?.row ?? insertStream(child)
        try connection.query(
            "UPDATE streams SET head = ?1, forked_at = ?1, parent = ?2, chain = ?3 WHERE id = ?4",
            .integer(position.rawValue), .integer(owner.row), .blob(try link(in: parent, at: position)?.bytes),
            .integer(row))
        let draft = EventDraft.forking(try origin(of: position, in: owner), at: position, into: child)
        let events = try append([draft], to: child, expecting: .exact(position), under: nil, signedWith: key)
        try connection.query(
            "UPDATE streams SET created = ? WHERE id = ?", .integer(draft.timestamp.milliseconds), .integer(row))
        return events[0]
    }

    /// The copies of a session that take events from its own rows.
    func forks(of session: SessionID) throws -> [SessionID] {
        var forks: [SessionID] = []
        try connection.query(
            "SELECT session FROM streams WHERE parent = (SELECT id FROM streams WHERE session = ?)",
            .blob(session.uuid.bytes)
        ) { row in if let uuid = row.uuid(0) { forks.append(SessionID(uuid)) } }
        return forks
    }

    /// A session, all that it was copied from, and all copies of those: who may read rows of each other.
    func family(of session: SessionID) throws -> [SessionID] {
        guard let stream = try stream(session) else { return [] }
        var family = try parts(of: stream).compactMap { try self.stream(row: $0.stream)?.session }
        var next = 0
        while next < family.count {
            for fork in try forks(of: family[next]) where !family.contains(fork) { family.append(fork) }
            next += 1
        }
        return family.contains(session) ? family : family + [session]
    }

    /// The session in which one of a stream's own rows was written.
    private func origin(of position: SequenceNumber, in stream: Stream) throws -> SessionID {
        var origin = stream.session
        try connection.query(
            "SELECT session FROM origins WHERE stream = ? AND last >= ? ORDER BY last LIMIT 1", .integer(stream.row),
            .integer(position.rawValue)
        ) { row in if let uuid = row.uuid(0) { origin = SessionID(uuid) } }
        return origin
    }

    /// Notes that a stream's own rows up to a position were written in another session.
    func noteOrigin(_ session: SessionID, upTo last: SequenceNumber, in stream: Int64) throws {
        try connection.query(
            "INSERT OR REPLACE INTO origins VALUES (?, ?, ?)", .integer(stream), .integer(last.rawValue),
            .blob(session.uuid.bytes))
    }

    /// Gives every copy of a stream its own rows of what it shares with it, so that the stream can go.
    func separateForks(of parent: Stream) throws {
        var forks: [(row: Int64, at: Int64)] = []
        try connection.query("SELECT id, forked_at FROM streams WHERE parent = ?", .integer(parent.row)) {
            forks.append(($0.integer(0), $0.integer(1)))
        }
        for fork in forks {
            for table in ["events", "signatures"] {
                try connection.query(
                    """
                    INSERT INTO \(table) SELECT ?1, \(Self.columns(of: table)) FROM \(table)
                    WHERE stream = ?2 AND seq <= ?3
                    """, .integer(fork.row), .integer(parent.row), .integer(fork.at))
            }
            try connection.query(
                "INSERT INTO origins SELECT ?1, last, session FROM origins WHERE stream = ?2 AND last < ?3",
                .integer(fork.row), .integer(parent.row), .integer(fork.at))
            let last = SequenceNumber(fork.at)
            try noteOrigin(try origin(of: last, in: parent), upTo: last, in: fork.row)
            try connection.query(
                """
                UPDATE streams SET parent = ?1, forked_at = min(?2, ?3),
                    compacted = max(compacted, min(?4, ?3)) WHERE id = ?5
                """, .integer(parent.parent), .integer(parent.forkedAt.rawValue), .integer(fork.at),
                .integer(parent.compacted.rawValue), .integer(fork.row))
        }
    }

    private static func columns(of table: String) -> String {
        table == "events"
            ? "seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, salt, commitment, payload"
            : "seq, signature"
    }
}
