import BassiEvents
import BassiStore

/// A log that was exported elsewhere, taken in as it was written.
extension EventRows {
    /// Why a log was not taken.
    struct Refusal: Error {
        let line: Int
        let reason: String
    }

    /// Inserts a whole log, checking it as ``verify(_:signedWith:)`` does.
    ///
    /// - Parameter log: Its lines in their order.
    func restore(_ session: SessionID, forks: [Event], _ log: ExportedLines) throws {
        let known = try stream(session)
        if let known, known.head > .start {
            throw StoreError.conflict(session: session, expected: .noStream, actual: known.head)
        }
        let row = try known?.row ?? insertStream(session)
        let insertion = try EventInsertion(connection, stream: row)
        var check = ChainCheck(session, forks: forks)
        var (first, last, compacted): (Event?, Event?, SequenceNumber) = (nil, nil, .start)
        for line in log.events {
            let exported = try line.decoded()
            let event = exported.event
            guard event.sessionID == session else {
                throw Refusal(line: line.number, reason: "it is of another session")
            }
            if event.seq.previous > last?.seq ?? .start { compacted = event.seq.previous }
            if let found = check.next(exported.row(mayFollowGap: true)) {
                throw Refusal(line: line.number, reason: "position \(found.seq): \(found.problem)")
            }
            try insertion.insert(event, salt: exported.salt, commitment: exported.commitment)
            if let signature = exported.signature { try sign(event.seq, signature, row) }
            (first, last) = (first ?? event, event)
        }
        guard let first, let last else { throw Refusal(line: 0, reason: "there is no event in it") }
        for fork in forks {
            guard case .sessionForked(let forked) = fork.payload, let from = forked.fromSessionID else { continue }
            try noteOrigin(from, upTo: fork.seq.previous, in: row)
        }
        try connection.query(
            "UPDATE streams SET head = ?, chain = ?, created = ?, updated = ?, compacted = ? WHERE id = ?",
            .integer(last.seq.rawValue), .blob(check.lastLink?.bytes), .integer(first.timestamp.milliseconds),
            .integer(last.timestamp.milliseconds), .integer(compacted.rawValue), .integer(row))
    }
}
