import BassiProcess
import Foundation

/// Looks whether git could run a program that the repository itself names, before a command of git counts as one that
/// only reads: in a folder from somebody else even `git status` runs them.
///
/// Each way that is looked for was tried with a real git (GitRepositoryTests): settings that name programs, the hook
/// that runs when git has refreshed its index, submodules with settings of their own, a folder that is a bare
/// repository, and a place of settings that is named elsewhere.
enum GitRepository {
    private static let settingsBytesMax = 64 * 1_024
    private static let indexBytesMax = 32 << 20

    /// Why git, run in the folder, may run a program; nil when it does not, or is in no repository.
    ///
    /// All the folders above are looked at: which of them git takes for a repository depends on what is in their
    /// `.git`, and a broken one is passed over.
    static func programs(in folder: String) -> String? {
        var place = PathResolver.real(folder)
        while true {
            let text = place.components.isEmpty ? "" : place.text
            if let reason = programs(at: text) { return reason }
            guard place.components.popLast() != nil else { return nil }
        }
    }

    // MARK: - One repository

    private static func programs(at folder: String) -> String? {
        switch kind(of: "\(folder)/.git") {
        case .folder: return programs(of: "\(folder)/.git", filesIn: folder)
        case .file: return programs(named: "\(folder)/.git", filesIn: folder)
        case .other: return "it is not known where this repository has its settings"
        case .absent: break
        }
        // Git takes a folder for a repository without a work tree by these names in it.
        let isBare =
            kind(of: "\(folder)/HEAD") != .absent
            && ["objects", "commondir"].contains { kind(of: "\(folder)/\($0)") != .absent }
        return isBare ? programs(of: folder, filesIn: folder) : nil
    }

    /// A worktree: its `.git` is a file that says where the rest is.
    private static func programs(named file: String, filesIn folder: String) -> String? {
        guard let (bytes, isWhole) = BoundedFile.read(file, bytesMax: 4_096), isWhole,
            let git = place(in: bytes, after: "gitdir: ", from: folder)
        else { return "it is not known where this repository has its settings" }
        return programs(of: git, filesIn: folder)
    }

    private static func programs(of git: String, filesIn folder: String) -> String? {
        var places = [git]
        if kind(of: "\(git)/commondir") != .absent {
            guard let (bytes, isWhole) = BoundedFile.read("\(git)/commondir", bytesMax: 4_096), isWhole,
                let common = place(in: bytes, after: "", from: git)
            else { return "it is not known where this repository has its settings" }
            places.append(common)
        }
        for file in places.flatMap({ ["\($0)/config", "\($0)/config.worktree"] }) {
            if let name = programName(inSettings: file) {
                return "the settings of this repository say '\(name)', with which git may run a program"
            }
        }
        // The only hook of commands that change nothing else.
        if places.contains(where: { kind(of: "\($0)/hooks/post-index-change") != .absent }) {
            return "this repository has a hook that runs when git has looked at its files"
        }
        return submodule(of: "\(git)/index", filesIn: folder)
    }

    private static func submodule(of index: String, filesIn folder: String) -> String? {
        if kind(of: index) == .absent { return nil }
        guard let (bytes, isWhole) = BoundedFile.read(index, bytesMax: indexBytesMax), isWhole,
            let index = GitIndex(bytes)
        else { return "it is not known whether this repository has submodules" }
        let present = index.submodules.first { path in
            kind(of: "\(folder)/\(String(decoding: path, as: UTF8.self))/.git") != .absent
        }
        return present.map { path in
            "git goes into the submodule '\(String(decoding: path, as: UTF8.self))' and obeys its settings"
        }
    }

    // MARK: - Settings

    /// Words in names of settings that name a program, another file of settings or another place, or let git fetch
    /// what is missing: that runs programs of the other side's naming.
    private static let words = [
        "fsmonitor", "textconv", "external", "command", "cmd", "include", "pager", "hook", "ssh", "askpass", "program",
        "filter", "process", "clean", "smudge", "alias", "helper", "credential", "editor", "driver", "worktree",
        "proxy",
        "promisor", "partialclone", "submodule", "protocol", "uploadpack", "receivepack", "vcs", "browser", "viewer",
        "tool",
        // Show signatures, and so run what checks them.
        "signature", "pretty",
        // With other hashes the index has another form.
        "objectformat",
    ]

    private static func programName(inSettings path: String) -> String? {
        if kind(of: path) == .absent { return nil }
        guard let (bytes, isWhole) = BoundedFile.read(path, bytesMax: settingsBytesMax), isWhole else {
            return (path as NSString).lastPathComponent
        }
        // Says only that there is a second file of settings, which is looked at too.
        let names = GitConfigNames(bytes).names.subtracting(["worktreeconfig"])
        return names.sorted().first { name in words.contains { name.contains($0) } }
    }

    // MARK: - Places

    private enum Kind { case absent, folder, file, other }

    private static func kind(of path: String) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT || errno == ENOTDIR ? .absent : .other }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }

    /// The path in a file of one line, relative to a folder.
    private static func place(in bytes: [UInt8], after prefix: String, from folder: String) -> String? {
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = line.first, first.hasPrefix(prefix), line.dropFirst().allSatisfy(\.isEmpty) else {
            return nil
        }
        let path = String(first.dropFirst(prefix.count))
        guard !path.isEmpty, !path.hasSuffix("\r") else { return nil }
        return path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
