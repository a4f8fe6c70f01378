import BassiEvents
import BassiSQLite
import BassiStore
import CSQLite
import Foundation

/// What a store holds after a crash, read by the ordinary store.
struct StoredLog {
    private(set) var events: [SessionID: [Event]] = [:]

    /// What a file holds that nobody wrote to.
    static let empty = StoredLog()

    private init() {}

    /// Opens the file as any program does, reads all, and lets SQLite check the whole file.
    init(path: String) async throws {
        let store = try SQLiteEventStore(path: path)
        do {
            for session in try await store.sessions(limit: .max, offset: 0) {
                events[session.id] = try await Self.all(session, in: store)
            }
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
        try Self.checkIntegrity(path)
    }

    private static func all(_ session: StoredSession, in store: SQLiteEventStore) async throws -> [Event] {
        var events: [Event] = []
        while true {
            let page = try await store.read(session.id, after: events.last?.seq ?? .start)
            if page.isEmpty { break }
            events += page
        }
        let hole = events.enumerated().first { $1.seq.rawValue != Int64($0 + 1) }
        if let hole { throw Problem("session \(session.id) has \(hole.element.seq) at place \(hole.offset + 1)") }
        guard events.last?.seq == session.head else {
            throw Problem("session \(session.id) says head \(session.head) and has \(events.count) events")
        }
        return events
    }

    static func checkIntegrity(_ path: String) throws {
        var (handle, statement): (OpaquePointer?, OpaquePointer?)
        defer {
            sqlite3_finalize(statement)
            sqlite3_close(handle)
        }
        guard sqlite3_open_v2(path, &handle, SQLITE_OPEN_READWRITE, nil) == SQLITE_OK,
            sqlite3_prepare_v2(handle, "PRAGMA integrity_check", -1, &statement, nil) == SQLITE_OK,
            sqlite3_step(statement) == SQLITE_ROW, let text = sqlite3_column_text(statement, 0)
        else { throw Problem("PRAGMA integrity_check does not run on '\(path)'") }
        let answer = String(cString: text)
        guard answer == "ok" else { throw Problem("PRAGMA integrity_check on '\(path)' says: \(answer)") }
    }
}

extension StoredLog {
    /// Holds the log against what was asked and acknowledged.
    ///
    /// - Parameter operations: How much had reached the disk's queue at the power cut. Nil for a process that died on
    ///   a machine that stayed on: then everything acknowledged must be there.
    func check(against ledger: Ledger, cut operations: Int?) throws {
        let batches = ledger.batches
        for session in events.keys where batches[session] == nil {
            throw Problem("there is a session \(session) that nobody wrote")
        }
        let needed = Self.needed(batches, operations)
        var (newestKept, oldestLost, losses) = (0, Int.max, [Problem]())
        for (session, asked) in batches {
            let kept = try prefix(of: asked, in: session)
            newestKept = max(newestKept, asked[..<kept].map(\.asked).max() ?? 0)
            for (index, batch) in asked[kept...].enumerated() {
                guard let tick = batch.acknowledged?.tick else { continue }
                oldestLost = min(oldestLost, tick)
                guard needed(batch) else { continue }
                // One that was asked to be durable says most, so it comes first.
                losses.insert(
                    Self.loss(of: batch, session, index + kept),
                    at: batch.durability == .durable ? 0 : losses.count)
            }
        }
        if let loss = losses.first { throw loss }
        if newestKept > oldestLost { throw Problem("a batch is there that was asked for after a lost one was there") }
    }

    /// Durable batches that were acknowledged before the cut, and all that was visible before one of them was asked.
    private static func needed(
        _ batches: [SessionID: [Ledger.Batch]], _ cut: Int?
    ) -> (Ledger.Batch) -> Bool {
        guard let cut else { return { $0.acknowledged != nil } }
        func isDurable(_ batch: Ledger.Batch) -> Bool {
            batch.durability == .durable && batch.acknowledged.map { $0.operations <= cut } == true
        }
        let newest = batches.values.joined().filter(isDurable).map(\.asked).max() ?? 0
        return { isDurable($0) || $0.acknowledged.map { $0.tick < newest } == true }
    }

    /// How many batches of a session are there, whole and in order, with nothing else after them.
    private func prefix(of batches: [Ledger.Batch], in session: SessionID) throws -> Int {
        var rest = (events[session] ?? [])[...]
        for (index, batch) in batches.enumerated() {
            if rest.isEmpty { return index }
            guard rest.count >= batch.events.count else {
                throw Problem("batch \(index) of session \(session) is there only in part")
            }
            guard rest.prefix(batch.events.count).elementsEqual(batch.events) else {
                throw Problem("batch \(index) of session \(session) is not what was appended")
            }
            rest = rest.dropFirst(batch.events.count)
        }
        guard rest.isEmpty else { throw Problem("session \(session) has events that nobody appended") }
        return batches.count
    }

    private static func loss(of batch: Ledger.Batch, _ session: SessionID, _ index: Int) -> Problem {
        let first = batch.events.first?.seq ?? .start
        return Problem(
            "LOST: batch \(index) of session \(session), from position \(first), was acknowledged as "
                + "\(batch.durability) and is not there")
    }
}
