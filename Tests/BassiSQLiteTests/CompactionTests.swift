import BassiEvents
import BassiStore
import Foundation
import Testing

@testable import BassiSQLite

/// Deltas of what has ended go; everything else stays, and every reader is told.
@Suite struct CompactionTests {
    private let session = SessionID()
    private let old = Timestamp(milliseconds: 1_000)
    private let recent = Timestamp(milliseconds: 9_000)
    private let between = Timestamp(milliseconds: 5_000)

    private func withStore(_ body: (SQLiteEventStore, LogFolder) async throws -> Void) async throws {
        let folder = try LogFolder()
        let store = try SQLiteEventStore(path: folder.log)
        _ = try await store.append(
            SampleLog.run("a", at: old) + SampleLog.run("b", at: old) + SampleLog.run("c", at: recent), to: session,
            expecting: .noStream)
        try await body(store, folder)
        #expect(try await store.verify(session) == nil)
        try await store.close()
    }

    private func deliveries(_ store: SQLiteEventStore, where filter: EventFilter = .all) async throws -> [Delivery] {
        var deliveries: [Delivery] = []
        for try await delivery in store.follow(session, where: filter) {
            if case .caughtUp = delivery { break }
            deliveries.append(delivery)
        }
        return deliveries
    }

    @Test func `deltas of old blocks are dropped, and a follower is told which`() async throws {
        try await withStore { store, _ in
            let before = try await store.read(session)
            #expect(try await store.compact(session, before: between) == 10)
            let left = before.filter { !$0.payload.isDelta || $0.timestamp == recent }
            #expect(try await store.read(session) == left)
            let gaps = try await deliveries(store).filter { if case .event = $0 { false } else { true } }
            #expect(gaps == [.compacted(from: 4, to: 8), .compacted(from: 15, to: 19)])
            #expect(try await deliveries(store, where: .types(.runStarted)).count == 3)
            #expect(try await store.compact(session, before: between) == 0)
            #expect(try await store.compact(session, before: .now) == 5)
        }
    }

    @Test func `a block that is open keeps its deltas, and loses them once it has ended`() async throws {
        try await withStore { store, _ in
            let run = SampleLog.run("d", at: old)
            _ = try await store.append(Array(run.prefix(6)), to: session, expecting: .any)
            #expect(try await store.compact(session, before: .now) == 15)
            #expect(try await store.read(session, after: 33).map(\.seq.rawValue) == Array(34...39))
            _ = try await store.append(Array(run.dropFirst(6)), to: session, expecting: .any)
            #expect(try await store.compact(session, before: .now) == 5)
        }
    }

    @Test func `a delta that somebody else removes is missed`() async throws {
        try await withStore { store, folder in
            try await store.compact(session, before: between)
            let connection = try SQLiteConnection(path: folder.log, flags: 2)
            try connection.execute("DROP TRIGGER events_are_never_deleted")
            try connection.execute("BEGIN; DELETE FROM events WHERE seq = 26")
            try connection.execute("COMMIT")
            #expect(try await store.verify(session)?.problem == "position 26 is missing before it")
            try connection.execute(
                "INSERT INTO events SELECT stream, 26, type, event_id, run_id, cause_seq, timestamp, schema, hash, salt, commitment, "
                    + "CAST(replace(CAST(payload AS TEXT), 'c-1', 'c-0') AS BLOB) FROM events WHERE seq = 27")
            #expect(try await store.verify(session) == nil)
            try connection.execute("DROP TRIGGER events_are_never_changed")
            try connection.execute(
                "UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'c-0', 'c-x') AS BLOB) WHERE seq = 26")
            #expect(try await store.verify(session)?.problem == "it does not say what its deltas say")
            try connection.execute(
                "UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'c-x', 'c-0') AS BLOB) WHERE seq = 26")
            try connection.execute("\(Schema.deleteTrigger); \(Schema.changeTrigger)")
        }
    }

    @Test func `a fork that was made in the middle of a block keeps what it needs to end it`() async throws {
        try await withStore { store, _ in
            let child = SessionID()
            _ = try await store.fork(session, at: 6, into: child)
            #expect(try await store.compact(session, before: between) == 7)
            #expect(try await store.read(child).map(\.seq.rawValue) == Array(1...7))
            #expect(try await store.verify(child) == nil)
            try await store.delete(session)
            #expect(try await store.read(child).map(\.seq.rawValue) == Array(1...7))
            #expect(try await store.verify(child) == nil)
            _ = try await store.append(SampleLog.run("a", at: old), to: session, expecting: .noStream)
        }
    }

    @Test func `a fork that is made between the search for deltas and their end is seen`() async throws {
        try await withStore { store, _ in
            let (child, session) = (SessionID(), session)
            let (stream, found) = try await store.reader.run { rows in
                let stream = try #require(try rows.stream(session))
                return (stream, try rows.endedDeltas(of: stream, through: stream.head))
            }
            _ = try await store.fork(session, at: 6, into: child)
            let dropped = try await store.writer.transaction {
                try $0.drop(found[...], of: stream.row, through: stream.head)
            }
            #expect(found.count == 15 && dropped == 12)
            #expect(try await store.read(child).map(\.seq.rawValue) == Array(1...7))
        }
    }

    @Test func `the room is given back to the disk`() async throws {
        try await withStore { store, folder in
            for count in 0..<20 {
                _ = try await store.append(
                    SampleLog.run("long \(count)", deltas: 2_000, at: old), to: session, expecting: .any)
            }
            try await store.shrink()
            func bytes() throws -> Int {
                try FileManager.default.attributesOfItem(atPath: folder.log)[.size] as? Int ?? 0
            }
            let before = try bytes()
            // The block in between that seems younger has ended before these began.
            #expect(try await store.compact(session, before: between) == 40_015)
            try await store.shrink()
            let after = try bytes()
            #expect(after < before / 5, "\(before) to \(after)")
        }
    }
}
