import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Testing

/// One owner at a time, over two stores on one file as over two processes.
@Suite struct LeaseTests {
    private func withTwoStores(_ body: (SQLiteEventStore, SQLiteEventStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("log.sqlite").path
        let (first, second) = (try SQLiteEventStore(path: path), try SQLiteEventStore(path: path))
        try await body(first, second)
        try await first.close()
        try await second.close()
    }

    private let session = SessionID()

    private var event: EventDraft { EventDraft(.sessionEnded(SessionEnded(reason: "x"))) }

    @Test func `the second owner is refused until the first lets go`() async throws {
        try await withTwoStores { first, second in
            let lease = try await first.acquireLease(of: session)
            await #expect(throws: StoreError.owned(session: session, by: "process \(getpid())")) {
                try await second.acquireLease(of: session)
            }
            await #expect(throws: StoreError.self) { try await first.acquireLease(of: session) }
            await first.releaseLease(lease)
            let next = try await second.acquireLease(of: session)
            #expect(next.epoch == lease.epoch + 1)
        }
    }

    @Test func `an append under a stale epoch is refused and adds nothing`() async throws {
        try await withTwoStores { first, second in
            let stale = try await first.acquireLease(of: session)
            _ = try await first.append([event], to: session, expecting: .noStream, until: .visible, under: stale)
            await first.releaseLease(stale)
            let fresh = try await second.acquireLease(of: session)
            await #expect(throws: StoreError.fenced(session: session, epoch: stale.epoch)) {
                try await first.append([event], to: session, expecting: .exact(1), until: .visible, under: stale)
            }
            _ = try await second.append([event], to: session, expecting: .exact(1), until: .durable, under: fresh)
            #expect(try await first.head(of: session) == 2)
        }
    }

    @Test func `a session that is owned and has no events yet is not listed`() async throws {
        try await withTwoStores { first, second in
            let lease = try await first.acquireLease(of: session)
            #expect(try await second.head(of: session) == nil)
            #expect(try await second.sessions(limit: 10, offset: 0).isEmpty)
            _ = try await first.append([event], to: session, expecting: .noStream, until: .visible, under: lease)
            #expect(try await second.session(session)?.hasOwner == true)
            await first.releaseLease(lease)
            #expect(try await second.session(session)?.hasOwner == false)
        }
    }
}
