import BassiEvents
import Crypto
import Foundation

/// Bytes that are too large for an event, one set for each session: the event holds their name, and they go when the
/// session goes.
///
///     let name = try await store.blobs.put(picture, in: session)  // durable from here on
///     let start = try await store.blobs.read(name, of: session, bytes: 0..<4096)
///
/// The name is the hash of the content. So the same content is kept once in a session, nothing is ever overwritten, and
/// damage is found by reading.
///
/// Only the owner of a session puts into it; everybody may read.
public protocol BlobStore: Sendable {
    /// Keeps some bytes, and returns once they survive what the store's events survive.
    ///
    /// - Throws: ``BlobError/tooLarge(bytes:bytesMax:)``, ``BlobError/sessionFull(session:bytes:bytesMax:)``, or what
    ///   the disk said; then nothing was kept.
    func put(_ bytes: [UInt8], in session: SessionID) async throws -> BlobName

    /// A part of a blob; what lies beyond its end is left out, so an empty answer is the end.
    ///
    /// - Throws: ``BlobError/missing(_:session:)`` when the session has no such blob.
    func read(_ blob: BlobName, of session: SessionID, bytes range: Range<Int>) async throws -> [UInt8]

    /// How many bytes a blob has.
    ///
    /// - Throws: ``BlobError/missing(_:session:)`` when the session has no such blob.
    func size(of blob: BlobName, in session: SessionID) async throws -> Int

    /// Forgets one blob of a session, for all events that name it: for an event that is erased. One that is not there
    /// is no error.
    func delete(_ blob: BlobName, of session: SessionID) async throws

    /// Forgets all blobs of a session. One without any is no error.
    func deleteAll(of session: SessionID) async throws

    /// Gives a session all that another has, durably: for a fork, before its first event. What is there already stays,
    /// so it may be done again after a crash. The two are independent afterwards.
    func copyAll(from session: SessionID, to other: SessionID) async throws
}

extension BlobStore {
    /// A whole blob.
    ///
    /// - Throws: ``BlobError/missing(_:session:)``, and ``BlobError/damaged(_:session:)`` when the bytes are not those
    ///   that were put.
    public func read(_ blob: BlobName, of session: SessionID) async throws -> [UInt8] {
        let bytes = try await read(blob, of: session, bytes: 0..<Int.max)
        guard BlobName(of: bytes) == blob else { throw BlobError.damaged(blob, session: session) }
        return bytes
    }
}

/// The name of a blob: the SHA-256 of its content as 64 hex digits, lower case. Nothing else is a name, so a name that
/// somebody else wrote can be part of a path.
public struct BlobName: Sendable, Hashable, CustomStringConvertible {
    /// The digits.
    public let description: String

    /// The name of this content.
    public init(of bytes: [UInt8]) {
        let digits = Array("0123456789abcdef".utf8)
        let hash = SHA256.hash(data: bytes)
        description = String(decoding: hash.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// A name as it was written; nil when it is none.
    public init?(_ text: String) {
        let isHex = text.utf8.allSatisfy {
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || (UInt8(ascii: "a")...UInt8(ascii: "f")).contains($0)
        }
        guard isHex, text.utf8.count == 64 else { return nil }
        description = text
    }
}

/// How much is kept.
public struct BlobLimits: Sendable, Equatable {
    /// The largest blob.
    public var blobBytesMax: Int
    /// All blobs of a session together.
    public var sessionBytesMax: Int

    /// Limits; 64 MiB and 1 GiB unless others are given.
    public init(blobBytesMax: Int = 64 << 20, sessionBytesMax: Int = 1 << 30) {
        self.blobBytesMax = blobBytesMax
        self.sessionBytesMax = sessionBytesMax
    }

    /// - Throws: ``BlobError`` when so many bytes more are too many.
    func check(_ bytes: Int, usedBytes: Int, in session: SessionID) throws(BlobError) {
        guard bytes <= blobBytesMax else { throw .tooLarge(bytes: bytes, bytesMax: blobBytesMax) }
        guard usedBytes + bytes <= sessionBytesMax else {
            throw .sessionFull(session: session, bytes: usedBytes + bytes, bytesMax: sessionBytesMax)
        }
    }
}

/// Why a blob was not kept or not found.
public enum BlobError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The session has no such blob.
    case missing(BlobName, session: SessionID)
    /// What lies under the name is not what was put.
    case damaged(BlobName, session: SessionID)
    /// It is larger than one blob may be.
    case tooLarge(bytes: Int, bytesMax: Int)
    /// With it the session would have more than it may.
    case sessionFull(session: SessionID, bytes: Int, bytesMax: Int)
    /// An event is too large, even without all that can lie elsewhere.
    case eventTooLarge(type: String, bytes: Int, bytesMax: Int)
    /// A file or folder cannot be read or written. Nothing was kept of what was to be put.
    case unusable(path: String, reason: String)
    /// A sync failed: nobody knows what is on the disk, so nothing more is taken.
    case syncFailed(path: String, reason: String)

    /// One sentence with the next step.
    public var description: String {
        switch self {
        case .missing(let name, let session):
            "session \(session) has no blob \(name): it was deleted by hand, or not copied with the log"
        case .damaged(let name, let session):
            "the blob \(name) of session \(session) is not what was stored: restore it from a backup"
        case .tooLarge(let bytes, let most):
            "\(bytes) bytes are more than the \(most) that one piece may have: make it smaller"
        case .sessionFull(let session, let bytes, let most):
            "session \(session) would have \(bytes) bytes of large content, and \(most) is the most: go on in a new session"
        case .eventTooLarge(let type, let bytes, let most):
            "an event \(type) of \(bytes) bytes is larger than the \(most) that one may have: send less at once"
        case .unusable(let path, let reason): "'\(path)' cannot be used: \(reason)"
        case .syncFailed(let path, let reason):
            "'\(path)' could not be made durable (\(reason)), so nothing more is stored: check the disk and start again"
        }
    }
}
