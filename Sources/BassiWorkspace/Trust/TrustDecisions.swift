import BassiEvents
import BassiProcess
import BassiStore
import Foundation

/// What the person has said of folders: a file for each in the home of Bassi, so that two programs that write at once
/// never lose one another's, and garbage in one says nothing of the others.
public struct TrustDecisions: Sendable, Equatable {
    /// A decision cannot be kept.
    public struct Failure: Error, Sendable, Equatable, CustomStringConvertible {
        /// One sentence with the next step.
        public let description: String
    }

    /// What was trusted.
    struct Record: Sendable, Equatable {
        let digest: String
        /// The entries, to say later what changed; nil when they were too many to keep.
        let entries: [String: String]?
    }

    enum Found: Equatable {
        case none
        case record(Record)
        /// The person said no, of what has this digest.
        case declined(digest: String)
        /// Why the file says nothing.
        case unusable(String)
    }

    /// The folder of the files.
    public let path: String

    private static let bytesMax = 1 << 20
    private static let entriesMax = 1000

    /// The decisions in a home.
    public init(home: Home) { path = home.path + "/trust" }

    private func file(_ folder: String) -> String { "\(path)/\(BlobName(of: Array(folder.utf8))).json" }

    /// What was said of a folder, by its real path.
    func find(_ folder: String) -> Found {
        let file = file(folder)
        var status = stat()
        guard lstat(file, &status) == 0 else { return .none }
        guard status.st_uid == geteuid(), status.st_mode & 0o022 == 0 else {
            return .unusable(
                "'\(file)' belongs to others or can be written by them: remove it and trust the folder anew")
        }
        guard let (bytes, isWhole) = BoundedFile.read(file, bytesMax: Self.bytesMax, followsLink: false), isWhole,
            let json = try? JSONParser.parse(bytes), json["folder"]?.string == folder,
            let digest = (json["sha256"] ?? json["declined_sha256"])?.string, BlobName(digest) != nil
        else { return .unusable("'\(file)' cannot be understood: remove it and trust the folder anew") }
        if json["sha256"] == nil { return .declined(digest: digest) }
        let members = json["entries"]?.object?.members
        let entries = members.map { Dictionary($0.map { ($0.key, $0.value.string ?? "") }) { $1 } }
        return .record(Record(digest: digest, entries: entries))
    }

    /// Trusts a folder as it was read, and as the person saw it: what changed since then is not trusted.
    ///
    /// - Throws: ``Failure``.
    public func trust(_ contents: FolderContents) throws(Failure) {
        if let problem = contents.problem { throw Failure(description: problem) }
        var record: JSONObject = [
            "folder": .string(contents.folder), "sha256": .string(contents.digest),
            "trusted_at": .string(Timestamp.now.description),
        ]
        if contents.entries.count <= Self.entriesMax {
            let entries = contents.entries.sorted { $0.key < $1.key }
            record["entries"] = .object(JSONObject(entries.map { .init(key: $0.key, value: .string($0.value)) }))
        }
        try write(Array((JSONValue.object(record).text + "\n").utf8), to: file(contents.folder))
    }

    /// Remembers a no, until something in the folder changes. It has another key than a yes: whoever looks for that one
    /// finds no decision at all.
    ///
    /// - Throws: ``Failure``.
    public func decline(_ contents: FolderContents) throws(Failure) {
        let record: JSONValue = [
            "folder": .string(contents.folder), "declined_sha256": .string(contents.digest),
            "declined_at": .string(Timestamp.now.description),
        ]
        try write(Array((record.text + "\n").utf8), to: file(contents.folder))
    }

    /// Takes a decision back. False when there was none.
    ///
    /// - Throws: ``Failure``.
    @discardableResult
    public func revoke(_ contents: FolderContents) throws(Failure) -> Bool {
        if unlink(file(contents.folder)) == 0 { return true }
        if errno == ENOENT || errno == ENOTDIR { return false }
        throw failure("'\(file(contents.folder))' cannot be removed")
    }

    private func failure(_ what: String) -> Failure {
        Failure(
            description: "\(what) (\(String(cString: strerror(errno)))): mend it, or set BASSI_HOME to another folder")
    }

    /// Whole or not at all: a file of its own beside it takes the name.
    private func write(_ bytes: [UInt8], to file: String) throws(Failure) {
        if mkdir(path, 0o700) != 0, errno != EEXIST { throw failure("'\(path)' cannot be made") }
        let draft = "\(path)/.\(UUID().uuidString)"
        let descriptor = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure("'\(path)' cannot be written") }
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: false)
        let isWritten = (try? handle.write(contentsOf: Data(bytes))) != nil && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(draft, file) == 0 else {
            let failure = failure("'\(file)' cannot be written")
            unlink(draft)
            throw failure
        }
    }
}
