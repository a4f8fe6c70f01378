import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// The process that is killed: it appends, forks, compacts, redacts, deletes and follows without end, and says on its
/// standard output what was acknowledged. A follower that sees what it must not ends the process: the parent sees that.
enum ChildWriter {
    static let sessionsPerWriter = 3
    static let writers = 2
    /// Session and position: what was acknowledged, 0 before a deletion, and a negative one before its redaction.
    /// Both big-endian: short enough for a pipe to take it whole or not at all.
    static let recordBytes = 24

    /// The sessions of one writer of one file. No two writers share one.
    static func sessions(of writer: Int, file: UInt64) -> [SessionID] {
        (0..<sessionsPerWriter).map { SessionID(UUIDv7(high: file, low: UInt64(writer * sessionsPerWriter + $0))) }
    }

    /// A copy that a writer makes of its session: the seed of its run keeps it apart from those of other runs.
    static func fork(number: UInt64, of session: SessionID, seed: UInt64) -> SessionID {
        let uuid = session.uuid
        return SessionID(UUIDv7(high: uuid.high, low: seed & ~0xFFFF_FFFF | (uuid.low + 1) << 24 | number))
    }

    static func run(path: String, writer: Int, file: UInt64, seed: UInt64) async throws {
        let store = try SQLiteEventStore(path: path, vfs: nil, groupsPerCheckpoint: 20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, session) in sessions(of: writer, file: file).enumerated() {
                group.addTask {
                    var task = try await WriterTask(session: session, store: store, seed: seed &+ UInt64(index))
                    try await task.run()
                }
            }
            for session in (0..<writers).flatMap({ sessions(of: $0, file: file) }) {
                group.addTask { try await follow(session, store) }
            }
            try await group.waitForAll()
        }
    }

    /// Reads a session from its start, live: each event once, in order, with no hole but one that is said.
    private static func follow(_ session: SessionID, _ store: SQLiteEventStore) async throws {
        var pattern = LogPattern(of: session)
        var position: Int64 = 0
        for try await delivery in store.follow(session) {
            switch delivery {
            case .event(let event):
                pattern.note(event)
                let expected = pattern.payload(at: event.seq.rawValue)
                guard event.seq.rawValue == position + 1, expected == nil || event.payload == expected else {
                    throw Problem("a follower of \(session) at \(position) was given \(event.seq), or another event")
                }
                position = event.seq.rawValue
            case .erased(let event):
                pattern.note(event)
                guard event.seq.rawValue == position + 1 else {
                    throw Problem("a follower of \(session) at \(position) was given \(event.seq), which is erased")
                }
                position = event.seq.rawValue
            case .compacted(let from, let to):
                let range = from.rawValue...to.rawValue
                guard from.rawValue == position + 1, range.allSatisfy({ pattern.isDelta(at: $0) }) else {
                    throw Problem("a follower of \(session) at \(position) was told that \(range) is gone")
                }
                position = to.rawValue
            case .caughtUp, .unknownStream: break
            case .ahead, .lagged, .disconnected: throw Problem("a follower was given \(delivery)")
            }
        }
    }

    /// A parent that is gone ends this process: the write raises SIGPIPE.
    static func say(_ session: SessionID, _ head: Int64) {
        let words = [session.uuid.high, session.uuid.low, UInt64(bitPattern: head)].map(\.bigEndian)
        _ = words.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
