/// What is protected in git folders, wherever they are.
extension SandboxLayout {
    /// Bound on itself, so that it cannot be moved away from under what is read-only in it.
    mutating func protectGit(_ git: String) {
        addWritable(git)
        guard plan.mounts[git] == .writable else { return }
        for name in ProtectedNames.ofGit {
            // A placeholder in this place would stop git, here and outside.
            protect("\(git)/\(name)", missing: name == "commondir" ? .swept : .heldFile)
        }
        let isLinked = FileLook("\(git)/commondir") != .missing
        protect(isLinked ? "\(git)/gitdir" : "\(git)/worktrees")
        // What is not taken for one by its name is by these: they stay, so that the next command finds it protected.
        guard !git.hasSuffix("/.git") else { return }
        for name in ["objects", "refs"] where FileLook("\(git)/\(name)") == .folder { addWritable("\(git)/\(name)") }
    }

    /// A place that is a git folder is protected as one at the top of the session's folder is. In one, what starts
    /// programs cannot be written, though it is named itself.
    mutating func protectGit(around path: String) {
        guard let git = GitFolders.around(path) else { return }
        guard path != git else { return protectGit(git) }
        let name = path.dropFirst(git.count + 1).prefix { $0 != "/" }
        if (ProtectedNames.ofGit + ["gitdir", "worktrees"]).contains(String(name)) { plan.add(.readOnly, at: path) }
    }

    /// Where the session is in a repository that a set path makes writable, as a part of something larger.
    mutating func protectRepositories(above folder: String) {
        for place in FileLook.ancestors(of: folder) where FileLook("\(place)/.git") != .missing {
            if plan.mount(over: place) == .writable { protect(in: place) }
        }
    }
}
