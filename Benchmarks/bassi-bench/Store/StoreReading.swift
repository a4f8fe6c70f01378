import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

extension StoreRun {
    /// Replay of one session, page by page and as a follower, in alternation with the same rows read by hand; and the
    /// bytes that token deltas take on the disk.
    func reading(_ report: inout BenchmarkReport) async throws {
        let count = options.isQuick ? 50_000 : 200_000
        let (path, plainPath) = (freshPath(), freshPath())
        defer {
            Self.remove(path)
            Self.remove(plainPath)
        }
        let (store, session) = (try SQLiteEventStore(path: path), SessionID())
        let plain = try PlainSQLite(path: plainPath)
        for head in stride(from: 0, to: count, by: 1_000) {
            let drafts = (0..<1_000).map { _ in Self.chained() }
            _ = try await store.append(drafts, to: session, expecting: .exact(SequenceNumber(Int64(head))))
            try plain.append(1_000)
        }
        var (lines, pages, followed, byHand): ([Rates], [Rates], [Rates], [Rates]) = ([], [], [], [])
        for _ in 0..<options.rounds {
            byHand.append(try await once { try plain.readAll() })
            lines.append(try await once { try await Self.replayLines(store, session) })
            pages.append(try await once { try await Self.replay(store, session) })
            followed.append(try await once { try await Self.follow(store, session) })
        }
        try await store.close()
        print("replay of one session of \(BenchmarkReport.figure(Double(count))) events, SQLite")
        report.row("replay_lines", "raw, as lines of JSON", Samples(lines.map(\.wall)).median, "events/s")
        report.row("replay_pages", "decoded, page by page", Samples(pages.map(\.wall)).median, "events/s")
        report.row("replay_follower", "as a follower", Samples(followed.map(\.wall)).median, "events/s")
        report.row("replay_plain", "the same rows by hand", Samples(byHand.map(\.wall)).median, "events/s")
        report.ratio(
            "replay_lines_to_plain", "  raw to by hand, of processor time", ofBest: lines.map(\.processor),
            to: byHand.map(\.processor))
        report.ratio(
            "replay_pages_to_plain", "  page by page to by hand, of processor time", ofBest: pages.map(\.processor),
            to: byHand.map(\.processor))
        report.ratio(
            "replay_follower_to_pages", "  follower to page by page, of processor time",
            ofBest: followed.map(\.processor), to: pages.map(\.processor))
        try await bytesOnDisk(&report)
    }

    /// Events a second, by the clock and of the processor's time. A reader goes from thread to thread; on a busy machine
    /// each waits its turn, so what it costs is compared, and not how long it took.
    private struct Rates {
        let wall: Double
        let processor: Double
    }

    /// The rates of what is done once and counts itself.
    private func once(_ body: () async throws -> Int) async rethrows -> Rates {
        let (start, processor) = (ContinuousClock.now, MachineState.processorSeconds)
        let count = Double(try await body())
        return Rates(
            wall: count / ((ContinuousClock.now - start) / .seconds(1)),
            processor: count / (MachineState.processorSeconds - processor))
    }

    private static func replay(_ store: any EventStore, _ session: SessionID) async throws -> Int {
        var (position, count) = (SequenceNumber.start, 0)
        while true {
            let page = try await store.read(session, after: position)
            guard let last = page.last else { return count }
            (position, count) = (last.seq, count + page.count)
        }
    }

    private static func replayLines(_ store: any EventStore, _ session: SessionID) async throws -> Int {
        var (position, count) = (SequenceNumber.start, 0)
        while true {
            let page = try await store.lines(session, after: position, where: .all, limit: 1_000)
            guard let last = page.last else { return count }
            (position, count) = (last, count + page.places.count)
        }
    }

    private static func follow(_ store: any EventStore, _ session: SessionID) async throws -> Int {
        var count = 0
        for try await delivery in store.follow(session) {
            if case .caughtUp = delivery { break }
            count += 1
        }
        return count
    }

    private func bytesOnDisk(_ report: inout BenchmarkReport) async throws {
        let (path, count, alone) = (freshPath(), 20_000, 100)
        defer { Self.remove(path) }
        let session = SessionID()
        var store = try SQLiteEventStore(path: path)
        for _ in 0..<alone { _ = try await store.append([Self.delta()], to: session, expecting: .any) }
        let written = Double(Self.bytes(of: path + "-wal")) / Double(alone)
        for _ in 0..<(count - alone) / 100 {
            _ = try await store.append((0..<100).map { _ in Self.delta() }, to: session, expecting: .any)
        }
        try await store.close()
        store = try SQLiteEventStore(path: path)
        let head = try await store.head(of: session)?.rawValue ?? 0
        try await store.close()
        let kept = Double(Self.bytes(of: path) + Self.bytes(of: path + "-wal")) / Double(head)
        print("a token delta of \(Self.text.utf8.count) bytes, SQLite")
        report.row("bytes_kept_per_delta", "kept on the disk", kept, "bytes")
        report.row("bytes_written_per_single_delta", "written to the WAL when it is appended alone", written, "bytes")
        report.ratio("bytes_kept_to_text", "  kept to text", [kept / Double(Self.text.utf8.count)])
    }

    private static func bytes(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
