import Foundation

/// Whole files as bytes: bounded reads, and writes that another reader sees whole or not at all.
enum FileBytes {
    /// Files beyond this are not read into memory.
    static let bytesMax = 64 << 20

    static func read(_ path: String) throws -> [UInt8] {
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
        return try readAll(descriptor, path, sizeHint: Int(status.st_size))
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
    /// through, the mode of an existing file is kept, missing folders are made.
    static func write(_ bytes: [UInt8], to path: String) throws {
        let target = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let folder = (target as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch { throw ToolError.system(errno, folder, doing: "made") }
        var status = stat()
        let exists = stat(target, &status) == 0
        if exists, status.st_mode & S_IFMT == S_IFDIR { throw ToolError.system(EISDIR, path, doing: "written") }
        var temporary = Array("\(folder)/.bassi-XXXXXX".utf8CString)
        let descriptor = mkstemp(&temporary)
        let name = String(decoding: temporary.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        guard descriptor >= 0 else { throw ToolError.system(errno, path, doing: "written") }
        defer { close(descriptor) }
        let mode = exists ? status.st_mode & 0o7777 : 0o666 & ~currentUmask()
        guard writeAll(bytes, to: descriptor), fchmod(descriptor, mode) == 0, fsync(descriptor) == 0,
            rename(name, target) == 0
        else {
            let code = errno
            unlink(name)
            throw ToolError.system(code, path, doing: "written")
        }
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
