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
        let state = try? await FileWork.run { _ -> FileState in
            var status = stat()
            if lstat(path, &status) != 0, errno == ENOENT || errno == ENOTDIR { return .absent }
            return .content(hash(try FileBytes.read(path).bytes))
        }
        return state ?? .unreadable
    }

    /// Puts other content in its place, or takes it away for nil. The mode stays.
    ///
    /// - Throws: ``ToolError``.
    package static func replace(_ path: String, shown: String, by content: [UInt8]?) async throws -> FileChange {
        try await FileWork.run { _ in
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
