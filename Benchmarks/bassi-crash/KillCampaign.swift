import BassiEvents
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
                figures.eventsFound += Int(heads.values.reduce(0, +))
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
        let log = try await StoredLog(path: writers.path)
        for (session, head) in said.heads { heads[session] = max(head, heads[session] ?? 0) }
        for (session, head) in heads where Int64(log.events[session]?.count ?? 0) < head {
            throw Problem("LOST: session \(session) was acknowledged up to \(head) and ends before")
        }
        for (session, events) in log.events {
            heads[session] = Int64(events.count)
            for event in events where event.payload != ChildWriter.payload(at: event.seq.rawValue, of: session) {
                throw Problem("event \(event.seq) of session \(session) is not what was appended")
            }
        }
    }
}
