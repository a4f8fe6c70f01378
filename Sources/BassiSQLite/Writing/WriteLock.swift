import BassiStore
import Foundation

/// One exclusive lock for all that writes into the file or checkpoints it, in every process.
///
/// SQLite before 3.51.3 can corrupt a WAL when one connection checkpoints while another writes. The lock lies in a
/// file of its own beside the database, since SQLite's own locks are lost when any descriptor of its file is closed.
///
/// Whoever wants the lock first takes the turnstile, a second lock, and gives it back once it has the first. So a writer
/// that is always busy finds the turnstile taken by whoever came meanwhile, and everybody has a turn.
final class WriteLock: Sendable {
    /// A process that was stopped with the lock in its hand holds up every command this long, and no longer.
    static let waitMax = Duration.seconds(5)

    private let path: String
    private let lock: Int32
    private let turnstile: Int32
    private let waitMax: Duration

    init(beside path: String, waitMax: Duration = WriteLock.waitMax) throws {
        self.path = path
        self.waitMax = waitMax
        lock = try Self.open(path + "-lock")
        turnstile = try Self.open(path + "-turn")
    }

    deinit {
        close(lock)
        close(turnstile)
    }

    /// Runs `body` with the lock held. It blocks the calling thread until then: for the writer's own queue only.
    ///
    /// - Throws: ``LockIsHeld`` when another process does not give it back.
    func hold<Value>(_ body: () throws -> Value) throws -> Value {
        let deadline = ContinuousClock.now + waitMax
        try take(turnstile, until: deadline)
        do { try take(lock, until: deadline) } catch {
            flock(turnstile, LOCK_UN)
            throw error
        }
        flock(turnstile, LOCK_UN)
        defer { flock(lock, LOCK_UN) }
        return try body()
    }

    /// Waited for in short sleeps: the kernel's own wait has no end.
    private func take(_ descriptor: Int32, until deadline: ContinuousClock.Instant) throws {
        var pause: UInt32 = 50
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR else {
                throw StoreError.unusable(path: path + "-lock", reason: String(cString: strerror(errno)))
            }
            guard ContinuousClock.now < deadline else {
                throw LockIsHeld(path: path, holder: Self.holder(of: descriptor))
            }
            usleep(pause)
            pause = min(pause * 2, 1000)
        }
    }

    private static func open(_ path: String) throws -> Int32 {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            throw StoreError.unusable(path: path, reason: String(cString: strerror(errno)))
        }
        return descriptor
    }

    /// The process that has the lock, as the kernel tells it (proc(5), /proc/locks).
    private static func holder(of descriptor: Int32) -> Int32? {
        var status = stat()
        guard fstat(descriptor, &status) == 0, let file = fopen("/proc/locks", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 256)
        while fgets(&line, Int32(line.count), file) != nil {
            let words = line.prefix { $0 != 0 }.split(separator: 0x20).map { word in
                String(decoding: word.map(UInt8.init(bitPattern:)), as: UTF8.self)
            }
            guard words.count > 5, words[1] == "FLOCK", words[5].hasSuffix(":\(status.st_ino)") else { continue }
            return Int32(words[4])
        }
        return nil
    }
}

/// The lock was not to be had: nothing was written, and the next command may succeed.
struct LockIsHeld: Error {
    let path: String
    let holder: Int32?

    var storeError: StoreError {
        let who = holder.map { "process \($0)" } ?? "another process"
        return .unusable(path: path, reason: "\(who) holds it and does not go on: continue it (fg) or end it")
    }
}
