import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// Kills: writers that die at a random moment, many times over one file, and what the store then holds.
struct KillCampaign {
    let runs: Int
    let seed: UInt64
    let program: URL
    /// A file is used for this many runs, so that a log is also continued after kills.
    var runsPerFile = 10

    /// What was seen.
    struct Figures {
        var runs = 0
        var kills = 0
        var acknowledgedBatches = 0
        var eventsFound = 0
        var forksFound = 0
        /// Deltas that compaction had dropped.
        var dropped = 0
        /// Runs in which a writer had come to acknowledge something before it was killed.
        var runsWithAcknowledgements = 0
    }

    /// - Throws: ``Problem`` at the first run that breaks a promise.
    func run() async throws -> Figures {
        var (figures, numbers) = (Figures(), SeededNumbers(seed: seed))
        while figures.runs < runs {
            try await Scratch.with { folder in
                let writers = KilledWriters(path: folder.log, file: numbers.next(), program: program)
                var heads: [SessionID: Int64] = [:]
                for _ in 0..<min(runsPerFile, runs - figures.runs) {
                    figures.runs += 1
                    do { try await once(writers, &heads, &numbers, &figures) } catch {
                        throw Problem("\(error) (run \(figures.runs) of seed \(seed))")
                    }
                }
            }
        }
        return figures
    }

    private func once(
        _ writers: KilledWriters, _ heads: inout [SessionID: Int64], _ numbers: inout SeededNumbers,
        _ figures: inout Figures
    ) async throws {
        let (count, seed) = (numbers.happens(0.4) ? 2 : 1, numbers.next())
        let said = try await Scratch.blocking {
            var numbers = SeededNumbers(seed: seed)
            return try writers.run(writers: count, numbers: &numbers)
        }
        figures.kills += count
        figures.acknowledgedBatches += said.records
        figures.runsWithAcknowledgements += said.records > 0 ? 1 : 0
        for (session, head) in said.heads { heads[session] = head }
        try await check(writers.path, &heads, &figures)
    }

    /// Reads all of it as any program does: what was acknowledged is there, every event is what stands at its place, and
    /// the log of each session verifies.
    private func check(_ path: String, _ heads: inout [SessionID: Int64], _ figures: inout Figures) async throws {
        let store = try SQLiteEventStore(path: path)
        do {
            var found: [SessionID: Int64] = [:]
            for session in try await store.sessions(limit: .max, offset: 0) {
                found[session.id] = session.head.rawValue
                if let finding = try await store.verify(session.id) { throw Problem("\(finding)") }
                try await check(session, in: store, &figures)
            }
            for (session, head) in heads where (found[session] ?? 0) < head {
                throw Problem("LOST: session \(session) was acknowledged up to \(head) and ends at \(found[session] ?? 0)")
            }
            for (session, head) in found { heads[session] = head }
        } catch {
            try? await store.close()
            throw error
        }
        try await store.close()
        try StoredLog.checkIntegrity(path)
    }

    private func check(
        _ session: StoredSession, in store: SQLiteEventStore, _ figures: inout Figures
    ) async throws {
        let forks = try await store.read(session.id, types: [.sessionForked], limit: .max)
        let pattern = LogPattern(of: session.id, in: forks)
        figures.forksFound += forks.isEmpty ? 0 : 1
        var position: Int64 = 0
        while true {
            let page = try await store.read(session.id, after: SequenceNumber(position))
            if page.isEmpty { break }
            for event in page {
                let gap = position + 1..<event.seq.rawValue
                guard gap.allSatisfy(pattern.isDelta) else {
                    throw Problem("session \(session.id) has nothing at \(gap), and not only deltas stood there")
                }
                let expected = pattern.payload(at: event.seq.rawValue)
                guard expected == nil || event.payload == expected else {
                    throw Problem("event \(event.seq) of session \(session.id) is not what was appended")
                }
                (figures.dropped, figures.eventsFound) = (figures.dropped + gap.count, figures.eventsFound + 1)
                position = event.seq.rawValue
            }
        }
        guard position == session.head.rawValue else {
            throw Problem("session \(session.id) says head \(session.head) and ends at \(position)")
        }
    }
}
