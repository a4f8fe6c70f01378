import BassiEvents
import BassiStore

/// What a person searches for: what was asked, and what was answered.
extension EventRows {
    /// Where every session ends.
    func heads() throws -> [(session: SessionID, head: SequenceNumber)] {
        var heads: [(SessionID, SequenceNumber)] = []
        try connection.query("SELECT session, head FROM streams WHERE head > 0") { row in
            if let uuid = row.uuid(0) { heads.append((SessionID(uuid), SequenceNumber(row.integer(1)))) }
        }
        return heads
    }

    /// The texts of a session's prompts and answers after a position, in order. What a copy shares is found in the
    /// session that it was copied from.
    func texts(
        of session: SessionID, after position: SequenceNumber, each: (String, SequenceNumber) throws -> Void
    ) throws {
        guard let stream = try stream(session), let own = try parts(of: stream).last else { return }
        var position = max(position, stream.forkedAt)
        while true {
            var count = 0
            try rows(
                of: own, after: position, where: .types(.promptReceived, .contentBlockEnd), limit: Self.pageRowsMax
            ) { row in
                (count, position) = (count + 1, row.seq)
                let event = try row.event(in: session)
                if !event.isErased, let text = event.payload.searchableText { try each(text, event.seq) }
            }
            if count == 0 { return }
        }
    }
}

extension EventPayload {
    fileprivate var searchableText: String? {
        switch self {
        case .promptReceived(let prompt): prompt.content.compactMap(\.text).joined(separator: "\n")
        case .contentBlockEnd(let end): end.kind == .text ? end.text : nil
        default: nil
        }
    }
}
