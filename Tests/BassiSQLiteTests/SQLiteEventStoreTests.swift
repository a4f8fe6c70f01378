import BassiEvents
import BassiStore
import Foundation
import Synchronization
import Testing

@testable import BassiSQLite

@Suite(.timeLimit(.minutes(10))) struct SQLiteEventStoreTests {
    let session = SessionID()

    private func ended(_ reason: String) -> EventDraft {
        EventDraft(.sessionEnded(SessionEnded(reason: reason)), runID: RunID(), causeSeq: 3)
    }

    private func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("bassi-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder.appendingPathComponent("log.sqlite").path)
    }

    @Test func `events have the same bytes after the store was closed and opened again`() async throws {
        try await withFile { path in
            var store = try SQLiteEventStore(path: path)
            let unknown = EventPayload.unknown(
                UnknownPayload(type: "new", rawJSON: Array(#""b": 1.0,"a":"\u00e9""#.utf8)))
            let batch = [
                ended("Grüße\n\u{0}"), EventDraft(unknown),
                EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: "x"))),
            ]
            let events = try await store.append(batch, to: session, expecting: .noStream, until: .durable)
            try await store.close()
            store = try SQLiteEventStore(path: path)
            let read = try await store.read(session)
            #expect(read.map(EventCoder.encode) == events.map(EventCoder.encode))
            #expect(read == events)
            try await store.close()
        }
    }

    @Test func `a conflict is its own job's answer only and adds nothing`() async throws {
        try await withFile { path in
            let store = try SQLiteEventStore(path: path)
            for round in 0..<20 {
                let wins = await withTaskGroup(of: Bool.self) { group in
                    for _ in 0..<16 {
                        group.addTask {
                            let version = ExpectedVersion.exact(SequenceNumber(Int64(round)))
                            return (try? await store.append([ended("x")], to: session, expecting: version)) != nil
                        }
                    }
                    return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
                }
                #expect(wins == 1)
            }
            #expect(try await store.read(session).map(\.seq.rawValue) == Array(1...20))
            await #expect(throws: StoreError.conflict(session: session, expected: .noStream, actual: 20)) {
                try await store.append([ended("x")], to: session, expecting: .noStream)
            }
            try await store.close()
        }
    }

    @Test func `a follower in another connection gets what is appended here once and in order`() async throws {
        try await withFile { path in
            let (store, other) = (try SQLiteEventStore(path: path), try SQLiteEventStore(path: path))
            let following = Task {
                var positions: [Int64] = []
                for try await case .event(let event) in other.follow(session) {
                    positions.append(event.seq.rawValue)
                    if positions.count == 500 { break }
                }
                return positions
            }
            for index in 0..<100 {
                _ = try await store.append(
                    (0..<5).map { ended("\(index) \($0)") }, to: session, expecting: .any,
                    until: index % 10 == 0 ? .durable : .visible)
            }
            #expect(try await following.value == Array(1...500))
            try await store.close()
            try await other.close()
        }
    }

    /// Without the bell the poll for other processes would hide it, and cost 25 ms each time.
    @Test func `an append rings the bell before it is answered, so that no follower here needs the poll`() async throws
    {
        try await withFile { path in
            let bell = HeadBell()
            let writer = try GroupWriter(
                path: path, bell: bell, recent: RecentEvents(), vfs: nil, groupsPerCheckpoint: 200, key: nil)
            for head in 1...3 {
                _ = try await writer.append([ended("x")], to: session, expecting: .any, until: .visible, under: nil)
                try await bell.wait(for: session, after: SequenceNumber(Int64(head - 1)))
            }
            await writer.close()
        }
    }

    @Test func `programs that write a little and end leave no WAL that grows without end`() async throws {
        try await withFile { path in
            let text = String(repeating: "x", count: 100_000)
            for _ in 0..<60 {
                let store = try SQLiteEventStore(path: path)
                _ = try await store.append([ended(text)], to: session, expecting: .any, until: .durable)
                try await store.close()
            }
            let bytes = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
            #expect((bytes ?? 0) < 3 << 20)
        }
    }

    @Test func `an empty batch makes no stream`() async throws {
        try await withFile { path in
            let store = try SQLiteEventStore(path: path)
            #expect(try await store.append([], to: session, expecting: .noStream).isEmpty)
            #expect(try await store.head(of: session) == nil)
            try await store.close()
        }
    }

    @Test func `pages are bounded and filtered by type`() async throws {
        try await withFile { path in
            let store = try SQLiteEventStore(path: path)
            let batch = (0..<2500).map { index in
                index % 2 == 0 ? EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: "x"))) : ended("\(index)")
            }
            _ = try await store.append(batch, to: session, expecting: .any)
            #expect(try await store.read(session, after: 0, where: .all, limit: .max).count == 1000)
            let ends = try await store.read(session, after: 3, where: .types(["session_ended", "x\"y"]), limit: 2)
            #expect(ends.map(\.seq) == [4, 6])
            #expect(try await store.head(of: SessionID()) == nil)
            try await store.close()
        }
    }

    @Test func `two writers of one file both get through and the log does not grow for ever in the WAL`() async throws {
        try await withFile { path in
            let stores = [try SQLiteEventStore(path: path), try SQLiteEventStore(path: path)]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for store in stores {
                    group.addTask {
                        let own = SessionID()
                        for position in 0..<500 {
                            let version = ExpectedVersion.exact(SequenceNumber(Int64(position)))
                            _ = try await store.append([ended("x")], to: own, expecting: version, until: .visible)
                        }
                        #expect(try await store.head(of: own) == 500)
                    }
                }
                try await group.waitForAll()
            }
            let wal = try FileManager.default.attributesOfItem(atPath: path + "-wal")[.size] as? Int
            #expect(wal ?? .max < 8_000_000, "1,000 transactions without a checkpoint leave some 12 MB")
            for store in stores { try await store.close() }
        }
    }

    @Test func `a new file may be opened by many at once`() async throws {
        for _ in 0..<20 {
            try await withFile { path in
                let opened = Atomic<Int>(0)
                DispatchQueue.concurrentPerform(iterations: 4) { _ in
                    if (try? SQLiteEventStore(path: path)) != nil { opened.add(1, ordering: .relaxed) }
                }
                #expect(opened.load(ordering: .relaxed) == 4)
            }
        }
    }

    @Test func `the database itself refuses to change or delete an event`() async throws {
        try await withFile { path in
            let store = try SQLiteEventStore(path: path)
            _ = try await store.append([ended("x")], to: session, expecting: .any)
            try await store.close()
            let connection = try Schema.open(path)
            for sql in ["UPDATE events SET payload = x'00'", "DELETE FROM events"] {
                #expect(throws: SQLiteConnection.Failure.self) { try connection.execute(sql) }
            }
        }
    }

    @Test func `the file is private to its owner`() async throws {
        try await withFile { path in
            let store = try SQLiteEventStore(path: path)
            _ = try await store.append([ended("x")], to: session, expecting: .any)
            for suffix in ["", "-wal", "-shm"] {
                let mode = try FileManager.default.attributesOfItem(atPath: path + suffix)[.posixPermissions] as? Int
                #expect(mode == 0o600, "\(suffix)")
            }
            try await store.close()
        }
    }

    @Test func `a foreign file is refused and left untouched`() async throws {
        try await withFile { path in
            let file = URL(fileURLWithPath: path)
            try Data(
                "not a database, but somebody's letter, long enough to have a header of a hundred bytes or more……".utf8
            )
            .write(to: file)
            try refuses(file, .foreignFile(path: path))
            try Data("short".utf8).write(to: file)
            try refuses(file, .foreignFile(path: path))

            try FileManager.default.removeItem(at: file)
            try SQLiteConnection(path: path, flags: 6).execute("CREATE TABLE letters(text)")
            try refuses(file, .foreignFile(path: path))

        }
    }

    @Test func `a file of a newer program is read and never written`() async throws {
        try await withFile { path in
            let older = try SQLiteEventStore(path: path)
            let event = try await older.append([ended("x")], to: session, expecting: .any, until: .durable)
            try await older.close()
            try Schema.open(path).execute("PRAGMA user_version = 99")
            let store = try SQLiteEventStore(path: path)
            #expect(try await store.read(session) == event)
            let refusal = StoreError.newerFile(path: path, version: 99)
            await #expect(throws: refusal) { try await store.append([ended("y")], to: session, expecting: .any) }
            await #expect(throws: refusal) { try await store.acquireLease(of: session) }
            await #expect(throws: refusal) { try await store.fork(session, at: nil, into: SessionID()) }
            try await store.close()
        }
    }

    @Test func `a folder, a missing folder and a closed store say what is wrong`() async throws {
        try await withFile { path in
            let folder = (path as NSString).deletingLastPathComponent
            for wrong in [folder, folder + "/no/such/log.sqlite"] {
                let error = #expect(throws: StoreError.self) { try SQLiteEventStore(path: wrong) }
                #expect(error?.description.contains(wrong) == true)
            }
            let store = try SQLiteEventStore(path: path)
            let waiting = Task { for try await _ in store.follow(session) {} }
            await Task.yield()
            try await store.close()
            await #expect(throws: StoreError.closed) { try await waiting.value }
            await #expect(throws: StoreError.closed) {
                try await store.append([ended("x")], to: session, expecting: .any)
            }
        }
    }

    private func refuses(_ file: URL, _ expected: StoreError) throws {
        let before = try Data(contentsOf: file)
        #expect(throws: expected) { try SQLiteEventStore(path: file.path) }
        #expect(try Data(contentsOf: file) == before)
    }
}
