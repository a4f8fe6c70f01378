import BassiPermissions
import Foundation

/// A file or folder that was decided about: where it is, without a link, and how it is shown.
package struct FilePlace: Sendable, Equatable {
    let components: [FolderHandle.Name]
    /// For people and models: relative to the session's folder where it lies in it.
    package let shown: String
    /// Absolute, for the log where ``shown`` leads through a link; else nil.
    package let behindLink: String?

    /// A place by its absolute path.
    ///
    /// - Throws: ``ToolError`` for what is no plain absolute path: then nobody has resolved it.
    package init(_ path: String, shown: String, behindLink: String? = nil) throws(ToolError) {
        components = path.utf8.split(separator: UInt8(ascii: "/")).map { Array($0) }
        let isPlain = components.allSatisfy { $0 != [0x2E] && $0 != [0x2E, 0x2E] && !$0.contains(0) }
        guard isPlain, path.utf8.first == UInt8(ascii: "/") else {
            throw ToolError("unknown_place", "'\(shown)' is no place that could be opened")
        }
        self.shown = shown
        self.behindLink = behindLink
    }

    /// Absolute.
    var path: String { "/" + components.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "/") }

    /// The file, with the folder that it is in open; nil where that folder is not there.
    func entry() throws(ToolError) -> FileEntry? {
        let name = try lastName()
        do throws(FileFailure) {
            let folder = try FolderHandle.chain(to: components.dropLast()).last
            return folder.map { FileEntry(folder: $0, name: name, shown: shown) }
        } catch {
            if error.code == ENOENT { return nil }
            throw error.told(of: shown, doing: "opened")
        }
    }

    /// The same, with the folders that are not there made.
    func entryInMadeFolders() throws(ToolError) -> FileEntry {
        let name = try lastName()
        do throws(FileFailure) {
            var folder = try FolderHandle.root()
            for component in components.dropLast() { folder = try folder.folderMade(component) }
            return FileEntry(folder: folder, name: name, shown: shown)
        } catch {
            throw error.told(of: shown, doing: "written")
        }
    }

    private func lastName() throws(ToolError) -> FolderHandle.Name {
        guard let name = components.last else { throw ToolError.system(EISDIR, shown, doing: "opened") }
        return name
    }

    /// Where something is that is looked through.
    enum Found {
        /// A folder, after all that it is in, the root first.
        case folder([FolderHandle])
        /// A file, and all that it is in.
        case file(FileEntry, in: [FolderHandle])
    }

    /// A folder or a file, for those who look through either.
    func found() throws(ToolError) -> Found {
        do throws(FileFailure) {
            guard let name = components.last else { return .folder([try FolderHandle.root()]) }
            let above = try FolderHandle.chain(to: components.dropLast())
            guard let parent = above.last, let status = try parent.status(of: name) else {
                throw FileFailure(code: ENOENT)
            }
            guard status.st_mode & S_IFMT == S_IFDIR else {
                return .file(FileEntry(folder: parent, name: name, shown: shown), in: above)
            }
            return .folder(above + [try parent.folder(name)])
        } catch {
            throw error.told(of: shown, doing: "read")
        }
    }
}

extension ToolContext {
    /// Where a path of the call leads: what was decided about; what it is now for a call that nobody decides about.
    ///
    /// - Throws: ``ToolError`` for a path that leads nobody knows where, or that the call did not name before.
    func place(_ path: String) throws(ToolError) -> FilePlace {
        guard !path.utf8.contains(0) else {
            throw ToolError(
                "invalid_input", "the path \(ToolError.short(path.debugDescription)) has a zero byte in it: remove it")
        }
        let resolver = PathResolver(folder: folder, home: home)
        guard let resolved = resolved(path, resolver) else {
            throw ToolError("undecided", "'\(ToolError.short(path))' is not what was decided about")
        }
        guard let place = resolved.place, let written = resolved.written else {
            throw ToolError(
                "unknown_place",
                "where '\(ToolError.short(path))' leads cannot be known: it is too long, its links go in a circle, or a "
                    + "folder on its way cannot be searched")
        }
        let shown = shown(written)
        let real = resolver.resolve(folder) ?? folder
        let isPlain = place == (shown.hasPrefix("/") ? shown : shown == "." ? real : "\(real)/\(shown)")
        return try FilePlace(place, shown: shown, behindLink: isPlain ? nil : place)
    }

    private func resolved(_ path: String, _ resolver: PathResolver) -> ResolvedPath? {
        guard !decided.isEmpty else { return ResolvedPath(path, in: resolver) }
        return decided.first { $0.path.utf8.elementsEqual(path.utf8) }
    }

    /// A path as it is shown: relative where it lies in the session's folder.
    private func shown(_ path: String) -> String {
        if path == folder { return "." }
        return path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
    }
}

extension ToolError {
    /// What the system said about a path.
    static func system(_ code: Int32, _ path: String, doing verb: String) -> ToolError {
        switch code {
        case ENOENT: ToolError("not_found", "there is no file '\(path)'")
        case EACCES, EPERM: ToolError("not_permitted", "'\(path)' may not be \(verb): permission denied")
        case EISDIR: ToolError("is_folder", "'\(path)' is a folder")
        case ENOTDIR: ToolError("not_folder", "a part of '\(path)' is not a folder")
        case ENOSPC: ToolError("disk_full", "'\(path)' cannot be \(verb): no space left on the disk")
        default: ToolError("failed", "'\(path)' cannot be \(verb): \(String(cString: strerror(code)))")
        }
    }

    /// Not all of a path of a megabyte.
    fileprivate static func short(_ path: String) -> String {
        path.count <= 200 ? path : path.prefix(200) + "…"
    }
}
