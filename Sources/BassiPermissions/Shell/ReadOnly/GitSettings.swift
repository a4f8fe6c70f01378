import Foundation

/// Looks whether the settings of a repository name programs: in a folder from somebody else `git status` runs them.
enum GitSettings {
    private static let bytesMax = 64 * 1_024

    /// Whether git, run in the folder, could run a program that the repository's settings name.
    static func mayRunPrograms(in folder: String) -> Bool {
        var place = PathResolver.real(folder)
        while true {
            let git = place.text + (place.components.isEmpty ? "" : "/") + ".git"
            switch kind(of: git) {
            case .folder: return names(inFile: git + "/config") || names(inFile: git + "/config.worktree")
            case .other: return true
            case .absent:
                guard place.components.popLast() != nil else { return false }
            }
        }
    }

    private enum Kind { case absent, folder, other }

    private static func kind(of path: String) -> Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return errno == ENOENT || errno == ENOTDIR ? .absent : .other }
        return status.st_mode & S_IFMT == S_IFDIR ? .folder : .other
    }

    /// Words of settings that name a program, or another file of settings.
    private static let words = [
        "fsmonitor", "textconv", "external", "command", "include", "pager", "hookspath", "sshcommand", "askpass",
        "program", "filter", "process", "clean", "smudge", "alias", "helper", "editor", "driver", "worktree", "proxy",
    ]

    private static func names(inFile path: String) -> Bool {
        guard let file = FileHandle(forReadingAtPath: path) else { return access(path, F_OK) == 0 }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: bytesMax + 1) else { return false }
        guard data.count <= bytesMax else { return true }
        let text = String(decoding: data, as: UTF8.self).lowercased()
        return words.contains { text.contains($0) }
    }
}
