/// What is mounted where in a sandbox: the whole machine read-only, and over it what differs.
struct MountPlan {
    /// What a path is. Of two for one path the later of these counts.
    enum Mount: Equatable {
        /// Empty, writable, in memory.
        case empty
        /// A private folder in place of what is there.
        case folder(String)
        case writable
        case readOnly
        /// Nothing was there, and no file can be made.
        case heldFile
        /// Nothing was there, and an empty folder is all that can be seen.
        case heldFolder
        /// Cannot be opened.
        case hiddenFile
        /// Cannot be listed, and holds nothing.
        case hiddenFolder

        fileprivate var rank: Int {
            switch self {
            case .empty: 0
            case .folder: 1
            case .writable: 2
            case .readOnly: 3
            case .heldFile, .heldFolder: 4
            case .hiddenFile, .hiddenFolder: 5
            }
        }
    }

    private(set) var mounts: [String: Mount] = [:]
    private(set) var guards: [PathGuard] = []

    /// Adds a mount, unless a stricter one is there.
    mutating func add(_ mount: Mount, at path: String) {
        if let present = mounts[path], present.rank > mount.rank { return }
        mounts[path] = mount
    }

    /// Adds what the supervisor keeps.
    mutating func add(_ one: PathGuard) {
        if !guards.contains(one) { guards.append(one) }
    }

    /// The deepest mount that a path is in, itself included.
    func mount(over path: String) -> Mount? {
        var place = path
        while true {
            if let mount = mounts[place] { return mount }
            guard let slash = place.lastIndex(of: "/"), slash > place.startIndex else { return nil }
            place = String(place[..<slash])
        }
    }

    /// For bubblewrap: what is further up comes first, so that nothing is covered by what it is in.
    var arguments: [String] {
        let sorted = mounts.map { (path: $0.key, parts: $0.key.split(separator: "/"), mount: $0.value) }
            .sorted { $0.parts.lexicographicallyPrecedes($1.parts) }
        return sorted.flatMap { Self.arguments($0.mount, $0.path) }
    }

    private static func arguments(_ mount: Mount, _ path: String) -> [String] {
        switch mount {
        case .empty: ["--perms", "1777", "--tmpfs", path]
        case .folder(let source): ["--bind", source, path]
        case .writable: ["--bind", path, path]
        // Of a placeholder too, a socket without rights: whoever opens it is refused, git does not list it, and what
        // copies or packs a folder does with it what it does with any socket.
        case .readOnly, .heldFile: ["--ro-bind", path, path]
        // A device without the right to open devices: whoever opens it is refused.
        case .hiddenFile: ["--ro-bind", "/dev/null", path]
        case .heldFolder: ["--perms", "0555", "--tmpfs", path, "--remount-ro", path]
        // It may be passed on the way to the session's folder, and not be listed.
        case .hiddenFolder: ["--perms", "0111", "--tmpfs", path]
        }
    }
}
