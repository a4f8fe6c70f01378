import BassiPermissions
import Foundation

extension ToolContext {
    /// The absolute path of what a model calls `path`: `~` is the home folder, a relative path starts in the session's
    /// folder, `.` and `..` are taken out.
    ///
    /// - Throws: ``ToolError`` for a zero byte: the system would stop there, and open another file than was allowed.
    func absolute(_ path: String) throws(ToolError) -> String {
        guard !path.utf8.contains(0) else {
            throw ToolError("invalid_input", "the path \(path.debugDescription) has a zero byte in it: remove it")
        }
        if path == "~" || path.hasPrefix("~/") { return (home + path.dropFirst() as NSString).standardizingPath }
        return ((path.hasPrefix("/") ? path : folder + "/" + path) as NSString).standardizingPath
    }

    /// A path as it is shown: relative where it lies in the session's folder.
    func shown(_ path: String) -> String {
        if path == folder { return "." }
        return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }
}

enum FilePath {
    /// The path behind every link, also of a file that is not there yet; the path itself where links go in a circle.
    static func resolved(_ path: String) -> String { PathResolver(folder: "/", home: "/").resolve(path) ?? path }
}

extension ToolError {
    /// What the system said about a path.
    static func system(_ code: Int32, _ path: String, doing verb: String) -> ToolError {
        switch code {
        case ENOENT: ToolError("not_found", "there is no file '\(path)'")
        case EACCES, EPERM: ToolError("not_permitted", "'\(path)' may not be \(verb): permission denied")
        case EISDIR: ToolError("is_folder", "'\(path)' is a folder")
        case ENOTDIR: ToolError("not_folder", "a part of '\(path)' is not a folder")
        case ENOSPC: ToolError("disk_full", "'\(path)' cannot be \(verb): no space left on the disk")
        default: ToolError("failed", "'\(path)' cannot be \(verb): \(String(cString: strerror(code)))")
        }
    }
}
