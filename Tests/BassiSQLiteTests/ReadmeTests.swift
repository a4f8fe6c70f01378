import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Testing

/// The code of the README, run as it stands there.
@Suite struct ReadmeTests {
    @Test func `the first example of the README is this code, and prints the event`() async throws {
        let path = FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).sqlite").path
        defer {
            for suffix in ["", "-wal", "-shm", "-lock"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        }
        var lines: [String] = []
        func print(_ line: String) { lines.append(line) }

        let store = try SQLiteEventStore(path: path)
        let session = SessionID()
        _ = try await store.append(
            [EventDraft(.sessionStarted(SessionStarted(metadata: SessionMetadata(bassiVersion: "0.1.0"))))],
            to: session, expecting: .noStream, until: .durable)
        for try await delivery in store.follow(session, after: 0, slow: .skipDeltas) {
            if case .event(let event) = delivery { print(String(decoding: EventCoder.encode(event), as: UTF8.self)) }
            if case .caughtUp = delivery { break }
        }

        #expect(lines.count == 1 && lines.first?.contains(#""type":"session_started""#) == true)
        try await store.close()
        let source = try String(contentsOfFile: #filePath, encoding: .utf8)
        let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent(
            "../../README.md")
        let code = try String(contentsOf: readme, encoding: .utf8).split(separator: "```")[1...]
            .first { $0.hasPrefix("swift") }
        for line in try #require(code).split(separator: "\n").dropFirst(2) {
            #expect(source.contains(line.trimmingCharacters(in: .whitespaces)), "\(line)")
        }
    }
}
