import Foundation

/// Whole files as bytes: bounded reads, and writes that another reader sees whole or not at all.
enum FileBytes {
    /// Files beyond this are not read into memory.
    static let bytesMax = 64 << 20

    /// The bytes of a regular file, and the state of the file from before they were read: a change that comes meanwhile
    /// then shows.
    static func read(_ path: String) throws -> (bytes: [UInt8], stamp: FileMemory.Stamp) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw ToolError.system(errno, path, doing: "read") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw ToolError.system(errno, path, doing: "read") }
        let kind = status.st_mode & S_IFMT
        if kind == S_IFDIR { throw ToolError.system(EISDIR, path, doing: "read") }
        // A pipe or a device could give bytes without end, or never.
        guard kind == S_IFREG else { throw ToolError("not_a_file", "'\(path)' is not a regular file") }
        guard status.st_size <= bytesMax else {
            throw ToolError("too_large", "'\(path)' has \(status.st_size) bytes, more than \(bytesMax)")
        }
        return (try readAll(descriptor, path, sizeHint: Int(status.st_size)), FileMemory.Stamp(status))
    }

    private static func readAll(_ descriptor: Int32, _ path: String, sizeHint: Int) throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(sizeHint)
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while bytes.count <= bytesMax {
            let count = Foundation.read(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw ToolError.system(errno, path, doing: "read") }
            bytes += buffer[..<count]
        }
        throw ToolError("too_large", "'\(path)' grew beyond \(bytesMax) bytes while it was read")
    }

    /// Writes beside the file and renames: after a crash the file has its old bytes or the new ones. A link is written
    /// through, the mode of an existing file is kept (and its owner, where that may be), missing folders are made.
    @discardableResult
    static func write(_ bytes: [UInt8], to path: String) throws -> FileMemory.Stamp {
        let target = FilePath.resolved(path)
        let folder = (target as NSString).deletingLastPathComponent
        try makeFolder(folder)
        let old = try statusOfFile(target, path)
        let name = "\(folder)/.bassi-\(UUID().uuidString)"
        let descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ToolError.system(errno, path, doing: "written") }
        defer { close(descriptor) }
        // Only root may give a file to its owner; for everybody else this fails and changes nothing.
        if let old { _ = fchown(descriptor, old.st_uid, old.st_gid) }
        let mode = old.map { $0.st_mode & 0o7777 } ?? 0o666 & ~currentUmask()
        var status = stat()
        guard writeAll(bytes, to: descriptor), fchmod(descriptor, mode) == 0, fsync(descriptor) == 0,
            fstat(descriptor, &status) == 0, rename(name, target) == 0
        else {
            let code = errno
            unlink(name)
            throw ToolError.system(code, path, doing: "written")
        }
        return FileMemory.Stamp(status)
    }

    /// What is there to be replaced, if anything: a folder, a pipe or a device is not.
    private static func statusOfFile(_ target: String, _ path: String) throws(ToolError) -> stat? {
        var status = stat()
        guard stat(target, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFREG: return status
        case S_IFDIR: throw ToolError.system(EISDIR, path, doing: "written")
        default: throw ToolError("not_a_file", "'\(path)' is not a regular file")
        }
    }

    private static func makeFolder(_ path: String) throws(ToolError) {
        if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        if errno == ENOENT, path != "/" {
            try makeFolder((path as NSString).deletingLastPathComponent)
            if mkdir(path, 0o777) == 0 || errno == EEXIST { return }
        }
        throw ToolError.system(errno, path, doing: "made")
    }

    /// Whether bytes are text: UTF-8 without a zero byte.
    static func text(of bytes: [UInt8]) -> String? {
        bytes.contains(0) ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
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
