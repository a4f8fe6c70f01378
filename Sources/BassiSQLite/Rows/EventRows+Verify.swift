import BassiEvents
import BassiStore

extension EventRows {
    /// Checks a whole stream against its chain; nil when every bit is as it was written.
    ///
    /// - Parameters:
    ///   - key: When it is given, the end of every run must be signed with it.
    ///   - note: Takes the blobs that an event names, which are not looked at here.
    func verify(
        _ session: SessionID, signedWith key: LogKey? = nil,
        noting note: (SequenceNumber, [BlobName]) -> Void = { _, _ in }
    ) throws -> ChainCheck.Finding? {
        // At one moment: what is dropped or moved in between would look like a hole.
        try connection.atOneMoment { try verifyNow(session, key, note) }
    }

    private func verifyNow(
        _ session: SessionID, _ key: LogKey?, _ note: (SequenceNumber, [BlobName]) -> Void
    ) throws -> ChainCheck.Finding? {
        guard let stream = try stream(session) else { return nil }
        let parts = try parts(of: stream)
        var check = ChainCheck(session, forks: try all(parts, of: .sessionForked, session))
        var position = SequenceNumber.start
        for part in parts {
            while position < part.last {
                var (found, count): (ChainCheck.Finding?, Int) = (nil, 0)
                try rows(of: part, after: position, limit: Self.pageRowsMax) { row in
                    count += 1
                    if found == nil { found = try self.check(row, parts, &check, session, note) }
                    if found == nil, let key {
                        found = try checkSignature(row, part, check.lastLink, check.origin(of: row.seq), key)
                    }
                    position = row.seq
                }
                if let found { return found }
                if count == 0 { break }
            }
        }
        return check.end(head: stream.head, chain: stream.chain)
    }

    private func check(
        _ row: StoredRow, _ parts: [Part], _ check: inout ChainCheck, _ session: SessionID,
        _ note: (SequenceNumber, [BlobName]) -> Void
    ) throws -> ChainCheck.Finding? {
        do {
            let event = try row.event(in: session)
            if !event.payload.isDelta { note(event.seq, event.blobNames) }
            // A copy that was made where deltas had been dropped begins behind a gap of what it shares.
            let before = event.seq.previous
            let isDropped = parts.first { $0.last >= before }.map { before <= $0.compacted } ?? false
            return check.next(
                ChainCheck.Row(
                    event: event, salt: row.salt, commitment: row.commitment, mayFollowGap: isDropped))
        } catch let error as EventDecodingError {
            return ChainCheck.Finding(session: session, seq: row.seq, problem: "it cannot be read: \(error)")
        }
    }

    private func checkSignature(
        _ row: StoredRow, _ part: Part, _ link: EventHash?, _ origin: SessionID, _ key: LogKey
    ) throws -> ChainCheck.Finding? {
        guard let link, ["run_completed", "run_cancelled"].contains(row.type) else { return nil }
        let problem =
            switch try signature(at: row.seq, part) {
            case nil: "the end of this run is not signed"
            case let signature? where key.isValid(signature, of: origin, at: row.seq, link: link): nil as String?
            default: "its signature is not of this key, or not of this log"
            }
        return problem.map { ChainCheck.Finding(session: origin, seq: row.seq, problem: $0) }
    }
}
