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
        try page(of: session, after: position, where: filter, limit: limit) { row in
            events.append(try row.event(in: session))
        }
        return events
    }

    /// The same as lines: nothing of the payloads is looked at.
    func lines(_ session: SessionID, after position: SequenceNumber, where filter: EventFilter, limit: Int) throws
        -> EventLines
    {
        var lines = EventLines()
        try page(of: session, after: position, where: filter, limit: limit) { $0.append(to: &lines, in: session) }
        return lines
    }

    /// A page of a session's rows, wherever they lie, as they are at one moment: when a parent is deleted meanwhile, its
    /// forks have them.
    private func page(
        of session: SessionID, after position: SequenceNumber, where filter: EventFilter = .all, limit: Int,
        _ each: (StoredRow) throws -> Void
    ) throws {
        guard let stream = try stream(session) else { return }
        guard stream.parent == nil else {
            return try connection.atOneMoment {
                guard let stream = try self.stream(session) else { return }
                try page(of: try parts(of: stream), after: position, where: filter, limit: limit, each)
            }
        }
        let own = Part(stream: stream.row, last: stream.head, compacted: stream.compacted)
        try page(of: [own], after: position, where: filter, limit: limit, each)
    }

    private func page(
        of parts: [Part], after position: SequenceNumber, where filter: EventFilter, limit: Int,
        _ each: (StoredRow) throws -> Void
    ) throws {
        var left = min(max(0, limit), Self.pageRowsMax)
        for part in parts where part.last > position && left > 0 {
            try rows(of: part, after: position, where: filter, limit: left) { row in
                left -= 1
                try each(row)
            }
        }
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
        try connection.atOneMoment {
            guard let stream = try stream(session) else { return }
            let parts = try parts(of: stream)
            try page(of: parts, after: position, where: .all, limit: Self.pageRowsMax) { row in
                let event = try row.event(in: session)
                let part = event.payload.endsRun ? parts.first { $0.last >= row.seq } : nil
                events.append(
                    ExportedEvent(
                        event: event, salt: row.salt.isEmpty ? nil : row.salt, commitment: row.commitment,
                        signature: try part.flatMap { try signature(at: row.seq, $0) }))
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
    func all(_ parts: [Part], of type: EventType, _ session: SessionID) throws -> [Event] {
        var (events, position, count): ([Event], SequenceNumber, Int) = ([], .start, 1)
        while count > 0 {
            count = 0
            try page(of: parts, after: position, where: .types(type), limit: Self.pageRowsMax) { row in
                events.append(try row.event(in: session))
                (position, count) = (row.seq, count + 1)
            }
        }
        return events
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
