import BassiEvents
import BassiStore

/// Events as rows. The payload's bytes are stored as they were encoded and come back so.
struct EventRows {
    let connection: SQLiteConnection

    /// The stream's row and head; nil when nothing was ever added to it.
    func stream(_ session: SessionID) throws -> (row: Int64, head: SequenceNumber)? {
        var stream: (Int64, SequenceNumber)?
        try connection.query("SELECT id, head FROM streams WHERE session = ?", .blob(session.uuid.bytes)) {
            stream = ($0.integer(0), SequenceNumber($0.integer(1)))
        }
        return stream
    }

    /// Adds the batch to the end of a stream, inside the transaction of the caller.
    ///
    /// - Throws: ``StoreError/conflict(session:expected:actual:)``, before anything is written.
    func append(_ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion) throws -> [Event] {
        let known = try stream(session)
        let head = known?.head ?? .start
        guard version.matches(head) else {
            throw StoreError.conflict(session: session, expected: version, actual: head)
        }
        // An empty batch leaves no trace: a stream without events would have a head of 0, where none is meant.
        if batch.isEmpty { return [] }
        let row = try known?.row ?? insertStream(session)
        let events = batch.enumerated().map { offset, draft in
            Event(draft, sessionID: session, seq: SequenceNumber(head.rawValue + Int64(offset) + 1))
        }
        for event in events { try insert(event, stream: row) }
        guard let last = events.last else { return [] }
        try connection.query(
            "UPDATE streams SET head = ? WHERE id = ?", .integer(last.seq.rawValue), .integer(row))
        return events
    }

    /// The events after a position.
    func read(_ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int) throws
        -> [Event]
    {
        var events: [Event] = []
        guard let stream = try stream(session) else { return [] }
        try connection.query(
            """
            SELECT seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, payload FROM events
            WHERE stream = ? AND seq > ? AND (? OR type IN (SELECT value FROM json_each(?))) ORDER BY seq LIMIT ?
            """, .integer(stream.row), .integer(position.rawValue), .integer(filter == .all ? 1 : 0),
            .text(filter.typesAsJSON), .integer(Int64(min(max(0, limit), 1000)))
        ) { row in events.append(try event(row, session)) }
        return events
    }

    /// The sessions, the one that changed last first.
    func sessions(limit: Int, offset: Int) throws -> [StoredSession] {
        var sessions: [StoredSession] = []
        try connection.query(
            """
            SELECT s.session, s.head, first.timestamp, last.timestamp FROM streams s
            JOIN events first ON first.stream = s.id AND first.seq = 1
            JOIN events last ON last.stream = s.id AND last.seq = s.head
            ORDER BY last.timestamp DESC, s.session DESC LIMIT ? OFFSET ?
            """, .integer(Int64(max(0, limit))), .integer(Int64(max(0, offset)))
        ) { row in
            guard let uuid = UUIDv7(bytes: row.blob(0)) else { return }
            sessions.append(
                StoredSession(
                    id: SessionID(uuid), head: SequenceNumber(row.integer(1)),
                    createdAt: Timestamp(milliseconds: row.integer(2)),
                    updatedAt: Timestamp(milliseconds: row.integer(3))))
        }
        return sessions
    }

    private func insertStream(_ session: SessionID) throws -> Int64 {
        try connection.query("INSERT INTO streams(session) VALUES (?)", .blob(session.uuid.bytes))
        return connection.lastInsertedRow
    }

    private func insert(_ event: Event, stream: Int64) throws {
        try connection.query(
            """
            INSERT INTO events(stream, seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, payload)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .integer(stream), .integer(event.seq.rawValue), .text(event.payload.type),
            .blob(event.id.uuid.bytes), .blob(event.runID?.uuid.bytes), .integer(event.causeSeq?.rawValue),
            .integer(event.timestamp.milliseconds), .integer(Int64(event.schema)), .blob(event.hash?.bytes),
            .blob(event.payloadBytes))
    }

    private func event(_ row: SQLiteRow, _ session: SessionID) throws -> Event {
        let id = EventID(UUIDv7(bytes: row.blob(2)) ?? UUIDv7(high: 0, low: 0))
        let (schema, bytes) = (Int(row.integer(6)), row.blob(8))
        let payload = try EventCoder.decodePayload(type: row.text(1), schema: schema, bytes: bytes, event: id)
        let draft = EventDraft(
            payload, bytes: bytes, runID: UUIDv7(bytes: row.blob(3)).map(RunID.init),
            causeSeq: row.isNull(4) ? nil : SequenceNumber(row.integer(4)), id: id,
            timestamp: Timestamp(milliseconds: row.integer(5)), schema: schema)
        return Event(
            draft, sessionID: session, seq: SequenceNumber(row.integer(0)), hash: EventHash(row.blob(7)))
    }
}

extension EventFilter {
    fileprivate var typesAsJSON: String {
        switch self {
        case .all: "[]"
        case .types(let types): JSONValue.array(types.sorted().map(JSONValue.string)).text
        }
    }
}

extension UUIDv7 {
    /// The 16 bytes, most significant first.
    var bytes: [UInt8] {
        [high, low].flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt64(56 - 8 * $0)) } }
    }

    /// A UUID from its 16 bytes.
    init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        let words = [bytes[..<8], bytes[8...]].map { $0.reduce(UInt64(0)) { $0 << 8 | UInt64($1) } }
        self.init(high: words[0], low: words[1])
    }
}
