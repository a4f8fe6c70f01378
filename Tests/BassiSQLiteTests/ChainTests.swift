import BassiEvents
import BassiStore
import CSQLite
import Foundation
import Testing

@testable import BassiSQLite

/// Whatever is changed in the file behind the store's back is found.
@Suite struct ChainTests {
    private let session = SessionID()

    private var batch: [EventDraft] {
        let run = RunID()
        let metadata = SessionMetadata(title: "t", bassiVersion: "0")
        let prompt = PromptReceived(
            content: [.text("go")], source: PromptSource(client: "c"), planMode: false, delivery: .start)
        return [
            EventDraft(.sessionStarted(SessionStarted(metadata: metadata))),
            EventDraft(.promptReceived(prompt), runID: run),
            EventDraft(
                .runStarted(RunStarted(model: "m", limits: RunLimits(), nodeID: "n", leaseEpoch: 1)), runID: run,
                causeSeq: 2),
            EventDraft(
                .requestSent(
                    RequestSent(
                        attempt: 1, provider: "p", model: "m", messageCount: 1, toolCount: 0, estimatedInputTokens: 1)),
                runID: run),
            EventDraft(.contentBlockStart(ContentBlockStart(blockID: "b", kind: .text, index: 0)), runID: run),
            EventDraft(.tokenDelta(TokenDelta(blockID: "b", delta: "hello")), runID: run),
            EventDraft(.contentBlockEnd(ContentBlockEnd(blockID: "b", kind: .text, text: "hello")), runID: run),
        ]
    }

    /// Makes a log, changes it with SQL as somebody with the file could, and gives what is found.
    private func finding(after sql: String) async throws -> ChainCheck.Finding? {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appendingPathComponent("log.sqlite").path
        let store = try SQLiteEventStore(path: path)
        let drafts = batch
        _ = try await store.append(Array(drafts.prefix(3)), to: session, expecting: .noStream)
        _ = try await store.append(Array(drafts.dropFirst(3)), to: session, expecting: .exact(3), until: .durable)
        try await store.close()
        do {
            let connection = try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE)
            try connection.execute("DROP TRIGGER events_are_never_changed; DROP TRIGGER events_are_never_deleted")
            try connection.execute(sql)
        }
        let reopened = try SQLiteEventStore(path: path)
        let finding = try await reopened.verify(session)
        try await reopened.close()
        return finding
    }

    @Test func `an untouched log is as written`() async throws {
        #expect(try await finding(after: "SELECT 1") == nil)
    }

    @Test(arguments: [
        ("UPDATE events SET payload = CAST(replace(CAST(payload AS TEXT), 'go', 'no') AS BLOB) WHERE seq = 2", 2),
        ("UPDATE events SET timestamp = timestamp + 1 WHERE seq = 3", 3),
        ("UPDATE events SET cause_seq = 1 WHERE seq = 3", 3), ("UPDATE events SET run_id = NULL WHERE seq = 4", 4),
        ("UPDATE events SET salt = zeroblob(16) WHERE seq = 4", 4),
        ("UPDATE events SET event_id = zeroblob(16) WHERE seq = 7", 7),
        ("UPDATE events SET hash = NULL WHERE seq = 1", 1), ("DELETE FROM events WHERE seq = 4", 5),
        ("DELETE FROM events WHERE seq = 7", 7), ("DELETE FROM events WHERE seq = 7; UPDATE streams SET head = 6", 0),
        (
            "UPDATE events SET seq = -1 WHERE seq = 1; UPDATE events SET seq = 1 WHERE seq = 2; UPDATE events SET seq = 2 WHERE seq = -1",
            1
        ),
        ("UPDATE events SET payload = x'00' WHERE seq = 5", 5),
        ("UPDATE events SET type = 'run_resumed' WHERE seq = 5", 5),
        ("UPDATE streams SET chain = zeroblob(32)", 0),
    ]) func `every change is found, and where`(_ sql: String, _ seq: Int64) async throws {
        let found = try await finding(after: sql)
        #expect(found?.seq.rawValue == seq, "\(sql): \(found.map { "\($0)" } ?? "nothing found")")
    }

    @Test func `two headers never have the same bytes`() {
        let (a, b) = (SessionID(), RunID())
        let plain = EventDraft(.sessionEnded(SessionEnded(reason: "")), id: EventID(), timestamp: .now)
        func draft(run: RunID?, cause: SequenceNumber?) -> EventDraft {
            EventDraft(plain.payload, runID: run, causeSeq: cause, id: plain.id, timestamp: plain.timestamp)
        }
        let headers = [
            EventHeader(draft(run: nil, cause: nil), session: a, seq: 1),
            EventHeader(draft(run: nil, cause: nil), session: a, seq: 2),
            EventHeader(draft(run: b, cause: nil), session: a, seq: 1),
            EventHeader(draft(run: nil, cause: 1), session: a, seq: 1),
            EventHeader(draft(run: nil, cause: nil), session: SessionID(), seq: 1),
        ]
        for (index, header) in headers.enumerated() { #expect(!headers[..<index].contains(header)) }
    }
}
