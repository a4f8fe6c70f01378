import Foundation

/// One name in an open folder: bounded reads, and writes that another reader sees whole or not at all.
struct FileEntry {
    /// Files beyond this are not read into memory.
    static let bytesMax = 64 << 20

    let folder: FolderHandle
    let name: FolderHandle.Name
    let shown: String

    /// A file's content, and what the system said of it before it was read: a change that comes meanwhile then shows.
    struct Content {
        let bytes: [UInt8]
        let status: stat
    }

    /// The status of a regular file; nil where there is nothing.
    ///
    /// - Throws: ``ToolError`` for a folder, a pipe, a device, and for a link: the place was without one.
    func status(doing verb: String) throws(ToolError) -> stat? {
        guard let status = try telling(verb, { () throws(FileFailure) in try folder.status(of: name) }) else {
            return nil
        }
        try requireFile(status, verb)
        return status
    }

    private func requireFile(_ status: stat, _ verb: String) throws(ToolError) {
        switch status.st_mode & S_IFMT {
        case S_IFREG: return
        case S_IFDIR: throw ToolError.system(EISDIR, shown, doing: verb)
        // It could give bytes without end, or never.
        default: throw ToolError("not_a_file", "'\(shown)' is not a regular file")
        }
    }

    private func telling<Value>(
        _ verb: String, _ body: () throws(FileFailure) -> Value
    ) throws(ToolError) -> Value {
        do { return try body() } catch { throw error.told(of: shown, doing: verb) }
    }

    // MARK: - Reading

    /// All of the file, if it is no larger than ``bytesMax``.
    func read() throws(ToolError) -> Content {
        try withOpenFile { descriptor, status throws(ToolError) in
            guard status.st_size <= Self.bytesMax else {
                throw ToolError("too_large", "'\(shown)' has \(status.st_size) bytes, more than \(Self.bytesMax)")
            }
            return Content(bytes: try readAll(descriptor, sizeHint: Int(status.st_size)), status: status)
        }
    }

    /// Lends the open file.
    func withOpenFile<Value>(_ body: (Int32, stat) throws(ToolError) -> Value) throws(ToolError) -> Value {
        // Looked at first: to open a device can do something already.
        guard try status(doing: "read") != nil else { throw ToolError.system(ENOENT, shown, doing: "read") }
        let descriptor = try telling("read") { () throws(FileFailure) in try folder.open(name, O_RDONLY) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ToolError.system(errno, shown, doing: "read") }
        try requireFile(status, "read")
        return try body(descriptor, status)
    }

    private func readAll(_ descriptor: Int32, sizeHint: Int) throws(ToolError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(sizeHint)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= Self.bytesMax {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ToolError.system(errno, shown, doing: "read") }
            bytes += buffer[..<count]
        }
        throw ToolError("too_large", "'\(shown)' grew beyond \(Self.bytesMax) bytes while it was read")
    }

    // MARK: - Writing

    /// Writes beside the file and renames: after a crash the file has its old bytes or the new ones. The mode of an
    /// existing file is kept, and its owner, where that may be.
    ///
    /// - Parameters:
    ///   - found: What the file was when it was looked at; nil for none. It must be so still.
    ///   - mode: The mode of a new file; nil for the usual one.
    func write(_ bytes: [UInt8], over found: stat?, mode: mode_t? = nil) throws(ToolError) {
        let temporary = Array(".bassi-\(UUID().uuidString)".utf8)
        let mode = found.map { $0.st_mode & 0o7777 } ?? mode ?? 0o666 & ~Self.currentUmask()
        do throws(ToolError) {
            try telling("written") { () throws(FileFailure) in
                try folder.make(temporary) { descriptor throws(FileFailure) in
                    // Only root may give a file to its owner; for everybody else this fails and changes nothing.
                    if let found { _ = fchown(descriptor, found.st_uid, found.st_gid) }
                    guard writeAll(bytes, to: descriptor), fchmod(descriptor, mode) == 0, fsync(descriptor) == 0 else {
                        throw .last
                    }
                }
            }
            try requireStill(found)
            try telling("written") { () throws(FileFailure) in try folder.rename(temporary, to: name) }
        } catch {
            try? folder.remove(temporary)
            throw error
        }
    }

    /// Takes the file away, if it is still what it was.
    func remove(_ found: stat) throws(ToolError) {
        try requireStill(found)
        try telling("removed") { () throws(FileFailure) in try folder.remove(name) }
    }

    /// Between this look and the renaming lies nothing but a system call.
    private func requireStill(_ found: stat?) throws(ToolError) {
        let now = try status(doing: "written")
        let isSame =
            switch (found, now) {
            case (nil, nil): true
            case (let found?, let now?): FileStamp(found) == FileStamp(now)
            case (nil, _?), (_?, nil): false
            }
        guard isSame else {
            throw ToolError("file_changed", "'\(shown)' has changed just now: look at it again")
        }
    }

    private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    /// Asking for the mask means setting it; the kernel shows it without that.
    private static func currentUmask() -> mode_t {
        let line = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8))?
            .split(separator: "\n").first { $0.hasPrefix("Umask:") }
        return line.flatMap { mode_t($0.dropFirst(6).trimmingCharacters(in: .whitespaces), radix: 8) } ?? 0o022
    }
}

/// What tells one state of a file from another without reading it, as far as the clock of its disk ticks.
private struct FileStamp: Equatable {
    let device: UInt64
    let inode: UInt64
    let size: Int64
    let times: [Int]

    init(_ status: stat) {
        device = UInt64(status.st_dev)
        inode = UInt64(status.st_ino)
        size = Int64(status.st_size)
        #if os(Linux)
            let (modified, changed) = (status.st_mtim, status.st_ctim)
        #else
            let (modified, changed) = (status.st_mtimespec, status.st_ctimespec)
        #endif
        times = [modified, changed].flatMap { [Int($0.tv_sec), Int($0.tv_nsec)] }
    }
}
