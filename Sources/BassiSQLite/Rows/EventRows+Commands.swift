import BassiEvents
import BassiStore

/// Commands as rows: what another process wants of a session, and what came of it.
extension EventRows {
    func submit(_ id: String, _ body: [UInt8], to session: SessionID) throws -> StoredCommand {
        guard let stream = try stream(session), stream.head > .start else {
            throw StoreError.noSuchPosition(session: session, position: nil, head: .start)
        }
        if let known = try command(id, of: session) { return known }
        let pending = try connection.integer(
            "SELECT count(*) FROM commands WHERE stream = ? AND result IS NULL", .integer(stream.row))
        guard pending < CommandBounds.pendingMax else {
            throw StoreError.tooManyCommands(session: session, max: CommandBounds.pendingMax)
        }
        try connection.query(
            "INSERT INTO commands(stream, command, body) VALUES (?, ?, ?)", .integer(stream.row), .text(id), .blob(body)
        )
        return StoredCommand(id: id, number: connection.lastInsertedRow, body: body, result: nil)
    }

    func command(_ id: String, of session: SessionID) throws -> StoredCommand? {
        var found: StoredCommand?
        try connection.query(
            """
            SELECT id, command, body, result FROM commands
            WHERE stream = (SELECT id FROM streams WHERE session = ?) AND command = ?
            """, .blob(session.uuid.bytes), .text(id)
        ) { found = $0.command }
        return found
    }

    func pendingCommands(of session: SessionID, after number: Int64, limit: Int) throws -> [StoredCommand] {
        var commands: [StoredCommand] = []
        try connection.query(
            """
            SELECT id, command, body, result FROM commands
            WHERE stream = (SELECT id FROM streams WHERE session = ?) AND result IS NULL AND id > ?
            ORDER BY id LIMIT ?
            """, .blob(session.uuid.bytes), .integer(number),
            .integer(Int64(min(max(0, limit), CommandBounds.pageMax)))
        ) { commands.append($0.command) }
        return commands
    }

    /// The body goes with the result: what a prompt said is in the log, and erasing it there must be enough. Its pages
    /// are overwritten, since a later erasure could not find them any more.
    func complete(
        _ id: String, of session: SessionID, with result: [UInt8], under lease: Lease?
    ) throws -> [UInt8] {
        if let lease, try stream(session)?.epoch != lease.epoch {
            throw StoreError.fenced(session: session, epoch: lease.epoch)
        }
        guard let known = try command(id, of: session) else { throw StoreError.unknownCommand(id, session: session) }
        if let first = known.result { return first }
        try connection.execute("PRAGMA secure_delete=ON")
        defer { try? connection.execute("PRAGMA secure_delete=OFF") }
        try connection.query(
            "UPDATE commands SET result = ?, body = x'' WHERE id = ?", .blob(result), .integer(known.number))
        return result
    }

    /// The number of the last command of all sessions.
    func lastCommand() throws -> Int64 { try connection.integer("SELECT max(id) FROM commands") }

    /// Whether a wait is over. A command that is gone has no result to wait for.
    func isThere(_ sought: CommandBell.Sought) throws -> Bool {
        switch sought {
        case .command(let session, let number):
            try connection.integer(
                """
                SELECT EXISTS (SELECT 1 FROM commands
                WHERE stream = (SELECT id FROM streams WHERE session = ?) AND result IS NULL AND id > ?)
                """, .blob(session.uuid.bytes), .integer(number)) > 0
        case .result(let number):
            try connection.integer(
                "SELECT EXISTS (SELECT 1 FROM commands WHERE id = ? AND result IS NULL)", .integer(number)) == 0
        }
    }
}

extension SQLiteRow {
    /// The row of a command: its number, id, body and result.
    fileprivate var command: StoredCommand {
        StoredCommand(id: text(1), number: integer(0), body: blob(2), result: isNull(3) ? nil : blob(3))
    }
}
