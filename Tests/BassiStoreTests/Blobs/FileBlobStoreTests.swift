import BassiEvents
import BassiStore
import Foundation
import Synchronization
import Testing

/// Blobs on a disk: who may read them, what a crash leaves, and what a disk that fails does.
@Suite struct FileBlobStoreTests {
    private let session = SessionID()

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return lstat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test func `only the owner may read, and the same content is one file`() async throws {
        let folder = try BlobFolder()
        let store = FileBlobStore(folder: folder.blobs)
        let name = try await store.put(Array("picture".utf8), in: session)
        _ = try await store.put(Array("picture".utf8), in: session)
        #expect(try folder.names(of: session) == [name.description])
        #expect(mode(folder.blobs) == 0o700 && mode(folder.folder(of: session)) == 0o700)
        #expect(mode("\(folder.folder(of: session))/\(name)") == 0o600)
        try await store.deleteAll(of: session)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.blobs).isEmpty)
    }

    @Test func `what a crash left unfinished is gone with the next blob, and was never read`() async throws {
        let folder = try BlobFolder()
        let first = try await FileBlobStore(folder: folder.blobs).put([1], in: session)
        let name = BlobName(of: [2, 2])
        let unfinished = "\(folder.folder(of: session))/\(name).unfinished"
        try Data([2]).write(to: URL(fileURLWithPath: unfinished))
        let store = FileBlobStore(folder: folder.blobs)
        await #expect(throws: BlobError.missing(name, session: session)) { try await store.read(name, of: session) }
        // The same blob again, and with it another one.
        #expect(try await store.put([2, 2], in: session) == name)
        try Data([9]).write(to: URL(fileURLWithPath: unfinished))
        _ = try await store.put([3], in: session)
        let names = [first, name, BlobName(of: [3])].map(\.description).sorted()
        #expect(try folder.names(of: session) == names)
        #expect(try await store.read(name, of: session) == [2, 2])
    }

    @Test func `a full disk is an error that leaves nothing, and with room the same put goes through`() async throws {
        let folder = try BlobFolder()
        let isFull = Mutex(true)
        var calls = FileCalls()
        let write = calls.write
        calls.write = { descriptor, bytes in
            guard isFull.withLock({ $0 }) else { return write(descriptor, bytes) }
            // A part still fits, as on a disk that fills up.
            if bytes.count == 1000 { return write(descriptor, UnsafeRawBufferPointer(rebasing: bytes[..<400])) }
            errno = ENOSPC
            return -1
        }
        let store = FileBlobStore(folder: folder.blobs, limits: BlobLimits(), calls: calls)
        let bytes = [UInt8](repeating: 7, count: 1000)
        let error = await #expect(throws: BlobError.self) { try await store.put(bytes, in: session) }
        #expect(error?.description.contains("the disk is full") == true)
        #expect(try folder.names(of: session) == [])
        isFull.withLock { $0 = false }
        let name = try await store.put(bytes, in: session)
        #expect(try await store.read(name, of: session) == bytes)
    }

    /// The syncs of a put: the file, its folder, the folder of all, the folder above.
    @Test(arguments: 0..<4)
    func `after a sync that failed nothing is taken, and none is tried again`(number: Int) async throws {
        let folder = try BlobFolder()
        let count = Mutex(0)
        var calls = FileCalls()
        let sync = calls.sync
        calls.sync = { descriptor in
            let index = count.withLock { count in
                defer { count += 1 }
                return count
            }
            guard index == number else { return sync(descriptor) }
            errno = EIO
            return -1
        }
        let store = FileBlobStore(folder: folder.blobs, limits: BlobLimits(), calls: calls)
        for _ in 0..<3 {
            let error = await #expect(throws: BlobError.self) { try await store.put([1], in: session) }
            guard case .syncFailed = error else {
                Issue.record("\(String(describing: error))")
                continue
            }
        }
        #expect(count.withLock { $0 } == number + 1)
        #expect(try folder.names(of: session).allSatisfy { !$0.hasSuffix(".unfinished") })
        // Whoever starts again, starts afresh.
        let again = FileBlobStore(folder: folder.blobs)
        #expect(try await again.read(try await again.put([1], in: session), of: session) == [1])
    }

    @Test func `content that is there already is made durable again before it is named`() async throws {
        let folder = try BlobFolder()
        let syncs = Mutex(0)
        var calls = FileCalls()
        let sync = calls.sync
        calls.sync = { descriptor in
            syncs.withLock { $0 += 1 }
            return sync(descriptor)
        }
        let store = FileBlobStore(folder: folder.blobs, limits: BlobLimits(), calls: calls)
        _ = try await store.put([1], in: session)
        #expect(syncs.withLock { $0 } == 4)
        // Its writer may have been killed between the renaming and the sync of the folders.
        _ = try await store.put([1], in: session)
        #expect(syncs.withLock { $0 } == 7)
    }

    #if os(Linux)
        @Test func `a blob gets its name once its bytes are safe, and then the way to it is made safe`() async throws {
            let folder = try BlobFolder()
            let (session, name) = (session, BlobName(of: [1, 2, 3]))
            let final = "\(folder.folder(of: session))/\(name)"
            let steps = Mutex<[String]>([])
            var calls = FileCalls()
            let sync = calls.sync
            calls.sync = { descriptor in
                let files = FileManager.default
                let path = (try? files.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")) ?? ""
                let bytes = path.hasSuffix(".unfinished") ? files.contents(atPath: path).map { Array($0) } : nil
                let shown = (path as NSString).lastPathComponent + (bytes.map { " \($0)" } ?? "")
                steps.withLock { $0.append(shown + (files.fileExists(atPath: final) ? ", named" : "")) }
                return sync(descriptor)
            }
            let store = FileBlobStore(folder: folder.blobs, limits: BlobLimits(), calls: calls)
            _ = try await store.put([1, 2, 3], in: session)
            #expect(
                steps.withLock { $0 } == [
                    "\(name).unfinished [1, 2, 3]", "\(session), named", "blobs, named",
                    "\((folder.path as NSString).lastPathComponent), named",
                ])
        }
    #endif

    @Test func `a changed file is found, and one that lost its end is written anew`() async throws {
        let folder = try BlobFolder()
        let store = FileBlobStore(folder: folder.blobs)
        let name = try await store.put([1, 2, 3], in: session)
        let path = URL(fileURLWithPath: "\(folder.folder(of: session))/\(name)")
        try Data([1, 2, 4]).write(to: path)
        await #expect(throws: BlobError.damaged(name, session: session)) { try await store.read(name, of: session) }
        try Data([1]).write(to: path)
        _ = try await store.put([1, 2, 3], in: session)
        #expect(try await store.read(name, of: session) == [1, 2, 3])
    }

    @Test func `a link in place of a folder or a file is not followed`() async throws {
        let folder = try BlobFolder()
        let store = FileBlobStore(folder: folder.blobs)
        let elsewhere = "\(folder.path)/elsewhere"
        try FileManager.default.createDirectory(atPath: elsewhere, withIntermediateDirectories: true)
        try Data([5]).write(to: URL(fileURLWithPath: "\(elsewhere)/precious"))
        let name = try await store.put([1], in: session)
        let other = SessionID()
        symlink(elsewhere, folder.folder(of: other))
        await #expect(throws: BlobError.self) { try await store.put([1], in: other) }
        try await store.deleteAll(of: other)
        #expect(FileManager.default.fileExists(atPath: "\(elsewhere)/precious"))
        let path = "\(folder.folder(of: session))/\(name)"
        unlink(path)
        symlink("\(elsewhere)/precious", path)
        await #expect(throws: BlobError.self) { try await store.read(name, of: session) }
    }

    @Test func `a folder that cannot be made is an error that names it`() async throws {
        let folder = try BlobFolder()
        let store = FileBlobStore(folder: "\(folder.path)/not/there/blobs")
        let error = await #expect(throws: BlobError.self) { try await store.put([1], in: session) }
        #expect(error?.description.contains("not/there/blobs") == true)
    }

    #if os(Linux)
        /// A small file system of its own, as only root may make it.
        private static func withSmallDisk(_ body: (_ path: String) async throws -> Void) async throws -> Bool {
            let folder = try BlobFolder()
            let place = "\(folder.path)/small"
            try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
            guard mount("tmpfs", place, "tmpfs", 0, "size=64k") == 0 else { return false }
            defer { umount(place) }
            try await body(place)
            return true
        }

        @Test(.enabled("this user may mount") { try await withSmallDisk { _ in } })
        func `a file system that is really full takes no blob by half`() async throws {
            let ran = try await Self.withSmallDisk { place in
                let store = FileBlobStore(folder: "\(place)/blobs")
                let fits = try await store.put([UInt8](repeating: 1, count: 20_000), in: session)
                let error = await #expect(throws: BlobError.self) {
                    try await store.put([UInt8](repeating: 2, count: 200_000), in: session)
                }
                #expect(error?.description.contains("the disk is full") == true)
                let names = try FileManager.default.contentsOfDirectory(atPath: "\(place)/blobs/\(session)")
                #expect(names == [fits.description])
                #expect(try await store.read(fits, of: session).count == 20_000)
                _ = try await store.put([UInt8](repeating: 3, count: 20_000), in: session)
            }
            #expect(ran)
        }
    #endif
}
