import BassiStore
import Foundation

/// One exclusive lock for all that writes into the file or checkpoints it, in every process; waited for in the kernel.
///
/// SQLite before 3.51.3 can corrupt a WAL when one connection checkpoints while another writes. The lock lies in a
/// file of its own beside the database, since SQLite's own locks are lost when any descriptor of its file is closed.
final class WriteLock: Sendable {
    private let descriptor: Int32

    init(beside path: String) throws {
        descriptor = open(path + "-lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.unusable(path: path + "-lock", reason: String(cString: strerror(errno)))
        }
    }

    deinit { close(descriptor) }

    /// Runs `body` with the lock held. It blocks the calling thread until then: for the writer's own queue only.
    func hold<Value>(_ body: () throws -> Value) rethrows -> Value {
        while flock(descriptor, LOCK_EX) != 0 && errno == EINTR {}
        defer { flock(descriptor, LOCK_UN) }
        return try body()
    }
}
