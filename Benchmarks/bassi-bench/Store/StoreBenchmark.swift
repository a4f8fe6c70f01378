import BassiEvents
import BassiStore
import Foundation

/// The store: appends, followers, replay, long sessions, bytes on the disk. Everything is in: encoding, the hash chain,
/// versions.
enum StoreBenchmark {
    static func run(_ options: StoreOptions) async throws {
        // Read first: a wrong name should not be found after a minute of measuring.
        let baselines = try options.baselines.map(Baselines.init(path:))
        try await BenchmarkFolder.with { folder in
            var report = try BenchmarkReport(folder: folder)
            let bench = StoreRun(options: options, folder: folder)
            if options.includes(.appends) { try await bench.appends(&report) }
            if options.includes(.beside), let program = options.beside { try await bench.beside(program, &report) }
            if options.includes(.throughput) { try await bench.followerThroughput(&report) }
            if options.includes(.latency) { try await bench.followerLatency(&report) }
            if options.includes(.reading) { try await bench.reading(&report) }
            if options.includes(.long) {
                try await LongSession(events: options.isQuick ? 50_000 : 1_000_000, folder: folder).run(&report)
            }
            let json = try report.finish(folder: folder)
            if let path = options.json { try Data(json.encoded).write(to: URL(fileURLWithPath: path)) }
            try baselines?.compare(with: report.ratios)
        }
    }
}

/// What all parts of the benchmark need.
struct StoreRun {
    let options: StoreOptions
    let folder: String

    /// An event with a link of the chain, of some 200 bytes.
    static func chained() -> EventDraft { EventDraft(.sessionEnded(SessionEnded(reason: text))) }

    /// A token delta of 200 bytes.
    static func delta() -> EventDraft { EventDraft(.tokenDelta(TokenDelta(blockID: "b1", delta: text))) }

    static let text = String(repeating: "x", count: 200)

    /// The rate of something, in each a second, that is done for so long.
    static func rate(for time: Duration, _ body: () async throws -> Int) async rethrows -> Double {
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < time { count += try await body() }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    /// A name for a file that is not there yet.
    func freshPath() -> String { "\(folder)/\(UUID()).sqlite" }

    /// Makes room on the disk.
    static func remove(_ path: String) {
        for suffix in ["", "-wal", "-shm", "-lock"] { unlink(path + suffix) }
    }
}
