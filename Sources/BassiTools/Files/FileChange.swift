import Foundation

/// A change of a file by a tool.
public struct FileChange: Sendable, Equatable {
    /// Larger ones are not compared: it takes as long as to read them, many times.
    static let comparedBytesMax = 4 << 20

    /// The file: relative to the session's folder where it lies in it, else absolute.
    public let path: String
    /// Where it is, absolute and without a link, where ``path`` leads through one.
    public let place: String?
    /// Whether there was one before.
    public let existed: Bool
    /// All of it before; nil where there was none, or too much to keep.
    public let before: [UInt8]?
    /// SHA-256 of it before, in hex; nil where there was none, or nobody could read it.
    public let beforeHash: String?
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
        beforeHash = before.map { FileText.sha256($0) }
        self.after = after
        self.mode = mode
    }

    init(_ place: FilePlace, _ found: FileLook, after: [UInt8]?) {
        self.init(place, existed: found.status != nil, found.bytes, found.state, after, found.status)
    }

    /// What was found of a call that broke off.
    init(_ place: FilePlace, from state: FileState, _ before: [UInt8]?, now: FileLook) {
        self.init(place, existed: state != .absent, before, state, now.bytes, now.status)
    }

    private init(
        _ place: FilePlace, existed: Bool, _ before: [UInt8]?, _ state: FileState, _ after: [UInt8]?, _ status: stat?
    ) {
        path = place.shown
        self.place = place.behindLink
        self.existed = existed
        (self.before, self.after) = (before, after)
        beforeHash = if case .content(let sha256) = state { sha256 } else { nil }
        mode = status.map { UInt16($0.st_mode & 0o7777) }
    }

    /// The change as people read it; empty where nothing changed.
    public var diff: String {
        let sizes = [before, after].compactMap { $0?.count }
        if existed && before == nil || sizes.contains(where: { $0 > Self.comparedBytesMax }) {
            return "The file is too large to be compared.\n"
        }
        return UnifiedDiff.text(path: path, before: existed ? before : nil, after: after)
    }
}
