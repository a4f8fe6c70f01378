import Foundation

extension ToolContext {
    /// The absolute path of what a model calls `path`: `~` is the home folder, a relative path starts in the session's
    /// folder, `.` and `..` are taken out.
    func absolute(_ path: String) -> String {
        if path == "~" || path.hasPrefix("~/") { return (home + path.dropFirst() as NSString).standardizingPath }
        return ((path.hasPrefix("/") ? path : folder + "/" + path) as NSString).standardizingPath
    }

    /// A path as it is shown: relative where it lies in the session's folder.
    func shown(_ path: String) -> String {
        if path == folder { return "." }
        return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }
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
