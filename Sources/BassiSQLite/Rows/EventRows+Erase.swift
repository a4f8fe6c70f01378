import BassiEvents
import BassiStore

/// What changes history, and is for the store's own maintenance alone: inside the caller's transaction the triggers that
/// keep every program from it are taken away and made again.
extension EventRows {
    /// Removes a whole stream; its copies stay whole.
    func erase(_ session: SessionID) throws {
        guard let stream = try stream(session) else { return }
        try separateForks(of: stream)
        try withoutTrigger("events_are_never_deleted", Schema.deleteTrigger) {
            for table in ["events", "origins", "signatures", "snapshots", "commands"] {
                try connection.query("DELETE FROM \(table) WHERE stream = ?", .integer(stream.row))
            }
        }
        try connection.query("DELETE FROM streams WHERE id = ?", .integer(stream.row))
    }

    /// Erases the payload of one event and those of the deltas that say the same. Its link stays: what the payload was
    /// is kept as its commitment, and the salt that could prove a guess is gone.
    func redact(_ session: SessionID, at seq: SequenceNumber) throws {
        guard let stream = try stream(session), seq > .start, seq <= stream.head,
            let part = try parts(of: stream).first(where: { $0.last >= seq })
        else {
            throw StoreError.noSuchPosition(
                session: session, position: seq, head: try self.stream(session)?.head ?? .start)
        }
        let target = try event(session, at: seq, part)
        try withoutTrigger("events_are_never_changed", Schema.changeTrigger) {
            if let target { try empty(target.event, salt: target.salt, isErased: target.isErased, part) }
            if let target { try emptyDeltas(of: target.event, part, session) }
        }
        try forgetSnapshots(of: part.stream)
    }

    /// A delta that nobody needs any more, and the end of its block or call.
    struct EndedDelta {
        let seq: SequenceNumber
        let end: SequenceNumber
    }

    /// Drops these deltas, which ``endedDeltas(of:through:)`` has found. Gaps up to `last` are the store's own from now on.
    ///
    /// A copy that was made in the middle of a block goes on from its deltas: those stay. It may have been made after the
    /// deltas were found, so it is looked for here, in the transaction that drops them. Gives how many were dropped.
    func drop(_ deltas: ArraySlice<EndedDelta>, of stream: Int64, through last: SequenceNumber) throws -> Int {
        let forks = try forkPoints(of: stream)
        let needless = deltas.filter { delta in !forks.contains { delta.seq <= $0 && $0 < delta.end } }
        try withoutTrigger("events_are_never_deleted", Schema.deleteTrigger) {
            for delta in needless {
                try connection.query(
                    "DELETE FROM events WHERE stream = ? AND seq = ?", .integer(stream), .integer(delta.seq.rawValue))
            }
        }
        try connection.query(
            "UPDATE streams SET compacted = max(compacted, ?) WHERE id = ?", .integer(last.rawValue), .integer(stream))
        return needless.count
    }

    private func withoutTrigger(_ name: String, _ trigger: String, _ body: () throws -> Void) throws {
        try connection.execute("DROP TRIGGER \(name)")
        try body()
        try connection.execute(trigger)
    }

    // MARK: - Redaction

    private func event(_ session: SessionID, at seq: SequenceNumber, _ part: Part) throws -> (
        event: Event, salt: [UInt8], isErased: Bool
    )? {
        var found: (Event, [UInt8], Bool)?
        try rows(of: part, after: SequenceNumber(seq.rawValue - 1), limit: 1) { row in
            if row.seq == seq { found = (try row.event(in: session), row.salt, row.commitment != nil) }
        }
        return found
    }

    private func empty(_ event: Event, salt: [UInt8], isErased: Bool, _ part: Part) throws {
        guard !isErased else { return }
        // A delta has no link and so no commitment: an empty one says that it was erased.
        let commitment =
            event.hash == nil ? [] : EventChain.commitment(salt: salt, payload: event.payloadBytes)
        try connection.query(
            "UPDATE events SET payload = ?, commitment = ?, salt = NULL WHERE stream = ? AND seq = ?",
            .blob(event.payload.erased.encoded), .blob(commitment), .integer(part.stream),
            .integer(event.seq.rawValue))
    }

    /// The deltas of a block or a call stand before its end.
    private func emptyDeltas(of target: Event, _ part: Part, _ session: SessionID) throws {
        guard let key = target.payload.endedStream else { return }
        let types = EventFilter.types(.tokenDelta, .toolOutputDelta)
        var (position, deltas): (SequenceNumber, [Event]) = (.start, [])
        while true {
            var page: [Event] = []
            let upTo = Part(stream: part.stream, last: target.seq, compacted: part.compacted)
            try rows(of: upTo, after: position, where: types, limit: Self.pageRowsMax) {
                page.append(try $0.event(in: session))
            }
            guard let last = page.last else { break }
            deltas += page.filter { $0.payload.deltaStream == key }
            position = last.seq
        }
        for delta in deltas { try empty(delta, salt: [], isErased: delta.isErased, part) }
    }

    private func forgetSnapshots(of stream: Int64) throws {
        // Copies, also of copies, may have folded the same event.
        try connection.query(
            """
            DELETE FROM snapshots WHERE stream = ? OR stream IN (SELECT id FROM streams WHERE parent IS NOT NULL)
            """, .integer(stream))
    }

    // MARK: - Compaction

    private func forkPoints(of stream: Int64) throws -> [SequenceNumber] {
        var points: [SequenceNumber] = []
        try connection.query("SELECT forked_at FROM streams WHERE parent = ?", .integer(stream)) {
            points.append(SequenceNumber($0.integer(0)))
        }
        return points
    }

    /// The deltas of a stream's own rows whose block or call has ended at `last` or before.
    func endedDeltas(of stream: Stream, through last: SequenceNumber) throws -> [EndedDelta] {
        let part = Part(stream: stream.row, last: last, compacted: stream.compacted)
        var (open, ended): ([String: [SequenceNumber]], [EndedDelta]) = ([:], [])
        var position = SequenceNumber.start
        let types = EventFilter.types(
            .tokenDelta, .toolOutputDelta, .contentBlockEnd, .toolCallCompleted, .toolCallFailed, .backgroundEnded)
        while true {
            var (count, lastRead) = (0, position)
            try rows(of: part, after: position, where: types, limit: Self.pageRowsMax) { row in
                (count, lastRead) = (count + 1, row.seq)
                let payload = try row.event(in: stream.session).payload
                if let key = payload.deltaStream { open[key, default: []].append(row.seq) }
                guard let key = payload.endedStream, let deltas = open.removeValue(forKey: key) else { return }
                ended += deltas.map { EndedDelta(seq: $0, end: row.seq) }
            }
            if count == 0 { return ended }
            position = lastRead
        }
    }
}

extension EventPayload {
    /// The block or call that a delta belongs to.
    fileprivate var deltaStream: String? {
        switch self {
        case .tokenDelta(let delta): "block \(delta.blockID)"
        case .toolOutputDelta(let delta): "call \(delta.toolID)"
        default: nil
        }
    }

    /// The block or call that this ends.
    fileprivate var endedStream: String? {
        switch self {
        case .contentBlockEnd(let end): "block \(end.blockID)"
        case .toolCallCompleted(let call): "call \(call.toolID)"
        case .toolCallFailed(let call): "call \(call.toolID)"
        case .backgroundEnded(let command): "call \(command.toolID)"
        default: nil
        }
    }
}
