/// A change of a file by a tool.
public struct FileChange: Sendable, Equatable {
    /// The file: relative to the session's folder where it lies in it, else absolute.
    public let path: String
    /// Whether there was one before.
    public let existed: Bool
    /// All of it before; nil where there was none, or too much to keep.
    public let before: [UInt8]?
    /// All of it after; nil where it is gone.
    public let after: [UInt8]?

    /// A change.
    public init(path: String, existed: Bool, before: [UInt8]?, after: [UInt8]?) {
        self.path = path
        self.existed = existed
        self.before = before
        self.after = after
    }

    /// The change as people read it; empty where nothing changed.
    public var diff: String {
        if existed, before == nil { return "The file was too large to be compared.\n" }
        return UnifiedDiff.text(path: path, before: existed ? before : nil, after: after)
    }
}
