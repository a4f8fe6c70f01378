import BassiEvents
import BassiStore
import Foundation
import Testing

@testable import BassiSQLite

/// One payload is erased: no file has a word of it, and the log still verifies.
@Suite struct RedactTests {
    private let marker = "planted-77aa-secret"
    private let session = SessionID()

    private func withStore(_ body: (SQLiteEventStore, LogFolder) async throws -> Void) async throws {
        let folder = try LogFolder()
        let store = try SQLiteEventStore(path: folder.log)
        _ = try await store.append(
            [SampleLog.prompt("my word is \(marker)")] + SampleLog.run("a"), to: session, expecting: .noStream)
        _ = try await store.append(SampleLog.run(marker), to: session, expecting: .any)
        try await body(store, folder)
        #expect(try await store.verify(session) == nil)
        try await store.close()
    }

    @Test func `an erased prompt is gone from every file and keeps its place, its link and its form`() async throws {
        let folder = try LogFolder()
        let store = try SQLiteEventStore(path: folder.log)
        let log = try await store.append(
            [SampleLog.prompt("my word is \(marker)")] + SampleLog.run("a"), to: session, expecting: .noStream)
        #expect(try await store.search(["word"]).count == 1)
        try await store.keep(Snapshot(kind: "k", seq: 3, bytes: Array(marker.utf8)), of: session)
        try await store.redact(session, at: 1, reason: "a key")
        #expect(try folder.files(with: marker) == [])
        let event = try #require(try await store.read(session).first)
        #expect((event.id, event.hash, event.isErased) == (log[0].id, log[0].hash, true))
        #expect(event.payload == SampleLog.prompt("[erased]").payload)
        #expect(try await store.search(["word"]).isEmpty)
        #expect(try await store.snapshot(of: session, kind: "k") == nil)
        var follower = store.follow(session).makeAsyncIterator()
        #expect(try await follower.next() == .erased(event))
        #expect(try await follower.next() == .event(log[1]))
        let last = try await store.read(session).last
        #expect(last?.payload == .redacted(Redacted(targetSeq: 1, reason: "a key")))
        #expect(try await store.verify(session) == nil)
        // A second time changes nothing but says so.
        try await store.redact(session, at: 1, reason: "again")
        #expect(try await store.read(session).first == event)
        #expect(try await store.verify(session) == nil)
        try await store.close()
    }

    @Test func `with the end of a block its deltas are erased, and what began still has its end`() async throws {
        try await withStore { store, _ in
            let log = try await store.read(session)
            let end = try #require(log.lastIndex { if case .contentBlockEnd = $0.payload { true } else { false } })
            try await store.redact(session, at: SequenceNumber(Int64(end + 1)), reason: "r")
            let erased = try await store.read(session).filter(\.isErased)
            #expect(erased.count == 6)
            #expect(erased.allSatisfy { !String(decoding: $0.payloadBytes, as: UTF8.self).contains("\(marker)-") })
            _ = try LogRules.check(try await store.read(session))
        }
    }

    @Test func `whoever knows a short payload cannot prove it after it was erased`() async throws {
        try await withStore { store, folder in
            try await store.redact(session, at: 1, reason: "r")
            let exported = try await store.export(session, after: .start)
            #expect(exported[0].salt == nil && exported[0].commitment?.count == 32)
            let connection = try SQLiteConnection(path: folder.log, flags: 2)
            try connection.execute("DROP TRIGGER events_are_never_changed")
            try connection.execute("UPDATE events SET commitment = zeroblob(32) WHERE seq = 1")
            #expect(try await store.verify(session)?.seq == 1)
            _ = try await store.writer.erase { try $0.erase(session) }
            try connection.execute(Schema.changeTrigger)
        }
    }

    @Test func `a position that is not there and a session that is owned are refused`() async throws {
        try await withStore { store, _ in
            await #expect(throws: StoreError.noSuchPosition(session: session, position: 99, head: 23)) {
                try await store.redact(session, at: 99, reason: "r")
            }
            let lease = try await store.acquireLease(of: session)
            await #expect(throws: StoreError.self) { try await store.redact(session, at: 1, reason: "r") }
            await store.releaseLease(lease)
        }
    }

    @Test func `what is erased in a fork is erased in what it shares`() async throws {
        try await withStore { store, folder in
            let child = SessionID()
            _ = try await store.fork(session, at: 5, into: child)
            try await store.redact(child, at: 1, reason: "r")
            #expect(try await store.read(session).first?.isErased == true)
            #expect(try await store.verify(child) == nil)
        }
    }

    @Test(arguments: [
        EventPayload.toolCallStarted(
            ToolCallStarted(
                toolID: "t", toolName: "bash", toolInput: ["command": "cat planted"], effect: .write, reach: .machine,
                attempt: 1)),
        .contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .toolUse, toolInput: ["planted": 1])),
        .contentBlockEnd(
            ContentBlockEnd(blockID: "b", kind: .thinking, thinking: "planted", providerData: ["s": "planted"])),
        .toolCallCompleted(
            ToolCallCompleted(
                toolID: "t", toolName: "bash", result: [.text("planted")], structured: ["planted": true],
                durationMilliseconds: 1)),
        .error(
            ErrorOccurred(errorType: "x", errorMessage: "planted", retryable: false, context: ["planted": "planted"])),
        .sessionUpdated(SessionUpdated(changes: ["title": "planted"])),
        .unknown(UnknownPayload(type: "later", rawJSON: Array(#""x":"planted""#.utf8))),
    ]) func `of every payload only the form is left`(_ payload: EventPayload) {
        let erased = payload.erased
        #expect(erased.type == payload.type)
        #expect(!String(decoding: erased.encoded, as: UTF8.self).contains("planted"))
        if case .unknown = payload { return }
        if case .unknown = erased { Issue.record("it became unknown") }
    }
}
