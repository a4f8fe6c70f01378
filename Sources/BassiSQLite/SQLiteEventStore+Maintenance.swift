import BassiEvents
import BassiStore
import Foundation

/// What only the store itself may do with events that are written: erase and drop, so that what is left still verifies.
extension SQLiteEventStore {
    /// Where all these words are, in prompts and answers of all sessions, the best places first.
    public func search(_ words: [String], limit: Int = 20) async throws -> [SearchHit] {
        guard words.contains(where: { !$0.isEmpty }) else { return [] }
        return try await index.search(words.filter { !$0.isEmpty }, limit: limit, in: reader)
    }

    /// Deletes a session: afterwards no file of the store has a byte of what it held. Copies of it stay whole.
    ///
    /// - Throws: ``StoreError/owned(session:by:)`` while somebody owns it.
    public func delete(_ session: SessionID) async throws {
        try await owning(session) { _ in
            let forks = try await reader.run { try $0.forks(of: session) }
            // First, since nobody would find them without the session.
            try await blobs.deleteAll(of: session)
            // What its forks share was found under the session that is gone.
            try await eraseEverywhere([session] + forks) { try $0.erase(session) }
        }
    }

    /// Erases the payload of one event, and of the deltas that said the same: no file has a word of it afterwards, and
    /// the chain still verifies. A `redacted` event says that it happened.
    ///
    /// Other events may say the same: a tool's input stands in the block that asked for it, in the question about it and
    /// in the call.
    ///
    /// - Throws: ``StoreError/owned(session:by:)`` while somebody owns the session, and
    ///   ``StoreError/noSuchPosition(session:position:head:)``.
    public func redact(_ session: SessionID, at seq: SequenceNumber, reason: String) async throws {
        try await owning(session) { lease in
            try await eraseBlobs(namedBy: seq, of: session)
            // What says that it happened is written with it: a crash leaves neither without the other.
            try await eraseEverywhere([session]) { [key] rows in
                try rows.redact(session, at: seq)
                _ = try rows.append(
                    [EventDraft(.redacted(Redacted(targetSeq: seq, reason: reason)))], to: session, expecting: .any,
                    under: lease, signedWith: key)
            }
        }
        bell.ring(session, head: try await head(of: session) ?? .start)
    }

    /// Erases in the log, and from what is derived from it. Where another process keeps the WAL from being cut, all the
    /// rest is done before that is said.
    private func eraseEverywhere(
        _ sessions: [SessionID], _ body: @escaping @Sendable (EventRows) throws -> Void
    ) async throws {
        var failure: (any Error)?
        do { try await writer.erase(body) } catch { failure = error }
        recent.forget()
        try await index.erase(sessions)
        if let failure { throw failure }
    }

    /// Drops the deltas of a session whose blocks and calls ended before a moment: their ends have the whole. Followers
    /// are told which positions are gone.
    ///
    /// - Returns: How many events were dropped.
    @discardableResult
    public func compact(_ session: SessionID, before moment: Timestamp) async throws -> Int {
        let found = try await reader.run { rows -> (EventRows.Stream, SequenceNumber, [EventRows.EndedDelta])? in
            guard let stream = try rows.stream(session),
                let last = try rows.lastPosition(of: stream, before: moment), last > stream.compacted
            else { return nil }
            return (stream, last, try rows.endedDeltas(of: stream, through: last))
        }
        guard let (stream, last, deltas) = found else { return 0 }
        // In pieces, so that nobody else waits long for the file.
        var dropped = 0
        for start in stride(from: 0, to: max(1, deltas.count), by: Self.deltasPerTransaction) {
            let piece = deltas[start..<min(deltas.count, start + Self.deltasPerTransaction)]
            dropped += try await writer.transaction { try $0.drop(piece, of: stream.row, through: last) }
        }
        recent.forget()
        return dropped
    }

    private static let deltasPerTransaction = 2000

    /// Sessions that nobody has touched since a moment and that may still have deltas, at most `limit` of them.
    public func sessionsToCompact(before moment: Timestamp, limit: Int) async throws -> [SessionID] {
        try await reader.run { try $0.sessionsToCompact(before: moment, limit: limit) }
    }

    /// Gives the room of what was deleted and dropped back to the disk.
    public func shrink() async throws { try await writer.shrink() }

    /// Checks a session's log: positions without a hole, every link of the hash chain, well-formed events, and the
    /// rules of docs/events.md, and the blobs that its events name. Nil when all of it is as it was written.
    public func verify(_ session: SessionID) async throws -> ChainCheck.Finding? {
        let (finding, named) = try await reader.run { [key] rows in
            var named: [BlobName: SequenceNumber] = [:]
            let finding = try rows.verify(session, signedWith: key) { seq, names in
                for name in names where named[name] == nil { named[name] = seq }
            }
            return (finding, named)
        }
        if let finding { return finding }
        for (name, seq) in named.sorted(by: { $0.value < $1.value }) {
            do { _ = try await blobs.read(name, of: session) } catch let error as BlobError {
                return ChainCheck.Finding(session: session, seq: seq, problem: "\(error)")
            }
        }
        return nil
    }

    /// Copies the whole live store into a new file, as it stands at one moment, and its blobs into the folder `blobs`
    /// beside that. In the folder of the store itself they are shared.
    ///
    /// - Throws: ``StoreError/unusable(path:reason:)`` when the file is there already or cannot be written.
    public func backUp(to file: String) async throws {
        guard !FileManager.default.fileExists(atPath: file) else {
            throw StoreError.unusable(path: file, reason: "it is there already: name a new file")
        }
        // With the mode of the log itself; SQLite fills an empty file.
        guard FileManager.default.createFile(atPath: file, contents: nil, attributes: [.posixPermissions: 0o600]) else {
            throw StoreError.unusable(path: file, reason: String(cString: strerror(errno)))
        }
        do { try await reader.run { try $0.connection.query("VACUUM INTO ?", .text(file)) } } catch {
            try? FileManager.default.removeItem(atPath: file)
            throw error
        }
        // Afterwards: what the copy names is older than it.
        try await (blobs as? FileBlobStore)?.copyEverything(to: FileBlobStore(beside: file))
    }

    /// Runs something when no transaction is under way, such as stopping the whole process: one that is stopped inside
    /// of a transaction holds up all others.
    public func betweenTransactions(_ body: @escaping @Sendable () -> Void) { writer.betweenTransactions(body) }

    /// First, since nobody would know them without the event; and in every session that may share it.
    private func eraseBlobs(namedBy seq: SequenceNumber, of session: SessionID) async throws {
        let page = try await read(session, after: SequenceNumber(seq.rawValue - 1), where: .all, limit: 1)
        guard let event = page.first, event.seq == seq, !event.blobNames.isEmpty else { return }
        for session in try await reader.run({ try $0.family(of: session) }) {
            for name in event.blobNames { try await blobs.delete(name, of: session) }
        }
    }

    private func owning(_ session: SessionID, _ body: (Lease) async throws -> Void) async throws {
        let lease = try await acquireLease(of: session)
        do { try await body(lease) } catch {
            await releaseLease(lease)
            throw error
        }
        await releaseLease(lease)
    }
}
