import BassiEvents
import Dispatch
import Foundation
import Synchronization

/// Blobs as files: one folder for each session, one file for each blob, private to their owner.
///
/// A blob is written to a temporary file, synced and renamed, and the folders above it are synced, before ``put(_:in:)``
/// returns. So a power cut leaves it whole or not at all, and an event that names it never stands without it. A sync
/// that fails stops the store for good: a second one may say yes without having written anything.
///
/// One queue of its own writes and another reads, so no thread of the cooperative pool ever waits for the disk.
public final class FileBlobStore: BlobStore {
    private let files: BlobFiles
    private let writing = DispatchQueue(label: "bassi.blobs.writer")
    private let reading = DispatchQueue(label: "bassi.blobs.reader")
    /// Why nothing is taken any more.
    private let failure = Mutex<BlobError?>(nil)

    /// A store in this folder. It and the folders of the sessions are made, with mode 0700, when the first blob comes;
    /// the folder above must be there.
    public convenience init(folder: String, limits: BlobLimits = BlobLimits()) {
        self.init(folder: folder, limits: limits, calls: FileCalls())
    }

    /// A store in the folder `blobs` beside a file, wherever the process goes.
    public convenience init(beside path: String) {
        let absolute = path.hasPrefix("/") ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        self.init(folder: (absolute as NSString).deletingLastPathComponent + "/blobs")
    }

    /// The same with other system calls, as those of a disk that fails.
    package init(folder: String, limits: BlobLimits, calls: FileCalls) {
        files = BlobFiles(folder: folder, limits: limits, calls: calls)
    }

    /// Keeps some bytes, durably; see ``BlobStore/put(_:in:)``.
    public func put(_ bytes: [UInt8], in session: SessionID) async throws -> BlobName {
        try await write { files in
            let name = BlobName(of: bytes)
            try files.put(bytes, as: name, in: session)
            return name
        }
    }

    /// A part of a blob; see ``BlobStore/read(_:of:bytes:)``.
    public func read(_ blob: BlobName, of session: SessionID, bytes range: Range<Int>) async throws -> [UInt8] {
        try await Self.run(on: reading) { [files] in try files.read(blob, of: session, range) }
    }

    /// How many bytes it has; see ``BlobStore/size(of:in:)``.
    public func size(of blob: BlobName, in session: SessionID) async throws -> Int {
        try await Self.run(on: reading) { [files] in try files.size(of: blob, in: session) }
    }

    /// Removes one file; see ``BlobStore/delete(_:of:)``.
    public func delete(_ blob: BlobName, of session: SessionID) async throws {
        try await write { try $0.delete(blob, of: session) }
    }

    /// Removes the session's folder; see ``BlobStore/deleteAll(of:)``.
    public func deleteAll(of session: SessionID) async throws {
        try await write { try $0.deleteAll(of: session) }
    }

    /// Links all files of one session into the folder of another, or copies them where the file system knows no links;
    /// see ``BlobStore/copyAll(from:to:)``.
    public func copyAll(from session: SessionID, to other: SessionID) async throws {
        try await write { try $0.copyAll(from: session, to: other) }
    }

    /// Copies the blobs of all sessions to another store, one after the other; what it has stays. Nothing is done when
    /// both have one folder.
    package func copyEverything(to other: FileBlobStore) async throws {
        guard other.files.folder != files.folder else { return }
        for session in try await Self.run(on: reading, { [files] in try files.sessions() }) {
            for name in try await Self.run(on: reading, { [files] in try files.blobs(of: session) }) {
                _ = try await other.put(try await read(name, of: session), in: session)
            }
        }
    }

    private func write<Value: Sendable>(_ body: @escaping @Sendable (BlobFiles) throws -> Value) async throws -> Value {
        try await Self.run(on: writing) { [self] in
            if let failure = failure.withLock({ $0 }) { throw failure }
            do { return try body(files) } catch let error as BlobError {
                if case .syncFailed = error { failure.withLock { $0 = error } }
                throw error
            }
        }
    }

    private static func run<Value: Sendable>(
        on queue: DispatchQueue, _ body: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
