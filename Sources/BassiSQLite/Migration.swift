import BassiEvents
import BassiStore

/// Brings a file of an older form up to date, in one transaction: a crash leaves the old form whole.
enum Migration {
    /// Version 1 had neither owners nor links. Its events are linked now, as they stand: what was changed before cannot
    /// be told any more, and whatever is changed from now on can.
    static func fromVersion1(_ connection: SQLiteConnection) throws {
        try connection.execute(
            """
            ALTER TABLE streams ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
            ALTER TABLE streams ADD COLUMN owner TEXT;
            ALTER TABLE streams ADD COLUMN chain BLOB;
            DROP TRIGGER events_are_never_changed;
            """)
        let rows = EventRows(connection: connection)
        for session in try sessions(connection) { try link(session, rows) }
        try connection.execute(Schema.changeTrigger)
        try connection.execute("PRAGMA user_version = 2")
    }

    private static func sessions(_ connection: SQLiteConnection) throws -> [SessionID] {
        var sessions: [SessionID] = []
        try connection.query("SELECT session FROM streams") { row in
            if let uuid = UUIDv7(bytes: row.blob(0)) { sessions.append(SessionID(uuid)) }
        }
        return sessions
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
