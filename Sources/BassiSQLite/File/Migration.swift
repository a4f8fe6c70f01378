import BassiEvents
import BassiStore

/// Brings a file of an older form up to date, in one transaction: a crash leaves the old form whole.
///
/// Version 1 had neither owners nor links, and version 2 kept all events in one row after another with an index over
/// their streams. Both have their rows moved into the tables of today, as they stand.
enum Migration {
    static func run(_ connection: SQLiteConnection, from version: Int64) throws {
        try connection.execute(
            """
            DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted;
            DROP INDEX events_by_stream;
            ALTER TABLE events RENAME TO old_events; ALTER TABLE streams RENAME TO old_streams;
            \(Schema.tables)
            INSERT INTO streams(id, session, head) SELECT id, session, head FROM old_streams;
            INSERT INTO events(stream, seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, salt, payload)
                SELECT stream, seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, salt, payload
                FROM old_events ORDER BY stream, seq;
            UPDATE streams SET
                created = coalesce((SELECT timestamp FROM events WHERE stream = streams.id AND seq = 1), 0),
                updated = coalesce((SELECT timestamp FROM events WHERE stream = streams.id AND seq = head), 0);
            """)
        if version == 1 {
            try linkAll(connection)
        } else {
            try connection.execute(
                """
                UPDATE streams SET (epoch, owner, chain) =
                    (SELECT epoch, owner, chain FROM old_streams WHERE old_streams.id = streams.id);
                """)
        }
        try connection.execute("DROP TABLE old_events; DROP TABLE old_streams")
    }

    /// The events of version 1 are linked as they stand: what was changed before cannot be told any more, and whatever
    /// is changed from now on can.
    private static func linkAll(_ connection: SQLiteConnection) throws {
        var sessions: [SessionID] = []
        try connection.query("SELECT session FROM streams") { row in
            if let uuid = row.uuid(0) { sessions.append(SessionID(uuid)) }
        }
        let rows = EventRows(connection: connection)
        for session in sessions { try link(session, rows) }
    }

    private static func link(_ session: SessionID, _ rows: EventRows) throws {
        guard let stream = try rows.stream(session) else { return }
        var chain = EventChain()
        var position = SequenceNumber.start
        while true {
            let page = try rows.read(session, after: position, where: .all, limit: 1000)
            guard let last = page.last else { break }
            for event in page where !event.payload.isDelta {
                let salt = EventChain.salt()
                let commitment = EventChain.commitment(salt: salt, payload: event.payloadBytes)
                let hash = chain.link(EventHeader(event), commitment: commitment)
                try rows.connection.query(
                    "UPDATE events SET hash = ?, salt = ? WHERE stream = ? AND seq = ?", .blob(hash?.bytes),
                    .blob(salt), .integer(stream.row), .integer(event.seq.rawValue))
            }
            position = last.seq
        }
        try rows.connection.query(
            "UPDATE streams SET chain = ? WHERE id = ?", .blob(chain.head?.bytes), .integer(stream.row))
    }
}
