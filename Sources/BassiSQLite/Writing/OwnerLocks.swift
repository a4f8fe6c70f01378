import BassiEvents
import BassiStore
import Foundation
import Synchronization

/// Who owns which session on this machine: one byte of a file for each session, locked in the kernel, so that the
/// death of an owner frees its sessions at once.
///
/// The locks belong to the open file (OFD), not to the process: closing another descriptor of the file loses none.
final class OwnerLocks: Sendable {
    private let path: String
    private let descriptor: Int32
    private let held = Mutex<Set<SessionID>>([])

    init(beside path: String) throws {
        self.path = path + "-owners"
        descriptor = open(self.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.unusable(path: self.path, reason: String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    /// Takes the lock; false when another owner has it, in this process or another.
    func take(_ session: SessionID) throws -> Bool {
        guard held.withLock({ $0.insert(session).inserted }) else { return false }
        var range = Self.range(of: session, Int16(F_WRLCK))
        if fcntl(descriptor, Self.set, &range) == 0 { return true }
        let code = errno
        held.withLock { _ = $0.remove(session) }
        guard code == EAGAIN || code == EACCES else {
            throw StoreError.unusable(path: path, reason: String(cString: strerror(code)))
        }
        return false
    }

    /// Whether this process owns the session.
    func holds(_ session: SessionID) -> Bool { held.withLock { $0.contains(session) } }

    func release(_ session: SessionID) {
        guard held.withLock({ $0.remove(session) }) != nil else { return }
        var range = Self.range(of: session, Int16(F_UNLCK))
        _ = fcntl(descriptor, Self.set, &range)
    }

    /// Whether somebody owns the session now.
    func isTaken(_ session: SessionID) -> Bool {
        if holds(session) { return true }
        var range = Self.range(of: session, Int16(F_WRLCK))
        return fcntl(descriptor, Self.get, &range) == 0 && Int32(range.l_type) != Int32(F_UNLCK)
    }

    // Of <fcntl.h>; the importer leaves them out on Linux, where they need _GNU_SOURCE.
    #if os(Linux)
        private static let (set, get): (Int32, Int32) = (37, 36)
    #else
        private static let (set, get): (Int32, Int32) = (90, 92)
    #endif

    /// Its byte: 62 bits of the identifier. Two sessions on one byte would only refuse each other.
    private static func range(of session: SessionID, _ type: Int16) -> flock {
        var range = flock()
        range.l_type = type
        range.l_whence = Int16(SEEK_SET)
        range.l_start = off_t(bitPattern: session.uuid.low) & (1 << 62 - 1)
        range.l_len = 1
        return range
    }
}

extension off_t {
    fileprivate init(bitPattern word: UInt64) { self = off_t(truncatingIfNeeded: word) }
}
