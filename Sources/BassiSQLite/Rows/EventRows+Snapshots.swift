import BassiEvents
import BassiStore

extension EventRows {
    /// The latest snapshot of a stream, or of what it shares with others.
    func snapshot(of session: SessionID, kind: String) throws -> Snapshot? {
        guard let stream = try stream(session) else { return nil }
        for part in try parts(of: stream).reversed() {
            var found: Snapshot?
            try connection.query(
                "SELECT seq, state FROM snapshots WHERE stream = ? AND kind = ? AND seq <= ?", .integer(part.stream),
                .text(kind), .integer(part.last.rawValue)
            ) { found = Snapshot(kind: kind, seq: SequenceNumber($0.integer(0)), bytes: $0.blob(1)) }
            if let found { return found }
        }
        return nil
    }

    /// Keeps a snapshot in place of the one before; one of events that are not there is of another log.
    func keep(_ snapshot: Snapshot, of session: SessionID) throws {
        guard let stream = try stream(session), snapshot.seq <= stream.head, snapshot.seq > stream.forkedAt else {
            return
        }
        try connection.query(
            "INSERT OR REPLACE INTO snapshots VALUES (?, ?, ?, ?)", .integer(stream.row), .text(snapshot.kind),
            .integer(snapshot.seq.rawValue), .blob(snapshot.bytes))
    }
}
