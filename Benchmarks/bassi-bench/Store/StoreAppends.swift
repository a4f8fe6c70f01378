import BassiEvents
import BassiSQLite
import BassiStore

extension StoreRun {
    /// Durable appends by 1, 100 and 1,000, each in alternation with the same rows written by hand.
    func appends(_ report: inout BenchmarkReport) async throws {
        let time: Duration = options.isQuick ? .milliseconds(200) : .seconds(1)
        var bests: [Int: Double] = [:]
        print("appends of one session's events of 200 bytes, SQLite, durable, everything in")
        for batch in [1, 100, 1_000] {
            var (ours, plain): ([Double], [Double]) = ([], [])
            for _ in 0..<options.rounds {
                plain.append(try await plainAppends(batch: batch, for: time))
                ours.append(try await sqliteAppends(batch: batch, for: time))
            }
            bests[batch] = Samples(ours).most
            report.row("append_durable_\(batch)", "\(batch) in a batch", Samples(ours).median, "events/s")
            report.row("plain_durable_\(batch)", "  the same rows by hand", Samples(plain).median, "events/s")
            report.ratio(
                "append_durable_\(batch)_to_plain", "  ours to by hand", ofBest: ours, to: plain, goal: "≥ 0.6"
            )
        }
        if let one = bests[1], let many = bests[1_000] {
            report.ratio("append_durable_1000_to_1", "1,000 in a batch to 1", [many / one])
        }
    }

    private func plainAppends(batch: Int, for time: Duration) async throws -> Double {
        let path = freshPath()
        defer { Self.remove(path) }
        let file = try PlainSQLite(path: path)
        return try await Self.rate(for: time) {
            try file.append(batch)
            return batch
        }
    }

    private func sqliteAppends(batch: Int, for time: Duration) async throws -> Double {
        let path = freshPath()
        defer { Self.remove(path) }
        let store = try SQLiteEventStore(path: path)
        let session = SessionID()
        var head: Int64 = 0
        let rate = try await Self.rate(for: time) {
            let drafts = (0..<batch).map { _ in Self.chained() }
            _ = try await store.append(drafts, to: session, expecting: .exact(SequenceNumber(head)), until: .durable)
            head += Int64(batch)
            return batch
        }
        try await store.close()
        return rate
    }
}
