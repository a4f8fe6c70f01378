/// A tool changed a file.
public struct FileChanged: EventFields {
    /// The event's type.
    public static let type: StaticString = "file_changed"

    /// The file, relative to the session's folder where it lies in it.
    public let path: String
    /// What happened to it.
    public let kind: FileChangeKind
    /// SHA-256 of it before, in hex.
    public let beforeHash: String?
    /// SHA-256 of it after, in hex.
    public let afterHash: String?
    /// The change as a unified diff, bounded.
    public let diff: String
    /// The blob that holds it as it was.
    public let snapshot: String?
    /// Where the file is, absolute and without a link, where ``path`` leads through one.
    public let place: String?
    /// The mode that it had, in octal digits, where it is gone.
    public let mode: String?
    /// True where it was found after a crash, and may be somebody else's work.
    public let inDoubt: Bool?

    /// A value with these members.
    public init(
        path: String, kind: FileChangeKind, beforeHash: String? = nil, afterHash: String? = nil,
        diff: String, snapshot: String? = nil, place: String? = nil, mode: String? = nil, inDoubt: Bool? = nil
    ) {
        self.path = path
        self.kind = kind
        self.beforeHash = beforeHash
        self.afterHash = afterHash
        self.diff = diff
        self.snapshot = snapshot
        self.place = place
        self.mode = mode
        self.inDoubt = inDoubt
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("path", path)
        fields("kind", kind)
        fields("before_hash", beforeHash)
        fields("after_hash", afterHash)
        fields("diff", diff)
        fields("snapshot", snapshot)
        fields("place", place)
        fields("mode", mode)
        fields("in_doubt", inDoubt)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        path = try fields("path")
        kind = try fields("kind")
        beforeHash = try fields.optional("before_hash")
        afterHash = try fields.optional("after_hash")
        diff = try fields("diff")
        snapshot = try fields.optional("snapshot")
        place = try fields.optional("place")
        mode = try fields.optional("mode")
        inDoubt = try fields.optional("in_doubt")
    }
}

/// What happened to a file.
public enum FileChangeKind: String, JSONWord {
    /// It is new.
    case created
    /// Its content changed.
    case modified
    /// It is gone.
    case deleted
}
