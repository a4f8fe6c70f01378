import BassiEvents
import BassiStore

extension EventRows {
    /// The most rows that one page has: no read holds the file for long.
    static let pageRowsMax = 1000

    /// The events after a position.
    func read(_ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int) throws
        -> [Event]
    {
        var events: [Event] = []
        guard let stream = try stream(session) else { return [] }
        let limit = min(max(0, limit), Self.pageRowsMax)
        for part in try parts(of: stream) where part.last > position && events.count < limit {
            try rows(of: part, after: position, where: filter, limit: limit - events.count) { row in
                events.append(try row.event(in: session))
            }
        }
        return events
    }

    /// The same as lines: nothing of the payloads is looked at.
    func lines(_ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int) throws
        -> EventLines
    {
        var lines = EventLines()
        guard let stream = try stream(session) else { return lines }
        let limit = min(max(0, limit), Self.pageRowsMax)
        for part in try parts(of: stream) where part.last > position && lines.places.count < limit {
            try rows(of: part, after: position, where: filter, limit: limit - lines.places.count) { row in
                row.append(to: &lines, in: session)
            }
        }
        return lines
    }

    /// The stored rows of a part after a position, in order.
    func rows(
        of part: Part, after position: SequenceNumber, where filter: EventFilter = .all, limit: Int,
        _ each: (StoredRow) throws -> Void
    ) throws {
        let body = { (row: SQLiteRow) in try each(StoredRow(row: row)) }
        let (stream, after, last) = (
            SQLiteValue.integer(part.stream), SQLiteValue.integer(position.rawValue),
            SQLiteValue.integer(part.last.rawValue)
        )
        switch filter {
        case .all:
            try connection.query(
                "SELECT \(StoredRow.columns) FROM events WHERE stream = ? AND seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
                stream, after, last, .integer(Int64(limit)), row: body)
        case .types(let types):
            try connection.query(
                """
                SELECT \(StoredRow.columns) FROM events WHERE stream = ? AND seq > ? AND seq <= ?
                AND type IN (SELECT value FROM json_each(?)) ORDER BY seq LIMIT ?
                """, stream, after, last, .text(JSONValue.array(types.sorted().map(JSONValue.string)).text),
                .integer(Int64(limit)), row: body)
        }
    }

    /// The last link of a part at or before a position: where a copy goes on.
    func link(in stream: Stream, at position: SequenceNumber) throws -> EventHash? {
        for part in try parts(of: stream).reversed() {
            var hash: EventHash?
            try connection.query(
                """
                SELECT hash FROM events WHERE stream = ? AND seq <= ? AND hash IS NOT NULL ORDER BY seq DESC LIMIT 1
                """, .integer(part.stream), .integer(min(part.last, position).rawValue)
            ) { hash = EventHash($0.blob(0)) }
            if let hash { return hash }
        }
        return nil
    }

    /// A page of events with all that their proof needs.
    func export(_ session: SessionID, after position: SequenceNumber) throws -> [ExportedEvent] {
        var events: [ExportedEvent] = []
        guard let stream = try stream(session) else { return [] }
        for part in try parts(of: stream) where part.last > position && events.count < Self.pageRowsMax {
            try rows(of: part, after: position, limit: Self.pageRowsMax - events.count) { row in
                let event = try row.event(in: session)
                let signature = event.payload.endsRun ? try self.signature(at: row.seq, part) : nil
                events.append(
                    ExportedEvent(
                        event: event, salt: row.salt.isEmpty ? nil : row.salt, commitment: row.commitment,
                        signature: signature))
            }
        }
        return events
    }

    /// The signature of the end of a run.
    func signature(at seq: SequenceNumber, _ part: Part) throws -> [UInt8]? {
        var signature: [UInt8]?
        try connection.query(
            "SELECT signature FROM signatures WHERE stream = ? AND seq = ?", .integer(part.stream),
            .integer(seq.rawValue)
        ) { signature = $0.blob(0) }
        return signature
    }

    /// The last position of a stream's own rows whose event was made before a moment; nil when there is none.
    func lastPosition(of stream: Stream, before moment: Timestamp) throws -> SequenceNumber? {
        var last: SequenceNumber?
        try connection.query(
            """
            SELECT seq FROM events WHERE stream = ? AND seq > ? AND timestamp < ? ORDER BY seq DESC LIMIT 1
            """, .integer(stream.row), .integer(max(stream.compacted, stream.forkedAt).rawValue),
            .integer(moment.milliseconds)
        ) { last = SequenceNumber($0.integer(0)) }
        return last
    }

    /// All events of some types that a log has, in order.
    func all(_ session: SessionID, of types: EventType...) throws -> [Event] {
        var (events, position): ([Event], SequenceNumber) = ([], .start)
        while true {
            let page = try read(
                session, after: position, where: .types(Set(types.map(\.rawValue))), limit: Self.pageRowsMax)
            guard let last = page.last else { return events }
            events += page
            position = last.seq
        }
    }
}

/// One row of the table of events, valid until the next step.
struct StoredRow {
    static let columns =
        "seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, payload, salt, commitment"

    fileprivate let row: SQLiteRow

    fileprivate init(row: SQLiteRow) { self.row = row }

    var seq: SequenceNumber { SequenceNumber(row.integer(0)) }
    var type: String { row.text(1) }
    var payload: [UInt8] { row.blob(8) }
    var salt: [UInt8] { row.blob(9) }
    /// What stands for an erased payload.
    var commitment: [UInt8]? { row.isNull(10) ? nil : row.blob(10) }

    /// Adds the event's line, as it stands in the session that is read.
    func append(to lines: inout EventLines, in session: SessionID) {
        let envelope = EventEnvelope(
            id: EventID(row.uuid(2) ?? UUIDv7(high: 0, low: 0)), session: session, seq: seq,
            runID: row.uuid(3).map(RunID.init), causeSeq: row.isNull(4) ? nil : SequenceNumber(row.integer(4)),
            timestamp: Timestamp(milliseconds: row.integer(5)), schema: Int(row.integer(6)),
            hash: row.hash(7), isErased: !row.isNull(10))
        row.withBytes(1) { type in
            row.withBytes(8) { lines.append(envelope, type: type, payload: $0) }
        }
    }

    /// The event, as it stands in the session that is read; a copy reads what it shares as its own.
    func event(in session: SessionID) throws -> Event {
        let id = EventID(row.uuid(2) ?? UUIDv7(high: 0, low: 0))
        let (schema, bytes) = (Int(row.integer(6)), payload)
        let decoded = try EventCoder.decodePayload(type: type, schema: schema, bytes: bytes, event: id)
        let draft = EventDraft(
            decoded, bytes: bytes, runID: row.uuid(3).map(RunID.init),
            causeSeq: row.isNull(4) ? nil : SequenceNumber(row.integer(4)), id: id,
            timestamp: Timestamp(milliseconds: row.integer(5)), schema: schema)
        return Event(
            draft, sessionID: session, seq: seq, hash: row.hash(7),
            isErased: !row.isNull(10))
    }
}
