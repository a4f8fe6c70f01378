import Foundation

/// Which folders are git's, and where the `.git` file of a worktree or of a submodule leads.
enum GitFolders {
    /// The nearest git folder that a path is in, itself included.
    static func around(_ path: String) -> String? {
        ([path] + FileLook.ancestors(of: path)).first(where: isGit)
    }

    /// The folder of the repository whose git folder a path is in: what a person makes writable as a whole.
    static func repository(around path: String) -> String? {
        guard let git = ([path] + FileLook.ancestors(of: path)).last(where: isGit) else { return nil }
        return git.hasSuffix("/.git") ? String(git.dropLast(5)) : git
    }

    /// Whether git could take a folder for one of its own: by the name, or by what is in it.
    static func isGit(_ folder: String) -> Bool {
        guard FileLook(folder) == .folder else { return false }
        func has(_ names: String...) -> Bool { names.allSatisfy { FileLook("\(folder)/\($0)") != .missing } }
        return folder.hasSuffix("/.git") || has("HEAD", "commondir")
            || has("objects", "refs") && (has("HEAD") || has("config") || has("hooks"))
    }

    /// The git folders outside that this folder's git has to write to; none when they do not name this folder too.
    ///
    /// Whoever wrote the folder wrote its `.git` file, and could name anything in it. The place that it names must
    /// therefore name the folder in return: what is written there was not written from here.
    static func named(by file: String) -> [String] {
        let folder = (file as NSString).deletingLastPathComponent
        guard let line = FileLook.firstLine(file), line.hasPrefix("gitdir: ") else { return [] }
        guard let git = FileLook.realPath(absolute(String(line.dropFirst(8)), in: folder)) else { return [] }
        guard FileLook("\(git)/HEAD") == .file else { return [] }
        if let back = FileLook.firstLine("\(git)/gitdir") {
            guard FileLook.realPath(absolute(back, in: git)) == FileLook.realPath(file) else { return [] }
            guard let common = FileLook.firstLine("\(git)/commondir") else { return [] }
            guard let shared = FileLook.realPath(absolute(common, in: git)), git.hasPrefix(shared + "/worktrees/")
            else { return [] }
            return [shared, git]
        }
        guard let tree = workTree(of: git) else { return [] }
        return FileLook.realPath(absolute(tree, in: git)) == FileLook.realPath(folder) ? [git] : []
    }

    /// What the configuration of a submodule's git folder says of its files.
    private static func workTree(of git: String) -> String? {
        for line in FileLook.lines("\(git)/config") ?? [] {
            let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
            if parts.count == 2, parts[0].lowercased() == "worktree" { return parts[1] }
        }
        return nil
    }

    private static func absolute(_ path: String, in folder: String) -> String {
        path.hasPrefix("/") ? path : "\(folder)/\(path)"
    }
}
