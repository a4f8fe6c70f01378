import Foundation

/// What is at a path, without following a link at its end.
enum FileLook: Equatable {
    case missing
    case file
    case folder
    case link(target: String)
    /// Made by a supervisor, since nothing was there.
    case heldFile
    case heldFolder

    init(_ path: String) {
        var status = stat()
        guard lstat(path, &status) == 0 else {
            self = .missing
            return
        }
        let hasNoRights = status.st_mode & 0o7777 == 0
        switch status.st_mode & S_IFMT {
        case S_IFLNK: self = .link(target: Self.target(path))
        case S_IFDIR: self = hasNoRights ? .heldFolder : .folder
        case S_IFSOCK: self = hasNoRights ? .heldFile : .file
        default: self = .file
        }
    }

    private static func target(_ path: String) -> String {
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink(path, &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether it is a folder, whatever its mode.
    var isFolder: Bool { self == .folder || self == .heldFolder }

    /// The path with all links followed; nil when there is nothing.
    static func realPath(_ path: String) -> String? {
        guard let found = realpath(path, nil) else { return nil }
        defer { free(found) }
        return String(cString: found)
    }

    /// The folders that an absolute path is in, the nearest first, without the root.
    static func ancestors(of path: String) -> [String] {
        let ends = path.indices.filter { path[$0] == "/" && $0 != path.startIndex }
        return ends.reversed().map { String(path[..<$0]) }
    }

    /// The path with the links of the folders that are there followed, whatever is at its end.
    static func place(of path: String) -> String {
        for folder in [path] + ancestors(of: path) {
            if let real = realPath(folder) { return real + path.dropFirst(folder.count) }
        }
        return path
    }

    /// Whether this process may write to what is there, or make it where nothing is.
    static func canBeWritten(_ path: String) -> Bool {
        ([path] + ancestors(of: path)).first { FileLook($0) != .missing }.map(isWritable) ?? isWritable("/")
    }

    /// Whether the kernel would let this process write there.
    static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

    /// The first line of a small file, such as those that git keeps; nil when it cannot be read.
    static func firstLine(_ path: String) -> String? {
        lines(path)?.first
    }

    /// The lines of a file of at most 64 KiB.
    static func lines(_ path: String) -> [String]? {
        guard FileLook(path) == .file, let file = FileHandle(forReadingAtPath: path) else { return nil }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: 65_536) else { return nil }
        return String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
}
