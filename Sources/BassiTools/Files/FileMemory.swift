import Synchronization

/// What a session knows of the files that it has read or written, so that it never overwrites what somebody else
/// changed in between.
public final class FileMemory: Sendable {
    private let seen: Mutex<SeenFiles>

    /// A memory that knows these files; none if nothing is said.
    public init(_ seen: SeenFiles = SeenFiles()) { self.seen = Mutex(seen) }

    /// Keeps the state in which a file was read or written; a link and what it leads to are one file.
    func remember(_ place: FilePlace, _ sha256: String) {
        seen.withLock { $0.see(place.path, sha256: sha256) }
    }

    /// The rule that all writing tools keep: a file that was never seen may be replaced, and one that was as it was then.
    func requireUnchanged(_ place: FilePlace, _ state: FileState) throws(ToolError) {
        guard let known = seen.withLock({ $0[place.path] }), state != .content(known) else { return }
        throw ToolError(
            "file_changed", "'\(place.shown)' has changed since it was last read: read it again before you change it")
    }
}
