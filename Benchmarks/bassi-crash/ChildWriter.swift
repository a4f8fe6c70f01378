import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// The process that is killed: it appends, forks, compacts, deletes and follows without end, and says on its standard
/// output what was acknowledged. A follower that sees what it must not ends the process by itself, which the parent sees.
enum ChildWriter {
    static let sessionsPerWriter = 3
    static let writers = 2
    /// Session and position, both big-endian: short enough for a pipe to take it whole or not at all.
    static let recordBytes = 24

    /// The sessions of one writer of one file. No two writers share one.
    static func sessions(of writer: Int, file: UInt64) -> [SessionID] {
        (0..<sessionsPerWriter).map { SessionID(UUIDv7(high: file, low: UInt64(writer * sessionsPerWriter + $0))) }
    }

    static func run(path: String, writer: Int, file: UInt64, seed: UInt64) async throws {
        let store = try SQLiteEventStore(path: path, vfs: nil, groupsPerCheckpoint: 20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, session) in sessions(of: writer, file: file).enumerated() {
                let task = WriterTask(session: session, store: store)
                group.addTask { try await task.run(seed: seed &+ UInt64(index)) }
            }
            for session in (0..<writers).flatMap({ sessions(of: $0, file: file) }) {
                group.addTask { try await follow(session, store) }
            }
            try await group.waitForAll()
        }
    }

    /// Reads a session from its start, live: each event once, in order, with no hole but one that is said.
    private static func follow(_ session: SessionID, _ store: SQLiteEventStore) async throws {
        let pattern = LogPattern(of: session)
        var position: Int64 = 0
        for try await delivery in store.follow(session) {
            switch delivery {
            case .event(let event):
                guard event.seq.rawValue == position + 1, event.payload == pattern.payload(at: event.seq.rawValue) else {
                    throw Problem("a follower of \(session) at \(position) was given \(event.seq), or another event")
                }
                position = event.seq.rawValue
            case .compacted(let from, let to):
                let range = from.rawValue...to.rawValue
                guard from.rawValue == position + 1, range.allSatisfy(pattern.isDelta) else {
                    throw Problem("a follower of \(session) at \(position) was told that \(range) is gone")
                }
                position = to.rawValue
            case .caughtUp, .unknownStream: break
            case .erased, .ahead, .lagged, .disconnected: throw Problem("a follower was given \(delivery)")
            }
        }
    }

    /// A parent that is gone ends this process: the write raises SIGPIPE.
    static func say(_ session: SessionID, _ head: Int64) {
        let words = [session.uuid.high, session.uuid.low, UInt64(bitPattern: head)].map(\.bigEndian)
        _ = words.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}

/// What one session of a child goes through, with its forks.
private struct WriterTask {
    let session: SessionID
    let store: SQLiteEventStore

    func run(seed: UInt64) async throws {
        var numbers = SeededNumbers(seed: seed)
        var own = Line(pattern: LogPattern(of: session), head: try await store.head(of: session)?.rawValue ?? 0)
        var fork: Line?
        while true {
            try await append(to: &own, &numbers)
            if numbers.happens(0.1), own.head > 0 {
                let parent = fork.map { numbers.happens(0.5) ? $0 : own } ?? own
                let child = try await self.fork(parent, &numbers)
                // What a deleted session had been acknowledged is not asked for any more, from now on.
                if let fork, numbers.happens(0.3) { try await delete(fork.pattern.session) }
                fork = child
            }
            if var line = fork {
                try await append(to: &line, &numbers)
                fork = line
            }
            if numbers.happens(0.05) { try await store.compact(session, before: Self.later) }
        }
    }

    /// A session, and where it ends.
    private struct Line {
        let pattern: LogPattern
        var head: Int64
    }

    /// A moment after all events of a campaign.
    private static let later = Timestamp(milliseconds: Timestamp.now.milliseconds + 86_400_000)

    private func append(to line: inout Line, _ numbers: inout SeededNumbers) async throws {
        let count = Int64.random(in: 1...8, using: &numbers)
        let (head, pattern) = (line.head, line.pattern)
        let batch = (1...count).compactMap { pattern.payload(at: head + $0) }.map { EventDraft($0) }
        let durability: Durability = numbers.happens(0.2) ? .durable : .visible
        let events = try await store.append(
            batch, to: pattern.session, expecting: .exact(SequenceNumber(head)), until: durability)
        line.head = events.last?.seq.rawValue ?? head
        ChildWriter.say(pattern.session, line.head)
    }

    private func fork(_ parent: Line, _ numbers: inout SeededNumbers) async throws -> Line {
        let (child, seq) = (SessionID(), Int64.random(in: 1...parent.head, using: &numbers))
        let event = try await store.fork(parent.pattern.session, at: SequenceNumber(seq), into: child)
        ChildWriter.say(child, event.seq.rawValue)
        return Line(pattern: parent.pattern.forked(at: seq, into: child), head: event.seq.rawValue)
    }

    private func delete(_ session: SessionID) async throws {
        ChildWriter.say(session, 0)
        // Another process that reads keeps the WAL from being cut; the session is deleted all the same.
        do { try await store.delete(session) } catch StoreError.unusable {}
    }
}
