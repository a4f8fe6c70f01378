import BassiEvents
import BassiStore
import Foundation

/// Power cuts: recordings of a workload, and many images of each, opened and checked.
struct PowerCampaign {
    let images: Int
    let seed: UInt64
    var imagesPerRecording = 100
    var workload = Workload()

    /// What was seen.
    struct Figures {
        var recordings = 0
        var images = 0
        var operations = 0
        var durableBatches = 0
        var eventsFound = 0
        /// Images that the store refused to open, with a sentence, before anything was durable in them.
        var refused = 0
    }

    /// - Throws: ``Problem`` at the first image that breaks a promise; its files stay where the sentence says.
    func run() async throws -> Figures {
        var (figures, numbers) = (Figures(), SeededNumbers(seed: seed))
        while figures.images < images {
            let seed = numbers.next()
            try await Scratch.with { folder in
                let (recording, ledger) = (try Recording(), Ledger())
                try await workload.run(seed: seed, path: folder.log, recording: recording, ledger: ledger)
                figures.recordings += 1
                figures.operations += recording.count
                let isDurable = { (batch: Ledger.Batch) in batch.durability == .durable }
                figures.durableBatches += ledger.batches.values.joined().filter(isDurable).count
                let count = min(imagesPerRecording, images - figures.images)
                for _ in 0..<count {
                    let cut = Int.random(in: 0...recording.count, using: &numbers)
                    try await Self.check(recording, ledger, cut: cut, seed: numbers.next(), &figures)
                }
            }
        }
        return figures
    }

    /// Builds one image and opens it.
    static func check(
        _ recording: Recording, _ ledger: Ledger, cut: Int, seed: UInt64, _ figures: inout Figures
    ) async throws {
        var numbers = SeededNumbers(seed: seed)
        let image = CrashImage(of: recording, cut: cut, numbers: &numbers)
        figures.images += 1
        let found: Int? = try await Scratch.with { folder in
            do {
                try image.write(into: folder)
                return try await open(folder.log, ledger, cut)
            } catch {
                let kept = try Scratch.make()
                try image.write(into: kept)
                throw Problem("\(error) (cut after operation \(cut), image seed \(seed), kept in \(kept.path))")
            }
        }
        figures.eventsFound += found ?? 0
        figures.refused += found == nil ? 1 : 0
    }

    /// How many events are there; nil when the store refuses the file and there was nothing to keep.
    private static func open(_ path: String, _ ledger: Ledger, _ cut: Int) async throws -> Int? {
        let log: StoredLog
        do {
            log = try await StoredLog(path: path)
        } catch let refusal as StoreError {
            do { try StoredLog.empty.check(against: ledger, cut: cut) } catch {
                throw Problem("the store refuses a file that holds durable events: \(refusal)")
            }
            return nil
        }
        try log.check(against: ledger, cut: cut)
        return log.events.values.reduce(0) { $0 + $1.count }
    }
}
