import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// Appends, followers and replay, in events a second. Everything is in: encoding, the hash chain, versions.
enum StoreBenchmark {
    static func run() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-bench-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for batch in [1, 100, 1000] {
            let store = try SQLiteEventStore(path: "\(folder.path)/append-\(batch).sqlite")
            let rate = try await append(to: store, batch: batch, durability: .durable, for: .seconds(2))
            print("SQLite, durable, \(batch) in a batch: \(Int(rate)) events/s")
            try await store.close()
        }
        let memory = try await append(to: MemoryEventStore(), batch: 1, durability: .visible, for: .seconds(1))
        print("memory, 1 in a batch: \(Int(memory)) events/s")
        for (name, count) in [("stuck", 1000), ("waiting", 100), ("waiting", 1000)] {
            let (rate, deliveries) = try await fanOut(followers: count, stuck: name == "stuck")
            print("memory, \(count) \(name) followers: \(Int(rate)) events/s, \(Int(deliveries)) deliveries/s")
        }
        try await replay(folder.path)
    }

    private static func draft() -> EventDraft {
        EventDraft(
            .toolOutputDelta(
                ToolOutputDelta(toolID: "toolu_0001", stream: .stdout, delta: String(repeating: "x", count: 120))))
    }

    private static func chained() -> EventDraft {
        EventDraft(.sessionEnded(SessionEnded(reason: String(repeating: "x", count: 180))))
    }

    /// Events a second; a fresh batch is encoded each time.
    private static func append(
        to store: any EventStore, batch: Int, durability: Durability, for time: Duration
    ) async throws -> Double {
        let session = SessionID()
        let start = ContinuousClock.now
        var count = 0
        while ContinuousClock.now - start < time {
            let drafts = (0..<batch).map { _ in chained() }
            _ = try await store.append(
                drafts, to: session, expecting: .exact(SequenceNumber(Int64(count))), until: durability)
            count += batch
        }
        return Double(count) / ((ContinuousClock.now - start) / .seconds(1))
    }

    private static func fanOut(followers: Int, stuck: Bool) async throws -> (appends: Double, deliveries: Double) {
        let (store, session, events) = (MemoryEventStore(), SessionID(), 20_000)
        let gate = Latch()
        return try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<followers {
                group.addTask {
                    var iterator = store.follow(session).makeAsyncIterator()
                    if stuck {
                        // It has read once, and holds what it got until the end.
                        _ = try await iterator.next()
                        await gate.wait()
                        return 0
                    }
                    var count = 0
                    while count < events, let delivery = try await iterator.next() {
                        if case .event = delivery { count += 1 }
                    }
                    return count
                }
            }
            for _ in 0..<100 { await Task.yield() }
            let start = ContinuousClock.now
            for count in 0..<events {
                _ = try await store.append([draft()], to: session, expecting: .exact(SequenceNumber(Int64(count))))
            }
            let appended = (ContinuousClock.now - start) / .seconds(1)
            gate.open()
            var delivered = 0
            while let count = try await group.next() { delivered += count }
            let all = (ContinuousClock.now - start) / .seconds(1)
            return (Double(events) / appended, Double(delivered) / all)
        }
    }

    private static func replay(_ folder: String) async throws {
        let (store, session, count) = (try SQLiteEventStore(path: folder + "/replay.sqlite"), SessionID(), 200_000)
        for start in stride(from: 0, to: count, by: 1000) {
            _ = try await store.append(
                (0..<1000).map { _ in draft() }, to: session, expecting: .exact(SequenceNumber(Int64(start))))
        }
        let start = ContinuousClock.now
        var position = SequenceNumber.start
        while let last = try await store.read(session, after: position).last { position = last.seq }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        print("SQLite, replay: \(Int(Double(count) / seconds)) events/s")
        try await store.close()
    }
}

/// Opens once; many may wait.
private final class Latch: Sendable {
    private let stream: AsyncStream<Void>
    private let continuation: AsyncStream<Void>.Continuation

    init() { (stream, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(1)) }

    func open() { continuation.finish() }

    func wait() async { for await _ in stream {} }
}
