import BassiEvents
import BassiSQLite
import BassiStore
import Foundation
import Testing

/// A session that is deleted is gone from every file.
@Suite struct DeleteTests {
    private let marker = "planted-9c1e-secret"

    private func prompt(_ text: String) -> EventDraft {
        let prompt = PromptReceived(
            content: [.text(text)], source: PromptSource(client: "c"), planMode: false, delivery: .start)
        return EventDraft(.promptReceived(prompt))
    }

    /// The files of the store that hold the marker, those of the blobs among them.
    private func filesWithMarker(_ folder: URL) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { name in
            let file = folder.appendingPathComponent(name)
            guard !file.hasDirectoryPath, let data = try? Data(contentsOf: file) else { return false }
            return data.range(of: Data(marker.utf8)) != nil
        }
    }

    @Test func `after a deletion no file has a byte of it, and other sessions are whole`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteEventStore(path: folder.appendingPathComponent("log.sqlite").path)
        let (gone, kept) = (SessionID(), SessionID())
        for count in 0..<300 {
            let version = ExpectedVersion.exact(SequenceNumber(Int64(count)))
            _ = try await store.append([prompt("\(marker) \(count)")], to: gone, expecting: version, until: .durable)
            _ = try await store.append([prompt("harmless \(count)")], to: kept, expecting: version)
        }
        let names = [
            try await store.blobs.put(Array("\(marker) picture".utf8), in: gone),
            try await store.blobs.put(Array("harmless picture".utf8), in: kept),
        ]
        #expect(try filesWithMarker(folder).contains("blobs/\(gone)/\(names[0])"))
        #expect(try await store.search([marker]).count == 20)
        let lease = try await store.acquireLease(of: gone)
        await #expect(throws: StoreError.self) { try await store.delete(gone) }
        await store.releaseLease(lease)
        try await store.delete(gone)
        #expect(try filesWithMarker(folder) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/blobs") == [kept.description])
        #expect(try await store.blobs.read(names[1], of: kept) == Array("harmless picture".utf8))
        #expect(try await store.head(of: gone) == nil)
        #expect(try await store.search([marker]).isEmpty)
        #expect(try await store.sessions(limit: 10, offset: 0).map(\.id) == [kept])
        #expect(try await store.verify(kept) == nil)
        // History is as safe as before.
        _ = try await store.append([prompt("again")], to: kept, expecting: .exact(300))
        try await store.close()
    }

    @Test func `a search finds all the words, whatever stands between and around them`() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteEventStore(path: folder.appendingPathComponent("log.sqlite").path)
        let (first, second) = (SessionID(), SessionID())
        _ = try await store.append(
            [prompt("Why does the Grüße parser fail?"), prompt("nothing")], to: first, expecting: .noStream)
        #expect(try await store.search(["parser", "why"]).map(\.seq) == [1])
        let answer = ContentBlockEnd(blockID: "b", kind: .text, text: "The parser is fine.")
        _ = try await store.append([EventDraft(.contentBlockEnd(answer))], to: second, expecting: .noStream)
        #expect(Set(try await store.search(["parser"]).map(\.session)) == [first, second])
        #expect(try await store.search(["grüße"]).first?.excerpt.contains("Grüße") == true)
        for words in [["AND"], ["\"("], ["par*"], ["NEAR(a b)"], [""], []] { _ = try await store.search(words) }
        try await store.close()
    }
}
