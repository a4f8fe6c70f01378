import BassiEvents
import BassiStore

extension EventRows {
    /// Adds the batch to the end of a stream, inside the transaction of the caller.
    ///
    /// - Throws: ``StoreError/conflict(session:expected:actual:)`` or ``StoreError/fenced(session:epoch:)``, before
    ///   anything is written.
    func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, under lease: Lease?,
        signedWith key: LogKey? = nil
    ) throws -> [Event] {
        let known = try stream(session)
        if let lease, lease.epoch != known?.epoch { throw StoreError.fenced(session: session, epoch: lease.epoch) }
        let head = known?.head ?? .start
        guard version.matches(head) else {
            throw StoreError.conflict(session: session, expected: version, actual: head)
        }
        // An empty batch leaves no trace: a stream without events would have a head of 0, where none is meant.
        guard let last = batch.last else { return [] }
        let row = try known?.row ?? insertStream(session)
        let (events, chain) = try insert(batch, after: head, EventChain(after: known?.chain), session, row, key)
        try connection.query(
            """
            UPDATE streams SET head = ?1, chain = ?2, updated = ?3, created = iif(head = 0, ?4, created) WHERE id = ?5
            """, .integer(head.rawValue + Int64(batch.count)), .blob(chain.head?.bytes),
            .integer(last.timestamp.milliseconds), .integer(batch[0].timestamp.milliseconds), .integer(row))
        return events
    }

    private func insert(
        _ batch: [EventDraft], after head: SequenceNumber, _ chain: EventChain, _ session: SessionID, _ stream: Int64,
        _ key: LogKey?
    ) throws -> ([Event], EventChain) {
        var chain = chain
        var salts = EventChain.Salts(count: batch.count)
        let insertion = try EventInsertion(connection, stream: stream)
        var events: [Event] = []
        events.reserveCapacity(batch.count)
        for draft in batch {
            let seq = SequenceNumber(head.rawValue + Int64(events.count) + 1)
            let salt = draft.payload.isDelta ? nil : salts.next()
            let hash = salt.flatMap { salt in
                chain.link(
                    EventHeader(draft, session: session, seq: seq),
                    commitment: EventChain.commitment(salt: salt, payload: draft.payloadBytes))
            }
            let event = Event(draft, sessionID: session, seq: seq, hash: hash)
            try insertion.insert(event, salt: salt)
            if let key, let hash, draft.payload.endsRun {
                try sign(seq, key.signature(of: session, at: seq, link: hash), stream)
            }
            events.append(event)
        }
        return (events, chain)
    }

    func sign(_ seq: SequenceNumber, _ signature: [UInt8], _ stream: Int64) throws {
        try connection.query(
            "INSERT INTO signatures VALUES (?, ?, ?)", .integer(stream), .integer(seq.rawValue), .blob(signature))
    }
}
