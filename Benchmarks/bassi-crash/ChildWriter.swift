import BassiEvents
import BassiSQLite
import BassiStore
import Foundation

/// The process that is killed: it appends without end, and says on its standard output what was acknowledged.
enum ChildWriter {
    static let sessionsPerWriter = 3
    /// Session and position, both big-endian: short enough for a pipe to take it whole or not at all.
    static let recordBytes = 24

    /// The sessions of one writer of one file. No two writers share one.
    static func sessions(of writer: Int, file: UInt64) -> [SessionID] {
        (0..<sessionsPerWriter).map { SessionID(UUIDv7(high: file, low: UInt64(writer * sessionsPerWriter + $0))) }
    }

    /// What stands at a position. It follows from the place, so the parent knows it without being told.
    static func payload(at position: Int64, of session: SessionID) -> EventPayload {
        var numbers = SeededNumbers(seed: session.uuid.high ^ session.uuid.low << 32 ^ UInt64(position))
        let length = Int.random(in: 0...400, using: &numbers)
        let letters = Array("abcdefghijklmnopqrstuvwxyz ÄÖÜ\n\"\\0123456789")
        let text = String((0..<length).map { _ in letters[Int.random(in: 0..<letters.count, using: &numbers)] })
        return .tokenDelta(TokenDelta(blockID: "b", delta: "\(position) \(text)"))
    }

    static func run(path: String, writer: Int, file: UInt64, seed: UInt64) async throws {
        let store = try SQLiteEventStore(path: path, vfs: nil, groupsPerCheckpoint: 20)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, session) in sessions(of: writer, file: file).enumerated() {
                group.addTask { try await append(to: session, in: store, seed: seed &+ UInt64(index)) }
            }
            try await group.waitForAll()
        }
    }

    private static func append(to session: SessionID, in store: SQLiteEventStore, seed: UInt64) async throws {
        var numbers = SeededNumbers(seed: seed)
        var head = try await store.head(of: session) ?? .start
        while true {
            let count = Int64.random(in: 1...6, using: &numbers)
            let batch = (1...count).map { EventDraft(payload(at: head.rawValue + $0, of: session)) }
            let durability: Durability = numbers.happens(0.2) ? .durable : .visible
            let events = try await store.append(batch, to: session, expecting: .exact(head), until: durability)
            head = events.last?.seq ?? head
            say(session, head)
        }
    }

    /// A parent that is gone ends this process: the write raises SIGPIPE.
    private static func say(_ session: SessionID, _ head: SequenceNumber) {
        let words = [session.uuid.high, session.uuid.low, UInt64(bitPattern: head.rawValue)].map(\.bigEndian)
        _ = words.withUnsafeBytes { write(STDOUT_FILENO, $0.baseAddress, $0.count) }
    }
}
