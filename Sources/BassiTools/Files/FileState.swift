import Foundation

/// What a file is now, and putting it back to what it was.
package enum FileState: Sendable, Equatable {
    /// There is none.
    case absent
    /// Its content, by the SHA-256 that `hash` makes of it.
    case content(String)
    /// There is something that cannot be read.
    case unreadable

    /// The state of the file at an absolute path.
    package static func read(_ path: String, hash: @escaping @Sendable ([UInt8]) -> String) async -> FileState {
        (try? await FileWork.run { _ in now(path, hash) }) ?? .unreadable
    }

    private static func now(_ path: String, _ hash: ([UInt8]) -> String) -> FileState {
        var status = stat()
        if lstat(path, &status) != 0, errno == ENOENT || errno == ENOTDIR { return .absent }
        return (try? FileBytes.read(path).bytes).map { .content(hash($0)) } ?? .unreadable
    }

    /// Puts other content in its place, or takes it away for nil. The mode stays.
    ///
    /// - Throws: ``ToolError``, also when the file is not in this state any more.
    package static func replace(
        _ path: String, shown: String, by content: [UInt8]?, ifStill state: FileState,
        hash: @escaping @Sendable ([UInt8]) -> String
    ) async throws -> FileChange {
        try await FileWork.run { _ in
            guard now(path, hash) == state else {
                throw ToolError("file_changed", "'\(shown)' has changed just now: look again")
            }
            let existed = FileManager.default.fileExists(atPath: path)
            let before = existed ? try FileBytes.read(path).bytes : nil
            if let content {
                try FileBytes.write(content, to: path)
            } else if existed, unlink(path) != 0 {
                throw ToolError.system(errno, path, doing: "removed")
            }
            return FileChange(path: shown, existed: existed, before: before, after: content)
        }
    }
}
