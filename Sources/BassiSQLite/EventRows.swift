import BassiEvents
import BassiStore

/// Events as rows. The payload's bytes are stored as they were encoded and come back so.
struct EventRows {
    let connection: SQLiteConnection

    /// A stream's row.
    struct Stream {
        let row: Int64
        let head: SequenceNumber
        let epoch: Int64
        let chain: EventHash?
    }

    /// The stream's row; nil when nothing was ever added to it and nobody has owned it.
    func stream(_ session: SessionID) throws -> Stream? {
        var stream: Stream?
        try connection.query("SELECT id, head, epoch, chain FROM streams WHERE session = ?", .blob(session.uuid.bytes))
        {
            stream = Stream(
                row: $0.integer(0), head: SequenceNumber($0.integer(1)), epoch: $0.integer(2),
                chain: EventHash($0.blob(3)))
        }
        return stream
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

    /// Adds the batch to the end of a stream, inside the transaction of the caller.
    ///
    /// - Throws: ``StoreError/conflict(session:expected:actual:)`` or ``StoreError/fenced(session:epoch:)``, before
    ///   anything is written.
    func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, under lease: Lease?
    ) throws -> [Event] {
        let known = try stream(session)
        if let lease, lease.epoch != known?.epoch { throw StoreError.fenced(session: session, epoch: lease.epoch) }
        let head = known?.head ?? .start
        guard version.matches(head) else {
            throw StoreError.conflict(session: session, expected: version, actual: head)
        }
        // An empty batch leaves no trace: a stream without events would have a head of 0, where none is meant.
        if batch.isEmpty { return [] }
        let row = try known?.row ?? insertStream(session)
        var chain = EventChain(after: known?.chain)
        var events: [Event] = []
        events.reserveCapacity(batch.count)
        for draft in batch {
            let seq = SequenceNumber(head.rawValue + Int64(events.count) + 1)
            let salt = draft.payload.isDelta ? nil : EventChain.salt()
            let hash = salt.flatMap { salt in
                chain.link(
                    EventHeader(draft, session: session, seq: seq),
                    commitment: EventChain.commitment(salt: salt, payload: draft.payloadBytes))
            }
            let event = Event(draft, sessionID: session, seq: seq, hash: hash)
            try insert(event, salt: salt, stream: row)
            events.append(event)
        }
        guard let last = events.last else { return [] }
        try connection.query(
            "UPDATE streams SET head = ?, chain = ? WHERE id = ?", .integer(last.seq.rawValue),
            .blob(chain.head?.bytes), .integer(row))
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

    /// The sessions, the one that changed last first; or the one that is asked for.
    func sessions(
        limit: Int, offset: Int, only session: SessionID? = nil, isOwned: (SessionID) -> Bool
    ) throws -> [StoredSession] {
        var sessions: [StoredSession] = []
        try connection.query(
            """
            SELECT s.session, s.head, first.timestamp, last.timestamp FROM streams s
            JOIN events first ON first.stream = s.id AND first.seq = 1
            JOIN events last ON last.stream = s.id AND last.seq = s.head
            WHERE ?1 IS NULL OR s.session = ?1
            ORDER BY last.timestamp DESC, s.session DESC LIMIT ?2 OFFSET ?3
            """, .blob(session?.uuid.bytes), .integer(Int64(max(0, limit))), .integer(Int64(max(0, offset)))
        ) { row in
            guard let uuid = UUIDv7(bytes: row.blob(0)) else { return }
            let id = SessionID(uuid)
            sessions.append(
                StoredSession(
                    id: id, head: SequenceNumber(row.integer(1)),
                    createdAt: Timestamp(milliseconds: row.integer(2)),
                    updatedAt: Timestamp(milliseconds: row.integer(3)), hasOwner: isOwned(id)))
        }
        return sessions
    }

    /// The texts of prompts and answers in the order in which they were stored, whatever their session, at most 1,000
    /// of them. Gives the place of the last one, or nil when there was none.
    func texts(after position: Int64, each: (String, SessionID, SequenceNumber) throws -> Void) throws -> Int64? {
        var last: Int64?
        try connection.query(
            """
            SELECT e.position, s.session, e.seq, e.type, e.event_id, e.schema, e.payload
            FROM events e JOIN streams s ON s.id = e.stream
            WHERE e.position > ? AND e.type IN ('prompt_received', 'content_block_end') ORDER BY e.position LIMIT 1000
            """, .integer(position)
        ) { row in
            last = row.integer(0)
            guard let uuid = UUIDv7(bytes: row.blob(1)), let event = UUIDv7(bytes: row.blob(4)) else { return }
            let payload = try EventCoder.decodePayload(
                type: row.text(3), schema: Int(row.integer(5)), bytes: row.blob(6), event: EventID(event))
            guard let text = payload.searchableText else { return }
            try each(text, SessionID(uuid), SequenceNumber(row.integer(2)))
        }
        return last
    }

    /// Removes a whole stream. The trigger that keeps every program from that is taken away inside the transaction.
    func erase(_ session: SessionID) throws {
        guard let stream = try stream(session) else { return }
        try connection.execute("DROP TRIGGER events_are_never_deleted")
        try connection.query("DELETE FROM events WHERE stream = ?", .integer(stream.row))
        try connection.query("DELETE FROM streams WHERE id = ?", .integer(stream.row))
        try connection.execute(Schema.deleteTrigger)
    }

    /// Checks a whole stream against its chain; nil when every bit is as it was written.
    func verify(_ session: SessionID) throws -> ChainCheck.Finding? {
        guard let stream = try stream(session) else { return nil }
        var check = ChainCheck(session)
        var found: ChainCheck.Finding?
        var position: Int64 = 0
        while found == nil {
            var count = 0
            try connection.query(
                """
                SELECT seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, payload, salt FROM events
                WHERE stream = ? AND seq > ? ORDER BY seq LIMIT 1000
                """, .integer(stream.row), .integer(position)
            ) { row in
                count += 1
                position = row.integer(0)
                if found != nil { return }
                do {
                    found = check.next(try event(row, session), salt: row.blob(9))
                } catch {
                    let problem = "it cannot be read: \(error)"
                    found = ChainCheck.Finding(session: session, seq: SequenceNumber(position), problem: problem)
                }
            }
            if count == 0 { break }
        }
        return found ?? check.end(head: stream.head, chain: stream.chain)
    }

    private func insertStream(_ session: SessionID) throws -> Int64 {
        try connection.query("INSERT INTO streams(session) VALUES (?)", .blob(session.uuid.bytes))
        return connection.lastInsertedRow
    }

    private func insert(_ event: Event, salt: [UInt8]?, stream: Int64) throws {
        try connection.query(
            """
            INSERT INTO events(stream, seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, salt, payload)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, .integer(stream), .integer(event.seq.rawValue), .text(event.payload.type),
            .blob(event.id.uuid.bytes), .blob(event.runID?.uuid.bytes), .integer(event.causeSeq?.rawValue),
            .integer(event.timestamp.milliseconds), .integer(Int64(event.schema)), .blob(event.hash?.bytes),
            .blob(salt), .blob(event.payloadBytes))
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

extension EventPayload {
    /// What a person searches for: what was asked, and what was answered.
    fileprivate var searchableText: String? {
        switch self {
        case .promptReceived(let prompt): prompt.content.compactMap(\.text).joined(separator: "\n")
        case .contentBlockEnd(let end): end.kind == .text ? end.text : nil
        default: nil
        }
    }
}
