import Foundation

/// Finds out what differs in the sandbox, from what is in the folder and in the home at this moment.
struct SandboxLayout {
    var plan = MountPlan()
    private let sandbox: Sandbox
    private let homes: [String]
    private let sockets: [String]

    init(_ sandbox: Sandbox) {
        self.sandbox = sandbox
        homes = Self.homes(sandbox.home)
        let runtime = sandbox.runtimeFolder.map { [$0] } ?? []
        sockets = (SecretPlaces.ofSockets + runtime).compactMap(FileLook.realPath)
        addSockets()
        let writable = ([sandbox.folder] + sandbox.writablePaths).compactMap(FileLook.realPath)
        for path in writable where !isTooBroad(path) { addWritable(path) }
        for path in writable { protectGit(around: path) }
        for path in writable where plan.mounts[path] == .writable { protect(in: path) }
        protectRepositories(above: writable.first ?? sandbox.folder)
        protectHomes()
        hideSecrets()
    }

    /// Whether the path can be written to in the sandbox; for sentences about what cannot.
    func isWritable(_ path: String) -> Bool {
        switch plan.mount(over: path) {
        case .writable, .empty, .folder: true
        case .readOnly, .heldFile, .heldFolder, .hiddenFile, .hiddenFolder, nil: false
        }
    }

    /// Asked once: the answer of the C library lies in memory that all threads share.
    private static let listedHome = getpwuid(getuid())?.pointee.pw_dir.map { String(cString: $0) }

    /// The home by the environment and the one of the system's list of users: a set `HOME` must not uncover keys.
    private static func homes(_ home: String) -> [String] {
        var homes: [String] = []
        for home in [home, listedHome].compactMap({ $0.flatMap(FileLook.realPath) })
        where home != "/" && !homes.contains(home) {
            homes.append(home)
        }
        return homes
    }

    /// A folder that is or holds the person's home, the temporary folder or the whole machine cannot be written as one.
    func isTooBroad(_ path: String) -> Bool {
        if path == "/" || ["/proc", "/sys", "/dev"].contains(path) { return true }
        if path.hasPrefix("/proc/") || path.hasPrefix("/sys/") { return true }
        return (homes + sockets).contains { $0 == path || $0.hasPrefix(path + "/") }
    }

    // MARK: - What can be written

    private mutating func addSockets() {
        for path in sockets { plan.add(.empty, at: path) }
        if let temporary = sandbox.temporaryFolder, let tmp = FileLook.realPath("/tmp") {
            plan.add(.folder(temporary), at: tmp)
        }
        // Names are looked up by a file that is often a link into a folder that is empty here.
        if sandbox.isNetworkAllowed, let names = FileLook.realPath("/etc/resolv.conf"),
            sockets.contains(where: { names.hasPrefix($0 + "/") })
        {
            plan.add(.readOnly, at: names)
        }
    }

    mutating func addWritable(_ path: String) {
        // What the person cannot write needs no holding, and its owner could change the mode.
        plan.add(FileLook.isWritable(path) ? .writable : .readOnly, at: path)
    }

    // MARK: - What is protected in it

    mutating func protect(in folder: String) {
        guard FileLook(folder) == .folder else { return }
        for name in ProtectedNames.inFolder { protect("\(folder)/\(name)") }
        let git = "\(folder)/.git"
        switch FileLook(git) {
        case .folder: protectGit(git)
        case .missing, .heldFolder: protect(git, missing: .heldFolder)
        case .file, .heldFile:
            protect(git)
            for place in GitFolders.named(by: git) where !isTooBroad(place) { protectGit(place) }
        case .link:
            protect(git)
            if let real = FileLook.realPath(git), isWritable(real), FileLook(real) == .folder { protectGit(real) }
        }
    }

    mutating func protect(_ path: String, missing kind: PathGuard.Kind = .heldFile) {
        switch FileLook(path) {
        case .file, .folder: plan.add(.readOnly, at: path)
        // A folder without rights that is not the one that stands here: the person's own.
        case .heldFolder where kind != .heldFolder, .heldFile where kind == .heldFolder:
            plan.add(.readOnly, at: path)
        case .missing, .heldFile, .heldFolder:
            plan.add(PathGuard(path: path, kind: kind))
            if kind == .heldFile { plan.add(.heldFile, at: path) }
            if kind == .heldFolder { plan.add(.heldFolder, at: path) }
        case .link(let target):
            plan.add(PathGuard(path: path, kind: .link(target: target)))
            if let real = FileLook.realPath(path), isWritable(real) { plan.add(.readOnly, at: real) }
        }
    }

    /// Only where a set path reaches into the home: else nothing of it can be written, or what is written there goes
    /// with the sandbox.
    private mutating func protectHomes() {
        for home in homes {
            for name in ProtectedNames.inHome {
                let path = "\(home)/\(name)"
                let parent = (path as NSString).deletingLastPathComponent
                guard plan.mount(over: parent) == .writable, FileLook(parent) == .folder else { continue }
                protect(path)
            }
        }
    }

    // MARK: - What cannot be read

    private mutating func hideSecrets() {
        let inHomes = homes.flatMap { home in SecretPlaces.inHome.map { "\(home)/\($0)" } }
        let ofSystem = getuid() == 0 ? SecretPlaces.ofSystem : []
        for path in inHomes + ofSystem + sandbox.hiddenPaths {
            // Most are not there: one look says so, where a real path takes one for each folder on the way.
            guard FileLook(path) != .missing, let real = FileLook.realPath(path), real != "/" else { continue }
            plan.add(FileLook(real).isFolder ? .hiddenFolder : .hiddenFile, at: real)
        }
    }
}
