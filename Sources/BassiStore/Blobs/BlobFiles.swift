import BassiEvents
import Foundation

/// The files of a blob store. Everything here blocks: it is for the store's own queues.
struct BlobFiles: Sendable {
    /// What a file is called until it is whole. One that is still there when the next blob comes is of a crash, since a
    /// session has one writer.
    static let unfinished = ".unfinished"

    let folder: String
    let limits: BlobLimits
    let calls: FileCalls

    private func folder(of session: SessionID) -> String { "\(folder)/\(session)" }
    private func path(of blob: BlobName, in session: SessionID) -> String { "\(folder(of: session))/\(blob)" }

    // MARK: - Writing

    func put(_ bytes: [UInt8], as name: BlobName, in session: SessionID) throws(BlobError) {
        try makeFolder(folder)
        try makeFolder(folder(of: session))
        let usedBytes = try sweep(session)
        let path = path(of: name, in: session)
        // What was kept before may not be durable: its writer can have been killed before the sync of the folder.
        if try status(of: path)?.st_size == off_t(bytes.count) { return try syncFolders(of: session) }
        try limits.check(bytes.count, usedBytes: usedBytes, in: session)
        try write(bytes, to: path + Self.unfinished)
        guard rename(path + Self.unfinished, path) == 0 else {
            let failure = FileFailure.last
            unlink(path + Self.unfinished)
            throw .unusable(path: path, reason: failure.reason)
        }
        try syncFolders(of: session)
    }

    private func write(_ bytes: [UInt8], to path: String) throws(BlobError) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .unusable(path: path, reason: FileFailure.last.reason) }
        defer { close(descriptor) }
        do throws(BlobError) {
            do { try writeAll(bytes, to: descriptor) } catch {
                throw BlobError.unusable(path: path, reason: error.reason)
            }
            guard calls.sync(descriptor) == 0 else {
                throw BlobError.syncFailed(path: path, reason: FileFailure.last.reason)
            }
        } catch {
            unlink(path)
            throw error
        }
    }

    private func writeAll(_ bytes: [UInt8], to descriptor: Int32) throws(FileFailure) {
        var offset = 0
        while offset < bytes.count {
            let count = bytes.withUnsafeBytes {
                calls.write(descriptor, UnsafeRawBufferPointer(rebasing: $0[offset...]))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw FileFailure.last }
            offset += count
        }
    }

    /// Removes what a crash left unfinished, and says how many bytes the rest has.
    private func sweep(_ session: SessionID) throws(BlobError) -> Int {
        var bytes = 0
        for name in try names(in: folder(of: session)) {
            let path = "\(folder(of: session))/\(name)"
            if name.hasSuffix(Self.unfinished) {
                unlink(path)
            } else {
                bytes += Int(try status(of: path)?.st_size ?? 0)
            }
        }
        return bytes
    }

    func delete(_ blob: BlobName, of session: SessionID) throws(BlobError) {
        let path = path(of: blob, in: session)
        if unlink(path) == 0 { return try syncFolder(folder(of: session)) }
        guard errno == ENOENT else { throw .unusable(path: path, reason: FileFailure.last.reason) }
    }

    func deleteAll(of session: SessionID) throws(BlobError) {
        let folder = folder(of: session)
        guard let status = try status(of: folder) else { return }
        // A link in its place leads to what is not ours.
        for name in status.st_mode & S_IFMT == S_IFDIR ? try names(in: folder) : [] {
            guard unlink("\(folder)/\(name)") == 0 || errno == ENOENT else {
                throw .unusable(path: "\(folder)/\(name)", reason: FileFailure.last.reason)
            }
        }
        guard remove(folder) == 0 || errno == ENOENT else {
            throw .unusable(path: folder, reason: FileFailure.last.reason)
        }
        try syncFolder(self.folder)
    }

    func copyAll(from session: SessionID, to other: SessionID) throws(BlobError) {
        guard try status(of: folder(of: session)) != nil else { return }
        try makeFolder(folder(of: other))
        for name in try names(in: folder(of: session)).compactMap(BlobName.init) {
            let (source, target) = (path(of: name, in: session), path(of: name, in: other))
            if link(source, target) == 0 || errno == EEXIST { continue }
            // A file system without links.
            try put(try read(name, of: session, 0..<Int.max), as: name, in: other)
        }
        try syncFolders(of: other)
    }

    // MARK: - Reading

    func read(_ blob: BlobName, of session: SessionID, _ range: Range<Int>) throws(BlobError) -> [UInt8] {
        let path = path(of: blob, in: session)
        let descriptor = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw missing(blob, session, path) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw missing(blob, session, path) }
        let range = range.clamped(to: 0..<Int(status.st_size))
        var (offset, failure) = (0, FileFailure?.none)
        let bytes = [UInt8](unsafeUninitializedCapacity: range.count) { buffer, count in
            while offset < range.count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[offset...])
                let read = pread(descriptor, rest.baseAddress, range.count - offset, off_t(range.lowerBound + offset))
                if read < 0, errno == EINTR { continue }
                if read < 0 { failure = .last }
                if read <= 0 { break }
                offset += read
            }
            count = offset
        }
        if let failure { throw .unusable(path: path, reason: failure.reason) }
        return bytes
    }

    func size(of blob: BlobName, in session: SessionID) throws(BlobError) -> Int {
        guard let status = try status(of: path(of: blob, in: session)) else { throw .missing(blob, session: session) }
        return Int(status.st_size)
    }

    private func missing(_ blob: BlobName, _ session: SessionID, _ path: String) -> BlobError {
        errno == ENOENT
            ? .missing(blob, session: session) : .unusable(path: path, reason: FileFailure.last.reason)
    }

    /// The sessions that have blobs.
    func sessions() throws(BlobError) -> [SessionID] {
        guard try status(of: folder) != nil else { return [] }
        return try names(in: folder).compactMap { SessionID($0) }
    }

    func blobs(of session: SessionID) throws(BlobError) -> [BlobName] {
        try names(in: folder(of: session)).compactMap { BlobName($0) }
    }

    // MARK: - Folders

    /// Makes a folder that is not there. One that is must be a folder of ours: in a place that others can write to,
    /// somebody else's would get what only the owner may read.
    private func makeFolder(_ path: String) throws(BlobError) {
        if mkdir(path, 0o700) == 0 { return }
        guard errno == EEXIST, let status = try status(of: path) else {
            throw .unusable(path: path, reason: FileFailure.last.reason)
        }
        guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
            throw .unusable(path: path, reason: "it is not a folder of this user: move it away")
        }
    }

    private func names(in folder: String) throws(BlobError) -> [String] {
        do { return try FileManager.default.contentsOfDirectory(atPath: folder) } catch {
            throw .unusable(path: folder, reason: "\(error.localizedDescription)")
        }
    }

    /// Nil when nothing is there. Links are not followed.
    private func status(of path: String) throws(BlobError) -> stat? {
        var status = stat()
        if lstat(path, &status) == 0 { return status }
        guard errno == ENOENT else { throw .unusable(path: path, reason: FileFailure.last.reason) }
        return nil
    }

    /// The names on the way to a blob are as durable as the blob.
    private func syncFolders(of session: SessionID) throws(BlobError) {
        try syncFolder(folder(of: session))
        try syncFolder(folder)
        try syncFolder((folder as NSString).deletingLastPathComponent)
    }

    private func syncFolder(_ path: String) throws(BlobError) {
        let path = path.isEmpty ? "." : path
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unusable(path: path, reason: FileFailure.last.reason) }
        defer { close(descriptor) }
        guard calls.sync(descriptor) == 0 else { throw .syncFailed(path: path, reason: FileFailure.last.reason) }
    }
}
