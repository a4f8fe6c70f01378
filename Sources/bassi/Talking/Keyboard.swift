import Dispatch
import Foundation
import Synchronization

/// Lines from the terminal, read on a thread of its own: a person may think for an hour, and the concurrency pool has
/// two threads.
final class Keyboard: Sendable {
    private let queue = DispatchQueue(label: "bassi.keyboard")
    private let rest = Mutex<[UInt8]>([])

    /// How often it is looked whether the wait is over, in milliseconds.
    private static let pollMilliseconds: Int32 = 100
    private static let lineBytesMax = 1 << 20

    /// The next line without its end; nil at the end of the input, or once `isOver` says so.
    func line(unless isOver: @escaping @Sendable () -> Bool = { false }) async -> String? {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.read(isOver)) }
        }
    }

    /// Forgets what was typed ahead.
    func forget() {
        rest.withLock { $0 = [] }
        tcflush(STDIN_FILENO, TCIFLUSH)
    }

    private func read(_ isOver: () -> Bool) -> String? {
        while true {
            // First: what is typed after the end of a wait is for the next one.
            if isOver() { return nil }
            if let line = takeLine() { return line }
            var watched = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
            guard poll(&watched, 1, Self.pollMilliseconds) > 0 else { continue }
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = Foundation.read(STDIN_FILENO, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return nil }
            rest.withLock { $0 += buffer[..<count] }
        }
    }

    private func takeLine() -> String? {
        rest.withLock { rest in
            guard let end = rest.firstIndex(of: 0x0A) ?? (rest.count > Self.lineBytesMax ? rest.count - 1 : nil) else {
                return nil
            }
            defer { rest.removeFirst(end + 1) }
            return String(decoding: rest[..<end], as: UTF8.self)
        }
    }
}
