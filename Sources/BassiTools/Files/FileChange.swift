import Foundation

/// A change of a file by a tool.
public struct FileChange: Sendable, Equatable {
    /// The file: relative to the session's folder where it lies in it, else absolute.
    public let path: String
    /// Where it is, absolute and without a link, where ``path`` leads through one.
    public let place: String?
    /// Whether there was one before.
    public let existed: Bool
    /// All of it before; nil where there was none, or too much to keep.
    public let before: [UInt8]?
    /// All of it after; nil where it is gone.
    public let after: [UInt8]?
    /// The permissions that it had before; nil where nobody looked.
    public let mode: UInt16?

    /// A change.
    public init(
        path: String, place: String? = nil, existed: Bool, before: [UInt8]?, after: [UInt8]?, mode: UInt16? = nil
    ) {
        self.path = path
        self.place = place
        self.existed = existed
        self.before = before
        self.after = after
        self.mode = mode
    }

    init(_ place: FilePlace, _ found: FileLook, after: [UInt8]?) {
        self.init(
            path: place.shown, place: place.behindLink, existed: found.status != nil, before: found.bytes,
            after: after, mode: found.status.map { UInt16($0.st_mode & 0o7777) })
    }

    /// The change as people read it; empty where nothing changed.
    public var diff: String {
        if existed, before == nil { return "The file was too large to be compared.\n" }
        return UnifiedDiff.text(path: path, before: existed ? before : nil, after: after)
    }
}
