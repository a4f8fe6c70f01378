import BassiEvents
import Synchronization

/// Blobs that are forgotten when the process ends, for stores that forget their events too.
public final class MemoryBlobStore: BlobStore {
    /// What a store has that keeps no blobs of its own: see ``EventStore/blobs``.
    static let ofProcess = MemoryBlobStore()

    private let limits: BlobLimits
    private let sessions = Mutex<[SessionID: [BlobName: [UInt8]]]>([:])

    /// An empty store.
    public init(limits: BlobLimits = BlobLimits()) { self.limits = limits }

    /// Keeps some bytes; see ``BlobStore/put(_:in:)``.
    public func put(_ bytes: [UInt8], in session: SessionID) async throws -> BlobName {
        let name = BlobName(of: bytes)
        try sessions.withLock { sessions in
            let known = sessions[session] ?? [:]
            guard known[name] == nil else { return }
            try limits.check(bytes.count, usedBytes: known.values.reduce(0) { $0 + $1.count }, in: session)
            sessions[session, default: [:]][name] = bytes
        }
        return name
    }

    /// A part of a blob; see ``BlobStore/read(_:of:bytes:)``.
    public func read(_ blob: BlobName, of session: SessionID, bytes range: Range<Int>) async throws -> [UInt8] {
        let bytes = try content(blob, session)
        return Array(bytes[range.clamped(to: bytes.indices)])
    }

    /// How many bytes it has; see ``BlobStore/size(of:in:)``.
    public func size(of blob: BlobName, in session: SessionID) async throws -> Int { try content(blob, session).count }

    /// Forgets one; see ``BlobStore/delete(_:of:)``.
    public func delete(_ blob: BlobName, of session: SessionID) async throws {
        sessions.withLock { _ = $0[session]?.removeValue(forKey: blob) }
    }

    /// Forgets all of a session; see ``BlobStore/deleteAll(of:)``.
    public func deleteAll(of session: SessionID) async throws { sessions.withLock { $0[session] = nil } }

    /// Gives a session all that another has; see ``BlobStore/copyAll(from:to:)``.
    public func copyAll(from session: SessionID, to other: SessionID) async throws {
        sessions.withLock { sessions in
            guard let blobs = sessions[session] else { return }
            sessions[other, default: [:]].merge(blobs) { known, _ in known }
        }
    }

    private func content(_ blob: BlobName, _ session: SessionID) throws -> [UInt8] {
        guard let bytes = sessions.withLock({ $0[session]?[blob] }) else {
            throw BlobError.missing(blob, session: session)
        }
        return bytes
    }
}
