import BassiEvents
import BassiStore
import Foundation
import Testing

@testable import BassiSQLite

/// With a key nobody can write a log anew.
@Suite struct SignatureTests {
    private let session = SessionID()

    private func key(_ byte: UInt8) throws -> LogKey { try #require(LogKey([UInt8](repeating: byte, count: 32))) }

    private func finding(of folder: LogFolder, _ session: SessionID? = nil, key: LogKey?) async throws -> String? {
        let store = try SQLiteEventStore(path: folder.log, key: key)
        let finding = try await store.verify(session ?? self.session)
        try await store.close()
        return finding?.problem
    }

    @Test func `the end of each run is signed, and only with that key`() async throws {
        let folder = try LogFolder()
        let store = try SQLiteEventStore(path: folder.log, key: try key(1))
        _ = try await store.append(SampleLog.run("a") + SampleLog.run("b"), to: session, expecting: .noStream)
        let child = SessionID()
        _ = try await store.fork(session, at: nil, into: child)
        _ = try await store.append(SampleLog.run("c"), to: child, expecting: .any)
        try await store.close()
        #expect(try await finding(of: folder, key: key(1)) == nil)
        #expect(try await finding(of: folder, child, key: key(1)) == nil)
        #expect(try await finding(of: folder, key: nil) == nil)
        #expect(try await finding(of: folder, key: key(2)) == "its signature is not of this key, or not of this log")
        let other = try SQLiteEventStore(path: folder.log, key: try key(1))
        try await other.delete(session)
        #expect(try await other.verify(child) == nil)
        try await other.close()
    }

    @Test func `a signature that is taken away is missed`() async throws {
        let folder = try LogFolder()
        let store = try SQLiteEventStore(path: folder.log, key: try key(1))
        _ = try await store.append(SampleLog.run("a"), to: session, expecting: .noStream)
        try await store.close()
        try SQLiteConnection(path: folder.log, flags: 2).execute("DELETE FROM signatures")
        #expect(try await finding(of: folder, key: key(1)) == "the end of this run is not signed")
    }

    @Test func `a short key is none`() {
        #expect(LogKey([UInt8](repeating: 1, count: 15)) == nil)
    }
}
