import BassiEvents
import BassiStore
import Foundation
import Testing

@testable import BassiSQLite

/// What is done with a log is done with its blobs.
@Suite struct BlobMaintenanceTests {
    private let marker = "planted-31bf-secret"

    /// Stores a prompt that is too large for an event and has the marker in its middle.
    private func append(_ store: SQLiteEventStore, to session: SessionID) async throws -> Event {
        let padding = String(repeating: "word ", count: 80_000)
        let drafting = EventDrafting(session: session, redactor: Redactor(), blobs: store.blobs)
        let (draft, _) = try await drafting.draft(SampleLog.prompt(padding + marker + padding).payload)
        return try await store.append([draft], to: session, expecting: .any)[0]
    }

    @Test func `a copy has what it shares, also when the other is deleted`() async throws {
        let (folder, session, child) = (try LogFolder(), SessionID(), SessionID())
        let store = try SQLiteEventStore(path: folder.log)
        let event = try await append(store, to: session)
        _ = try await store.fork(session, at: 1, into: child)
        try await store.delete(session)
        let shared = try #require(try await store.read(child).first)
        #expect(shared.sessionID == child && shared.blobNames == event.blobNames)
        guard case .promptReceived(let prompt) = try await store.whole(shared).payload else {
            return _ = Issue.record("no prompt")
        }
        #expect(prompt.content.first?.text?.contains(marker) == true)
        try await store.delete(child)
        #expect(try folder.files(with: marker) == [])
        try await store.close()
    }

    @Test func `a copy that fails leaves nothing, and takes nothing from one that is there`() async throws {
        let (folder, session, child, known) = (try LogFolder(), SessionID(), SessionID(), SessionID())
        let store = try SQLiteEventStore(path: folder.log)
        _ = try await append(store, to: session)
        let own = try await append(store, to: known)
        await #expect(throws: StoreError.self) { try await store.fork(session, at: 9, into: child) }
        await #expect(throws: StoreError.self) { try await store.fork(session, at: 1, into: known) }
        let folders = try FileManager.default.contentsOfDirectory(atPath: folder.url.path + "/blobs")
        #expect(Set(folders) == [session.description, known.description])
        #expect(try await store.whole(own).payload != own.payload)
        try await store.close()
    }

    @Test func `an erased event takes its blobs along, in every copy`() async throws {
        let (folder, session) = (try LogFolder(), SessionID())
        let (child, grandchild, other) = (SessionID(), SessionID(), SessionID())
        let store = try SQLiteEventStore(path: folder.log)
        _ = try await append(store, to: session)
        let kept = try await append(store, to: other)
        _ = try await store.fork(session, at: 1, into: child)
        _ = try await store.fork(child, at: 2, into: grandchild)
        #expect(try folder.files(with: marker).count == 4)
        try await store.redact(child, at: 1, reason: "a key")
        #expect(try folder.files(with: marker) == kept.blobNames.map(\.description))
        for copy in [session, child, grandchild] {
            let event = try #require(try await store.read(copy).first)
            #expect(event.isErased && event.blobNames.isEmpty)
            #expect(try await store.whole(event) == event)
            #expect(try await store.verify(copy) == nil)
        }
        try await store.close()
    }

    @Test func `a backup has the blobs, and one in the same folder shares them`() async throws {
        let (folder, elsewhere, session) = (try LogFolder(), try LogFolder(), SessionID())
        let store = try SQLiteEventStore(path: folder.log)
        let event = try await append(store, to: session)
        for file in [elsewhere.log, folder.log + ".backup"] {
            try await store.backUp(to: file)
            let copy = try SQLiteEventStore(path: file)
            let copied = try #require(try await copy.read(session).first)
            #expect(copied == event)
            #expect(try await copy.whole(copied).payload == store.whole(event).payload)
            try await copy.close()
        }
        try await store.close()
    }

    @Test func `a blob that is changed or gone is found, and so is a delta that says something else`() async throws {
        let (folder, session) = (try LogFolder(), SessionID())
        let store = try SQLiteEventStore(path: folder.log)
        let event = try await append(store, to: session)
        #expect(try await store.verify(session) == nil)
        let path = URL(fileURLWithPath: folder.url.path + "/blobs/\(session)/\(event.blobNames[0])")
        var bytes = try Data(contentsOf: path)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: path)
        #expect(try await store.verify(session)?.description.contains("position 1: the blob") == true)
        try FileManager.default.removeItem(at: path)
        #expect(try await store.verify(session)?.description.contains("has no blob") == true)
        for (piece, isSame) in [("word ", true), ("wort ", false)] {
            let other = SessionID()
            try await appendAnswer(store, to: other, deltas: String(repeating: piece, count: 80_000))
            #expect(try await (store.verify(other) == nil) == isSame)
        }
        try await store.close()
    }

    /// A long answer with its deltas, as they were or not.
    private func appendAnswer(_ store: SQLiteEventStore, to session: SessionID, deltas: String) async throws {
        let answer = String(repeating: "word ", count: 80_000)
        let payloads: [EventPayload] = [
            .runStarted(RunStarted(model: "m", limits: RunLimits(), nodeID: "n", leaseEpoch: 1)),
            .requestSent(
                RequestSent(
                    attempt: 1, provider: "p", model: "m", messageCount: 1, toolCount: 0, estimatedInputTokens: 1)),
            .contentBlockStart(ContentBlockStart(blockID: "b", kind: .text, index: 0)),
            .tokenDelta(TokenDelta(blockID: "b", delta: deltas)),
            .contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .text, text: answer)),
        ]
        let drafting = EventDrafting(session: session, redactor: Redactor(), blobs: store.blobs)
        var drafts: [EventDraft] = []
        for payload in payloads { drafts.append(try await drafting.draft(payload).draft) }
        _ = try await store.append(drafts, to: session, expecting: .noStream)
    }
}
