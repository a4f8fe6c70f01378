import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// Some sessions that append side by side, with both durabilities, small and large batches; the store is closed and
/// opened again in between, and checkpoints often, so that the WAL begins anew many times.
struct Workload {
    var sessions = 3
    var openings = 3
    var appendsPerSession = 20
    var groupsPerCheckpoint = 8

    /// Runs it over the file through the recording. The store's first error ends it.
    func run(seed: UInt64, path: String, recording: Recording, ledger: Ledger) async throws {
        var numbers = SeededNumbers(seed: seed)
        let ids = (0..<sessions).map { _ in SessionID() }
        for _ in 0..<openings {
            let store = try SQLiteEventStore(
                path: path, vfs: recording.vfs, groupsPerCheckpoint: groupsPerCheckpoint)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids {
                    let seed = numbers.next()
                    group.addTask {
                        var numbers = SeededNumbers(seed: seed)
                        for _ in 0..<appendsPerSession {
                            try await ledger.append(
                                Self.batch(&numbers), to: id, until: numbers.happens(0.3) ? .durable : .visible,
                                in: store, recorded: recording)
                        }
                    }
                }
                try await group.waitForAll()
            }
            try await store.close()
        }
    }

    /// One to five events, mostly small, now and then larger than two pages.
    static func batch(_ numbers: inout SeededNumbers) -> [EventDraft] {
        let count = Int.random(in: 1...5, using: &numbers)
        return (0..<count).map { _ in draft(&numbers) }
    }

    private static func draft(_ numbers: inout SeededNumbers) -> EventDraft {
        let length = numbers.happens(0.02) ? 9_000 : Int.random(in: 0...300, using: &numbers)
        let word = "\(numbers.next()) ÄÖÜ\n\"\\"
        let text = String(repeating: word, count: length / word.utf8.count + 1)
        return EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: text)), runID: RunID(), causeSeq: 1)
    }
}
