import Foundation

/// An open folder. What is done relative to it is done in this very folder, whatever its path leads to by then.
///
/// Nothing here follows a link: a place was resolved before it was decided about, so a link in it is a new one.
final class FolderHandle: Sendable {
    /// A name as the file system has it: bytes, not always UTF-8.
    typealias Name = [UInt8]

    // To search a folder is enough where that can be said: `/home` may be searched and not read.
    #if os(Linux)
        /// `O_PATH`, which Swift does not import; the same number on every processor that Swift knows.
        private static let searchOnly: Int32 = 0o1000_0000
        /// `O_TMPFILE`, likewise.
        private static let withoutName: Int32 = 0o2000_0000 | O_DIRECTORY
        private static let flags = searchOnly | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    #else
        private static let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
    #endif

    let descriptor: Int32

    private init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The folder that everything is in.
    static func root() throws(FileFailure) -> FolderHandle {
        let descriptor = openat(AT_FDCWD, "/", flags)
        guard descriptor >= 0 else { throw .last }
        return FolderHandle(owning: descriptor)
    }

    /// The folders on the way to a place, the root first and the place itself last.
    static func chain(to place: some Sequence<Name>) throws(FileFailure) -> [FolderHandle] {
        var folder = try root()
        var chain = [folder]
        for name in place {
            folder = try folder.folder(name)
            chain.append(folder)
        }
        return chain
    }

    /// A folder in this one.
    func folder(_ name: Name) throws(FileFailure) -> FolderHandle {
        do {
            return FolderHandle(owning: try Self.call(name) { openat(descriptor, $0, Self.flags) })
        } catch {
            throw explained(error, at: name)
        }
    }

    /// The same, made if there is none.
    func folderMade(_ name: Name) throws(FileFailure) -> FolderHandle {
        do { return try folder(name) } catch  where error.code == ENOENT {
            do { _ = try Self.call(name) { mkdirat(descriptor, $0, 0o777) } } catch  where error.code != EEXIST {
                throw error
            }
            return try folder(name)
        }
    }

    /// What a name stands for; nil where there is nothing.
    ///
    /// - Throws: ``FileFailure`` `isLink` for a link.
    func status(of name: Name) throws(FileFailure) -> stat? {
        var status = stat()
        do {
            _ = try Self.call(name) { fstatat(descriptor, $0, &status, AT_SYMLINK_NOFOLLOW) }
        } catch  where error.code == ENOENT {
            return nil
        }
        guard status.st_mode & S_IFMT != S_IFLNK else { throw FileFailure(code: ELOOP, isLink: true) }
        return status
    }

    /// A file in this one, opened: nothing blocks, and no terminal becomes ours.
    func open(_ name: Name, _ flags: Int32, _ mode: mode_t = 0) throws(FileFailure) -> Int32 {
        let all = flags | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
        do { return try Self.call(name) { openat(descriptor, $0, all, mode) } } catch {
            throw explained(error, at: name)
        }
    }

    /// Makes a file of a name that is not taken and fills it. Where the system can, it has no name until it is whole:
    /// whoever ends the program meanwhile leaves nothing behind.
    func make(_ name: Name, filling fill: (Int32) throws(FileFailure) -> Void) throws(FileFailure) {
        #if os(Linux)
            let nameless = openat(descriptor, ".", O_WRONLY | Self.withoutName | O_CLOEXEC, 0o600)
            // Not every file system has such files.
            if nameless >= 0 {
                defer { close(nameless) }
                try fill(nameless)
                // Not where there is no /proc.
                let source = "/proc/self/fd/\(nameless)"
                if (try? Self.call(name) { linkat(AT_FDCWD, source, descriptor, $0, AT_SYMLINK_FOLLOW) }) != nil {
                    return
                }
            }
        #endif
        let named = try open(name, O_WRONLY | O_CREAT | O_EXCL, 0o600)
        defer { close(named) }
        try fill(named)
    }

    func rename(_ old: Name, to new: Name) throws(FileFailure) {
        let new = new.map { CChar(bitPattern: $0) } + [0]
        _ = try Self.call(old) { renameat(descriptor, $0, descriptor, new) }
    }

    func remove(_ name: Name) throws(FileFailure) {
        _ = try Self.call(name) { unlinkat(descriptor, $0, 0) }
    }

    /// The names in it, in the order of their bytes, and whether there are more than `most`.
    func names(atMost most: Int) throws(FileFailure) -> (names: [Name], hasMore: Bool) {
        let reading = openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard reading >= 0 else { throw .last }
        guard let stream = fdopendir(reading) else {
            let failure = FileFailure.last
            close(reading)
            throw failure
        }
        defer { closedir(stream) }
        var names: [Name] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { Self.bytes(UnsafeRawPointer($0)) }
            if name == [0x2E] || name == [0x2E, 0x2E] { continue }
            guard names.count < most else { return (names.sorted { $0.lexicographicallyPrecedes($1) }, true) }
            names.append(name)
        }
        return (names.sorted { $0.lexicographicallyPrecedes($1) }, false)
    }

    private static func bytes(_ start: UnsafeRawPointer) -> Name {
        let text = start.assumingMemoryBound(to: CChar.self)
        return Array(UnsafeRawBufferPointer(start: start, count: strlen(text)))
    }

    /// A link where a folder or file was asked for is told from what else the system says with the same word.
    private func explained(_ failure: FileFailure, at name: Name) -> FileFailure {
        guard failure.code == ELOOP || failure.code == ENOTDIR else { return failure }
        do { _ = try status(of: name) } catch { return error.isLink ? error : failure }
        return failure
    }

    /// Makes a call with a name, and keeps what it says before anything else can say something.
    private static func call(
        _ name: Name, _ body: (UnsafePointer<CChar>) -> Int32
    ) throws(FileFailure) -> Int32 {
        let (result, code) = (name.map { CChar(bitPattern: $0) } + [0]).withUnsafeBufferPointer { buffer in
            guard let start = buffer.baseAddress else { preconditionFailure("an array of at least one has a start") }
            let result = body(start)
            return (result, errno)
        }
        guard result >= 0 else { throw FileFailure(code: code) }
        return result
    }
}

/// What the system said about a name.
struct FileFailure: Error {
    let code: Int32
    /// The name is a link, where none was when it was decided about.
    var isLink = false

    static var last: FileFailure { FileFailure(code: errno) }

    func told(of shown: String, doing verb: String) -> ToolError {
        guard !isLink else {
            return ToolError(
                "became_a_link",
                "'\(shown)', or a folder that it is in, became a link after it was decided about: "
                    + "nothing was \(verb)")
        }
        return .system(code, shown, doing: verb)
    }
}
