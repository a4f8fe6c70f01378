import Foundation

/// A folder of its own that stands in the place of `/tmp` in a sandbox, and goes with this value.
///
/// A program that is killed leaves it behind: the next one that makes such a folder removes it. Whose program still
/// lives is said by a lock on the folder.
public final class TemporaryFolder: Sendable {
    /// Where it is, outside the sandbox.
    public let path: String
    private let lock: Int32
    private static let prefix = "bassi-sandbox-"

    /// A new folder in the system's folder for such.
    ///
    /// - Throws: ``ProcessFailure`` when none can be made.
    public init(in parent: String = FileManager.default.temporaryDirectory.path) throws(ProcessFailure) {
        Self.removeLeftOver(in: parent)
        var template = Array("\(parent)/\(Self.prefix)XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .spawnFailed(errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        flock(lock, LOCK_SH | LOCK_NB)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
        close(lock)
    }

    private static func removeLeftOver(in parent: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for name in names where name.hasPrefix(prefix) {
            let path = "\(parent)/\(name)"
            var status = stat()
            // The folder for such is everybody's: another's folder, or a link, is not looked into.
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR, status.st_uid == getuid() else {
                continue
            }
            let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard descriptor >= 0 else { continue }
            defer { close(descriptor) }
            // A folder without a lock may also be one that is being made: those are younger.
            guard time(nil) - status.st_ctim.tv_sec > 60, flock(descriptor, LOCK_EX | LOCK_NB) == 0 else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}
