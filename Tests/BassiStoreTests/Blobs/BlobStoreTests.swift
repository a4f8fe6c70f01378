import BassiEvents
import BassiStore
import Foundation
import Testing

/// A folder of a test's own, gone with it.
struct BlobFolder: ~Copyable {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    var blobs: String { "\(path)/blobs" }
    func folder(of session: SessionID) -> String { "\(blobs)/\(session)" }
    func names(of session: SessionID) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder(of: session)).sorted()
    }
}

/// What every blob store keeps, in memory and on a disk.
@Suite struct BlobStoreTests {
    enum Kind: CaseIterable { case memory, files }

    private func withStore(
        _ kind: Kind, _ limits: BlobLimits = BlobLimits(), _ body: (any BlobStore) async throws -> Void
    ) async throws {
        let folder = try BlobFolder()
        switch kind {
        case .memory: try await body(MemoryBlobStore(limits: limits))
        case .files: try await body(FileBlobStore(folder: folder.blobs, limits: limits))
        }
        _ = consume folder
    }

    @Test(arguments: Kind.allCases)
    func `what was put comes back whole and in parts, and nothing else does`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let session = SessionID()
            let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
            let name = try await store.put(bytes, in: session)
            #expect(name == BlobName(of: bytes))
            #expect(try await store.size(of: name, in: session) == 100_000)
            #expect(try await store.read(name, of: session) == bytes)
            #expect(try await store.read(name, of: session, bytes: 500..<700) == Array(bytes[500..<700]))
            #expect(try await store.read(name, of: session, bytes: 99_999..<200_000) == [bytes[99_999]])
            #expect(try await store.read(name, of: session, bytes: 100_000..<Int.max) == [])
            let empty = try await store.put([], in: session)
            #expect(try await store.read(empty, of: session) == [])
            let missing = BlobError.missing(name, session: SessionID.zero)
            await #expect(throws: missing) { try await store.read(name, of: SessionID.zero) }
            await #expect(throws: missing) { _ = try await store.size(of: name, in: SessionID.zero) }
        }
    }

    @Test(arguments: Kind.allCases)
    func `a limit holds at its edge, and the same content counts once`(kind: Kind) async throws {
        try await withStore(kind, BlobLimits(blobBytesMax: 100, sessionBytesMax: 150)) { store in
            let session = SessionID()
            let large = [UInt8](repeating: 1, count: 100)
            await #expect(throws: BlobError.tooLarge(bytes: 101, bytesMax: 100)) {
                try await store.put(large + [1], in: session)
            }
            for _ in 0..<3 { _ = try await store.put(large, in: session) }
            await #expect(throws: BlobError.sessionFull(session: session, bytes: 151, bytesMax: 150)) {
                try await store.put([UInt8](repeating: 2, count: 51), in: session)
            }
            let last = try await store.put([UInt8](repeating: 2, count: 50), in: session)
            #expect(try await store.size(of: last, in: session) == 50)
            // Another session has room of its own.
            _ = try await store.put([UInt8](repeating: 2, count: 51), in: SessionID())
        }
    }

    @Test(arguments: Kind.allCases)
    func `what is deleted is gone, one or all of a session, and others keep theirs`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let (gone, kept) = (SessionID(), SessionID())
            let name = try await store.put([1, 2, 3], in: gone)
            _ = try await store.put([1, 2, 3], in: kept)
            let other = try await store.put([4], in: gone)
            for _ in 0..<2 { try await store.delete(name, of: gone) }
            await #expect(throws: BlobError.missing(name, session: gone)) { try await store.read(name, of: gone) }
            #expect(try await store.read(other, of: gone) == [4])
            for _ in 0..<2 { try await store.deleteAll(of: gone) }
            await #expect(throws: BlobError.missing(other, session: gone)) { try await store.read(other, of: gone) }
            #expect(try await store.read(name, of: kept) == [1, 2, 3])
        }
    }

    @Test(arguments: Kind.allCases)
    func `a copy has all, may be made twice, and outlives what it was copied from`(kind: Kind) async throws {
        try await withStore(kind) { store in
            let (parent, child) = (SessionID(), SessionID())
            try await store.copyAll(from: parent, to: child)
            let names = [try await store.put([1], in: parent), try await store.put([2, 2], in: parent)]
            let own = try await store.put([3], in: child)
            for _ in 0..<2 { try await store.copyAll(from: parent, to: child) }
            try await store.deleteAll(of: parent)
            #expect(try await store.read(names[0], of: child) == [1])
            #expect(try await store.read(names[1], of: child) == [2, 2])
            #expect(try await store.read(own, of: child) == [3])
            let later = try await store.put([4], in: child)
            await #expect(throws: BlobError.missing(later, session: parent)) { try await store.read(later, of: parent) }
        }
    }

    @Test func `a name is 64 hex digits and no way out of a folder`() {
        let name = BlobName(of: [])
        #expect(name.description == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(BlobName(name.description) == name)
        let wrong = [
            "", "..", "../" + name.description, String(name.description.dropLast()), name.description + "0",
            name.description.uppercased(), String(repeating: "/", count: 64), String(repeating: "é", count: 32),
        ]
        for text in wrong { #expect(BlobName(text) == nil, "\(text)") }
    }
}

extension SessionID {
    /// A session that no test has.
    fileprivate static let zero = SessionID()
}
