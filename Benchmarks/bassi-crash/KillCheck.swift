import BassiEvents
import BassiSQLite
import BassiStore

/// What a file holds after kills, read as any program reads it and held against what was acknowledged.
struct KillCheck {
    /// Where each session ends.
    private(set) var heads: [SessionID: Int64] = [:]
    private(set) var events = 0
    private(set) var forks = 0
    /// Positions whose deltas compaction had dropped.
    private(set) var dropped = 0
    private(set) var erased = 0
    /// The positions that the writers had asked to erase.
    private let redacted: [SessionID: Set<Int64>]

    private init(redacted: [SessionID: Set<Int64>]) { self.redacted = redacted }

    /// - Throws: ``Problem`` at the first promise that is broken.
    static func run(path: String, file: UInt64, _ said: KilledWriters.Said) async throws -> KillCheck {
        var check = KillCheck(redacted: said.redacted)
        let store = try SQLiteEventStore(path: path)
        do {
            for session in try await store.sessions(limit: .max, offset: 0) {
                guard session.id.uuid.high == file else { throw Problem("there is a session \(session.id) of nobody") }
                if let finding = try await store.verify(session.id) { throw Problem("\(finding)") }
                try await check.read(session, in: store)
            }
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
        for (session, head) in said.heads where (check.heads[session] ?? 0) < head {
            let end = check.heads[session] ?? 0
            throw Problem("LOST: session \(session) was acknowledged up to \(head) and ends at \(end)")
        }
        try StoredLog.checkIntegrity(path)
        return check
    }

    /// The events of a log that the store itself has written.
    static func written(by store: SQLiteEventStore, in session: SessionID) async throws -> [Event] {
        var events: [Event] = []
        while true {
            let page = try await store.read(
                session, after: events.last?.seq ?? .start, where: .types(.sessionForked, .redacted), limit: 1000)
            if page.isEmpty { return events }
            events += page
        }
    }

    private mutating func read(_ session: StoredSession, in store: SQLiteEventStore) async throws {
        let written = try await Self.written(by: store, in: session.id)
        let pattern = LogPattern(of: session.id, in: written)
        forks += pattern.forks.isEmpty ? 0 : 1
        // What must not be readable any more; the deltas of a block go with its end.
        var targets: Set<Int64> = []
        for case .redacted(let redacted) in written.map(\.payload) {
            let target = redacted.targetSeq.rawValue
            targets.formUnion(pattern.deltas(before: target) + [target])
        }
        var position: Int64 = 0
        while true {
            let page = try await store.read(session.id, after: SequenceNumber(position), where: .all, limit: 1000)
            if page.isEmpty { break }
            for event in page {
                for missing in position + 1..<event.seq.rawValue {
                    guard pattern.isDelta(at: missing) else {
                        throw Problem("session \(session.id) has nothing at \(missing), where no delta stood")
                    }
                    targets.remove(missing)
                    dropped += 1
                }
                try compare(event, pattern)
                if event.isErased { targets.remove(event.seq.rawValue) }
                events += 1
                position = event.seq.rawValue
            }
        }
        guard position == session.head.rawValue else {
            throw Problem("session \(session.id) says head \(session.head) and ends at \(position)")
        }
        if let target = targets.min() {
            throw Problem("session \(session.id) still says at \(target) what was redacted")
        }
        heads[session.id] = position
    }

    private mutating func compare(_ event: Event, _ pattern: LogPattern) throws {
        let (seq, expected) = (event.seq.rawValue, pattern.payload(at: event.seq.rawValue))
        guard event.isErased else {
            guard expected == nil || event.payload == expected else {
                throw Problem("event \(seq) of session \(pattern.session) is not what was appended")
            }
            return
        }
        let asked = redacted[pattern.origin(of: seq)] ?? []
        // The deltas go with the end of their block.
        guard asked.contains(seq) || pattern.isDelta(at: seq) && asked.contains(where: { $0 > seq }) else {
            throw Problem("event \(seq) of session \(pattern.session) is erased, and nobody asked for it")
        }
        erased += 1
    }
}
