/// A file or folder of a call as it was decided about: what the tool opens, also when the call runs again after a crash.
public struct CallPlace: JSONRecord {
    /// ``before`` of a file that was not there.
    public static let absent = "absent"

    /// The path as the call has it.
    public let path: String
    /// Where it leads: absolute, without a link.
    public let place: String
    /// What was there before the call: SHA-256 in hex, or ``absent``. Nil where nobody looked, or nobody could.
    public let before: String?
    /// The blob that holds it as it was, kept before the call so that a kill in its middle loses nothing; nil where it
    /// was not there, or could not be kept.
    public let snapshot: String?

    /// A value with these members.
    public init(path: String, place: String, before: String? = nil, snapshot: String? = nil) {
        self.path = path
        self.place = place
        self.before = before
        self.snapshot = snapshot
    }

    /// Whether the place is not plain from the path: it leads through a link, home, or up.
    public var isElsewhere: Bool {
        let name = path.hasPrefix("./") ? path.dropFirst(2) : path[...]
        return path != "." && place != path && !place.hasSuffix("/" + name)
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("path", path)
        fields("place", place)
        fields("before", before)
        fields("snapshot", snapshot)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        path = try fields("path")
        place = try fields("place")
        before = try fields.optional("before")
        snapshot = try fields.optional("snapshot")
    }
}

/// A file as a call left or found it: what the session knows of it, so that it overwrites nothing that it has not seen.
public struct SeenFile: JSONRecord {
    /// Where it is: absolute, without a link.
    public let path: String
    /// SHA-256 of all of it, in hex.
    public let sha256: String

    /// A value with these members.
    public init(path: String, sha256: String) {
        self.path = path
        self.sha256 = sha256
    }

    /// Writes the members.
    public func write(to fields: inout FieldWriter) {
        fields("path", path)
        fields("sha256", sha256)
    }

    /// Reads the members.
    public init(from fields: FieldReader) throws {
        path = try fields("path")
        sha256 = try fields("sha256")
    }
}
