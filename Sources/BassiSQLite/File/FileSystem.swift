import BassiStore
import Foundation

/// What the log's folder lies on. WAL needs memory that all its processes share and locks that all of them see: a file
/// system of a network has neither, and SQLite would damage the file there without a word.
enum FileSystem {
    /// - Throws: ``StoreError/unusable(path:reason:)`` for a folder on a network.
    static func requireLocal(_ path: String) throws {
        let folder = (path as NSString).deletingLastPathComponent
        guard let kind = kind(of: folder.isEmpty ? "." : folder), isShared(kind) else { return }
        throw StoreError.unusable(
            path: path,
            reason:
                "it lies on a network file system (\(kind)), where SQLite can lose events: put it on a disk of this "
                + "machine, as with BASSI_HOME=/local/path")
    }

    /// Whether several machines may have that kind of file system mounted at once.
    static func isShared(_ kind: String) -> Bool {
        let shared: Set<String> = [
            "nfs", "nfs4", "cifs", "smb3", "smbfs", "smb2", "9p", "afs", "afpfs", "webdav", "ceph", "lustre", "gpfs",
            "glusterfs", "beegfs", "gfs2", "ocfs2", "orangefs", "coda", "virtiofs",
        ]
        let programs = [
            "sshfs", "glusterfs", "s3fs", "goofys", "rclone", "ceph", "davfs", "gcsfuse", "juicefs", "curlftpfs",
        ]
        if shared.contains(kind) { return true }
        guard kind.hasPrefix("fuse") else { return false }
        return programs.contains { kind.contains($0) }
    }

    #if os(Linux)
        /// The type of the mount that a folder is in, as proc(5) describes `/proc/self/mountinfo`; nil when it cannot
        /// be told.
        static func kind(of folder: String) -> String? {
            guard let resolved = realpath(folder, nil) else { return nil }
            defer { free(resolved) }
            guard let table = try? String(contentsOfFile: "/proc/self/mountinfo", encoding: .utf8) else { return nil }
            return kind(of: String(cString: resolved), in: table)
        }

        /// Of the mounts that a folder lies below the one with the longest path counts, and of several there the last.
        static func kind(of folder: String, in table: String) -> String? {
            var found: (length: Int, kind: String)?
            for line in table.split(separator: "\n") {
                let words = line.split(separator: " ")
                guard words.count > 4, let dash = words.firstIndex(of: "-"), dash + 1 < words.count else { continue }
                let point = words[4].replacing("\\040", with: " ")
                guard point == "/" || folder == point || folder.hasPrefix(point + "/") else { continue }
                if point.utf8.count >= found?.length ?? 0 { found = (point.utf8.count, String(words[dash + 1])) }
            }
            return found?.kind
        }
    #else
        static func kind(of folder: String) -> String? {
            var status = statfs()
            guard statfs(folder, &status) == 0 else { return nil }
            return withUnsafeBytes(of: status.f_fstypename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        }
    #endif
}
