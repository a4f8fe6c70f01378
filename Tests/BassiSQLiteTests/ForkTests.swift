import BassiEvents
import BassiStore
import Foundation
import Testing

@testable import BassiSQLite

/// A fork shares what was, and goes its own way.
@Suite struct ForkTests {
    private let parent = SessionID()
    private let child = SessionID()
    private let grandchild = SessionID()

    private func withStore(_ body: (SQLiteEventStore, LogFolder) async throws -> Void) async throws {
        let folder = try LogFolder()
        let store = try SQLiteEventStore(path: folder.log)
        _ = try await store.append(
            [SampleLog.prompt("one")] + SampleLog.run("a") + SampleLog.run("b"), to: parent, expecting: .noStream)
        try await body(store, folder)
        for session in try await store.sessions(limit: 10, offset: 0) {
            #expect(try await store.verify(session.id) == nil, "\(session.id)")
        }
        try await store.close()
    }

    @Test func `a fork has the events up to its position, as its own, and then its first own one`() async throws {
        try await withStore { store, _ in
            let before = try await store.read(parent)
            let event = try await store.fork(parent, at: 7, into: child)
            #expect(event.seq == 8)
            let log = try await store.read(child)
            #expect(log.dropLast() == before.prefix(7).map { $0.moved(to: child) }[...])
            #expect(log.last == event)
            #expect(
                event.payload
                    == .sessionForked(SessionForked(intoSessionID: child, atSeq: 7, fromSessionID: parent)))
            #expect(try await store.read(parent) == before)
            #expect(try await store.head(of: child) == 8)
            #expect(try await store.session(child)?.createdAt == event.timestamp)
            #expect(try await store.session(parent)?.head == SequenceNumber(Int64(before.count)))
        }
    }

    @Test func `both go on without the other, and forks of forks too`() async throws {
        try await withStore { store, _ in
            _ = try await store.fork(parent, at: nil, into: child)
            _ = try await store.append([SampleLog.prompt("two")], to: child, expecting: .any)
            _ = try await store.append([SampleLog.prompt("three")], to: parent, expecting: .any)
            _ = try await store.fork(child, at: 5, into: grandchild)
            let deep = SessionID()
            _ = try await store.fork(child, at: nil, into: deep)
            let count = try await store.read(child).count
            #expect(try await store.read(deep).count == count + 1)
            #expect(try await store.read(grandchild).map(\.seq.rawValue) == Array(1...6))
            #expect(try await store.read(parent).last?.payload == SampleLog.prompt("three").payload)
            #expect(try await store.read(child).last?.payload == SampleLog.prompt("two").payload)
        }
    }

    @Test func `what cannot be forked says why`() async throws {
        try await withStore { store, _ in
            let unknown = SessionID()
            await #expect(throws: StoreError.noSuchPosition(session: unknown, position: .start, head: .start)) {
                try await store.fork(unknown, at: nil, into: child)
            }
            for position: SequenceNumber in [0, 99] {
                await #expect(throws: StoreError.noSuchPosition(session: parent, position: position, head: 23)) {
                    try await store.fork(parent, at: position, into: child)
                }
            }
            await #expect(throws: StoreError.conflict(session: parent, expected: .noStream, actual: 23)) {
                try await store.fork(parent, at: 3, into: parent)
            }
            let stored = try await store.session(child)
            #expect(stored == nil)
        }
    }

    @Test func `a parent that is deleted leaves its forks whole, and nothing else of it`() async throws {
        try await withStore { store, folder in
            _ = try await store.append([SampleLog.prompt("planted-4711")], to: parent, expecting: .any)
            _ = try await store.fork(parent, at: 20, into: child)
            _ = try await store.append([SampleLog.prompt("two")], to: child, expecting: .any)
            _ = try await store.fork(child, at: 22, into: grandchild)
            let logs = [try await store.read(child), try await store.read(grandchild)]
            #expect(try await store.search(["one"]).map(\.session) == [parent])
            try await store.delete(parent)
            #expect(try await store.read(child) == logs[0])
            #expect(try await store.read(grandchild) == logs[1])
            #expect(try folder.files(with: "planted-4711") == [])
            #expect(try await store.search(["one"]).map(\.session) == [child])
            #expect(try await store.verify(grandchild) == nil)
            try await store.delete(child)
            #expect(try await store.read(grandchild) == logs[1])
        }
    }

    @Test func `a fork of what was given to a fork still says where it was written`() async throws {
        try await withStore { store, folder in
            _ = try await store.fork(parent, at: 4, into: child)
            _ = try await store.append([SampleLog.prompt("x"), SampleLog.prompt("y")], to: child, expecting: .any)
            _ = try await store.fork(child, at: nil, into: grandchild)
            try await store.delete(child)
            let (first, second) = (SessionID(), SessionID())
            _ = try await store.fork(grandchild, at: 6, into: first)
            _ = try await store.fork(grandchild, at: 3, into: second)
            try await store.delete(grandchild)
            _ = try await store.fork(first, at: 5, into: grandchild)
            for session in [first, second, grandchild] {
                let finding = try await store.verify(session)
                #expect(finding == nil)
            }
            #expect(try await store.read(first).count == 7)
        }
    }

    @Test func `a fork in the middle of a block whose deltas are gone begins behind a gap that is said`() async throws {
        try await withStore { store, _ in
            #expect(try await store.compact(parent, before: Timestamp(milliseconds: .max)) == 10)
            _ = try await store.fork(parent, at: 7, into: child)
            #expect(try await store.read(child).map(\.seq.rawValue) == [1, 2, 3, 4, 8])
            let finding = try await store.verify(child)
            #expect(finding == nil)
        }
    }

    @Test func `a fork costs the same, however long the parent is`() async throws {
        try await withStore { store, _ in
            let batch = (0..<20_000).map { SampleLog.prompt("\($0)") }
            _ = try await store.append(batch, to: parent, expecting: .any)
            let before = try await store.reader.run { try $0.connection.integer("SELECT count(*) FROM events") }
            _ = try await store.fork(parent, at: nil, into: child)
            let after = try await store.reader.run { try $0.connection.integer("SELECT count(*) FROM events") }
            #expect(after == before + 1)
        }
    }

    @Test func `a change in what a fork shares is found in both`() async throws {
        try await withStore { store, folder in
            _ = try await store.fork(parent, at: 20, into: child)
            let connection = try SQLiteConnection(path: folder.log, flags: 2)
            try connection.execute("DROP TRIGGER events_are_never_changed")
            try connection.execute("UPDATE events SET timestamp = timestamp + 1 WHERE seq = 2")
            #expect(try await store.verify(child)?.seq == 2)
            #expect(try await store.verify(parent)?.seq == 2)
            try connection.execute("UPDATE events SET timestamp = timestamp - 1 WHERE seq = 2")
            try connection.execute(Schema.changeTrigger)
        }
    }
}
