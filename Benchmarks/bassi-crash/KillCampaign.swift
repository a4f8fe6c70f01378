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
        /// Counted again after each run of a file.
        var eventsFound = 0
        var forksFound = 0
        /// Deltas that compaction had dropped.
        var dropped = 0
        /// Events that a redaction had emptied.
        var erased = 0
        /// Runs in which a writer had come to acknowledge something before it was killed.
        var runsWithAcknowledgements = 0

        mutating func add(_ check: KillCheck) {
            eventsFound += check.events
            forksFound += check.forks
            dropped += check.dropped
            erased += check.erased
        }
    }

    /// - Throws: ``Problem`` at the first run that breaks a promise.
    func run() async throws -> Figures {
        var (figures, numbers) = (Figures(), SeededNumbers(seed: seed))
        while figures.runs < runs {
            try await Scratch.with { folder in
                let writers = KilledWriters(path: folder.log, file: numbers.next(), program: program)
                var known = KilledWriters.Said()
                for _ in 0..<min(runsPerFile, runs - figures.runs) {
                    figures.runs += 1
                    do { try await once(writers, &known, &numbers, &figures) } catch {
                        throw Problem("\(error) (run \(figures.runs) of seed \(seed))")
                    }
                }
            }
        }
        return figures
    }

    private func once(
        _ writers: KilledWriters, _ known: inout KilledWriters.Said, _ numbers: inout SeededNumbers,
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
        known.add(said)
        let check = try await KillCheck.run(path: writers.path, file: writers.file, known)
        known.heads = check.heads
        figures.add(check)
    }
}
