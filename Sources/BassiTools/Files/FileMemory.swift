import Foundation
import Synchronization

/// What a session knows of the files that it has read or written, so that it never overwrites what somebody else
/// changed in between.
public final class FileMemory: Sendable {
    /// What tells one state of a file from another without reading it.
    struct Stamp: Sendable, Equatable {
        let device: UInt64
        let inode: UInt64
        let size: Int64
        let modifiedNanoseconds: Int64

        init(_ status: stat) {
            device = UInt64(status.st_dev)
            inode = UInt64(status.st_ino)
            size = Int64(status.st_size)
            #if os(Linux)
                let time = status.st_mtim
            #else
                let time = status.st_mtimespec
            #endif
            modifiedNanoseconds = Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
        }
    }

    private let stamps = Mutex<[String: Stamp]>([:])

    /// A memory that knows nothing.
    public init() {}

    /// Keeps the state in which a file was read or written; a link and what it leads to are one file.
    func remember(_ path: String, _ stamp: Stamp) {
        let path = FilePath.resolved(path)
        stamps.withLock { $0[path] = stamp }
    }

    /// Whether a file has changed, or gone, since it was last seen. One that was never seen has not.
    func hasChanged(_ path: String) -> Bool {
        let path = FilePath.resolved(path)
        guard let known = stamps.withLock({ $0[path] }) else { return false }
        var status = stat()
        return stat(path, &status) != 0 || Stamp(status) != known
    }

    /// The rule that all writing tools keep.
    func requireUnchanged(_ path: String, _ shown: String) throws(ToolError) {
        guard hasChanged(path) else { return }
        throw ToolError(
            "file_changed", "'\(shown)' has changed since it was last read: read it again before you change it")
    }
}
