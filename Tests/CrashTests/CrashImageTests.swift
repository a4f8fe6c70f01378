import BassiSQLite
import CSQLite
import Foundation
import Testing

@testable import bassi_crash

/// What the image of a power cut may hold, on recordings of single statements.
@Suite(.timeLimit(.minutes(5))) struct CrashImageTests {
    /// The bytes that the WAL has in each of many images of a cut at the recording's end.
    private func walImages(_ fault: Fault?) async throws -> Set<[UInt8]> {
        try await Scratch.with { folder in
            let recording = try Recording()
            var handle: OpaquePointer?
            defer { sqlite3_close(handle) }
            #expect(sqlite3_open_v2(folder.log, &handle, 6, recording.vfs) == SQLITE_OK)
            #expect(run(handle, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE a(b)"))
            if let fault { recording.fail(fault, at: 1, lasting: false) }
            #expect(run(handle, "INSERT INTO a VALUES (1)") == (fault == nil))
            return Set(
                (0..<40 as Range<UInt64>).map { seed in
                    var numbers = SeededNumbers(seed: seed)
                    let image = CrashImage(of: recording, cut: recording.count, numbers: &numbers)
                    return image.files["log.sqlite-wal"] ?? []
                })
        }
    }

    private func run(_ handle: OpaquePointer?, _ sql: String) -> Bool {
        sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK
    }

    @Test func `what was synced is in every image`() async throws {
        #expect(try await walImages(nil).count == 1)
    }

    @Test func `what a failed sync was to cover may be lost, whole or in sectors`() async throws {
        let images = try await walImages(.syncError)
        let lengths = Set(images.map(\.count))
        #expect(lengths.count > 2)
        #expect(images.count > lengths.count)
    }

    @Test func `a seed gives the same numbers for ever`() {
        var numbers = SeededNumbers(seed: 1)
        #expect((numbers.next(), numbers.next()) == (10_451_216_379_200_822_465, 13_757_245_211_066_428_519))
    }
}
