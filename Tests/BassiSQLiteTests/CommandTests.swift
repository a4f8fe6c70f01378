import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Testing

/// The command table over two stores on one file, as over two processes.
@Suite(.timeLimit(.minutes(2))) struct CommandTests {
    private func withTwoStores(
        _ body: (SQLiteEventStore, SQLiteEventStore, LogFolder, SessionID) async throws -> Void
    ) async throws {
        let (folder, session) = (try LogFolder(), SessionID())
        let (first, second) = (try SQLiteEventStore(path: folder.log), try SQLiteEventStore(path: folder.log))
        _ = try await first.append([SampleLog.prompt("hello")], to: session, expecting: .noStream)
        try await body(first, second, folder, session)
        try await first.close()
        try await second.close()
    }

    @Test func `commands and results wake those who wait in another process`() async throws {
        try await withTwoStores { owner, sender, _, session in
            var last: Int64 = 0
            for round in 0..<50 {
                let after = last
                async let arrived: Void = owner.waitForCommands(in: session, after: after)
                last = try await sender.submit("\(round)", [1], to: session).number
                try await arrived
                async let result = sender.waitForResult(of: "\(round)", in: session)
                try await owner.complete("\(round)", of: session, with: [UInt8(round)], under: nil)
                #expect(try await result == [UInt8(round)])
            }
        }
    }

    @Test func `a command is there after the file was closed, and again after its result`() async throws {
        try await withTwoStores { first, second, folder, session in
            try await first.submit("a", [1], to: session)
            try await first.close()
            try await second.close()
            let third = try SQLiteEventStore(path: folder.log)
            #expect(try await third.pendingCommands(of: session, after: 0, limit: 9).map(\.body) == [[1]])
            try await third.complete("a", of: session, with: [2], under: nil)
            try await third.close()
            let fourth = try SQLiteEventStore(path: folder.log)
            #expect(try await fourth.submit("a", [3], to: session).result == [2])
            try await fourth.close()
        }
    }

    @Test func `deleting a session leaves no byte of its commands and ends the waits for them`() async throws {
        try await withTwoStores { owner, sender, folder, session in
            let secret = String(repeating: "planted-marker-", count: 1000)
            try await sender.submit("done", Array(secret.utf8), to: session)
            try await sender.submit("open", Array(secret.utf8), to: session)
            try await owner.complete("done", of: session, with: Array("planted-marker".utf8), under: nil)
            async let result = sender.waitForResult(of: "open", in: session)
            try await owner.delete(session)
            do {
                _ = try await result
                Issue.record("there is a result of what was deleted")
            } catch let error as StoreError { #expect(error == .unknownCommand("open", session: session)) }
            #expect(try folder.files(with: "planted-marker") == [])
        }
    }

    @Test func `the body of a completed command is nowhere after a redaction`() async throws {
        try await withTwoStores { owner, sender, folder, session in
            let secret = String(repeating: "planted-marker-", count: 1000)
            try await sender.submit("a", Array(secret.utf8), to: session)
            try await owner.complete("a", of: session, with: [], under: nil)
            try await owner.redact(session, at: SequenceNumber(1), reason: "test")
            #expect(try folder.files(with: "planted-marker") == [])
        }
    }

    @Test func `a copy of a session has no commands of it`() async throws {
        try await withTwoStores { owner, sender, _, session in
            try await sender.submit("a", [1], to: session)
            let copy = SessionID()
            _ = try await owner.fork(session, at: nil, into: copy)
            #expect(try await owner.pendingCommands(of: copy, after: 0, limit: 9).isEmpty)
        }
    }
}
