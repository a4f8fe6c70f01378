import BassiProcess
import BassiStore
import Foundation

/// All in a folder that can start a program, allow something or change where a request goes, as it was read: the one
/// list of what trust is about.
///
/// No link is followed. What lies behind one is not in the hash, so it never counts as the folder's, trusted or not.
public struct FolderContents: Sendable, Equatable {
    /// How much there may be. A folder with more cannot be trusted.
    struct Bounds: Sendable, Equatable {
        var files = 10_000
        var bytes = 64 << 20
        var fileBytes = 16 << 20
        var depth = 24
    }

    /// Files of settings, which are kept as they were hashed: what counts is what was seen.
    static let settingsFiles = [
        ".bassi/settings.yaml", ".bassi/settings.local.yaml", ".claude/settings.json", ".claude/settings.local.json",
        ".mcp.json",
    ]

    /// Folders in which every file counts. A hook's script lies by custom in `hooks`.
    static let wholeFolders =
        [".bassi/plugins"]
        + [".bassi", ".claude"].flatMap { top in ["agents", "commands", "skills", "hooks"].map { "\(top)/\($0)" } }

    /// Folders whose files describe agents, the nearest first.
    static let agentFolders = [".bassi/agents", ".claude/agents"]

    /// The real path of the folder: a link to it is the same folder, a copy is another.
    public let folder: String
    /// What there is, by its path in the folder: its kind and the SHA-256 of its content, or the target of a link.
    public private(set) var entries: [String: String] = [:]
    /// Why the folder cannot be trusted, as one sentence; nil when it can.
    public private(set) var problem: String?
    private(set) var settings: [String: [UInt8]] = [:]
    /// The same of files that describe agents; without those that are too long to be one.
    private(set) var agents: [String: [UInt8]] = [:]

    private var bytesLeft: Int
    private let bounds: Bounds

    /// Reads what there is now.
    public init(folder: String) { self.init(folder: folder, bounds: Bounds()) }

    init(folder: String, bounds: Bounds) {
        self.folder = Self.realPath(folder)
        self.bounds = bounds
        bytesLeft = bounds.bytes
        var seen: Set<String> = []
        for path in Self.settingsFiles + Self.wholeFolders {
            let parts = path.split(separator: "/").map(String.init)
            // The folder above may itself be a link.
            if parts.count > 1 {
                if seen.insert(parts[0]).inserted, !isFolder(parts[0]) { add(parts[0], depth: 0) }
                guard isFolder(parts[0]) else { continue }
            }
            add(path, depth: 0)
        }
    }

    static func realPath(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// One SHA-256 over all of it: paths, kinds and contents.
    public var digest: String {
        let lines = entries.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map {
            // With their lengths, so that no name can look like the beginning of another line.
            "\($0.key.utf8.count) \($0.key) \($0.value.utf8.count) \($0.value)\n"
        }
        return BlobName(of: Array(lines.joined().utf8)).description
    }

    /// Whether there is nothing to trust.
    public var isEmpty: Bool { entries.isEmpty && problem == nil }

    /// The files of settings, and the folders with anything in them: short enough for one line.
    public var names: [String] {
        var names: [String] = []
        for path in entries.keys.sorted() {
            let whole = Self.wholeFolders.first { path.hasPrefix($0 + "/") }.map { $0 + "/" } ?? path
            if names.last != whole { names.append(whole) }
        }
        return names
    }

    /// The files, and links, in one of ``agentFolders`` that have the name of an agent's file.
    func agentPaths(in folder: String) -> [String] {
        entries.keys.filter { path in
            path.hasPrefix(folder + "/") && Self.isAgentName(String(path.dropFirst(folder.count + 1)))
        }.sorted()
    }

    /// Whether a file of this name describes an agent; not what a system hides beside one.
    static func isAgentName(_ name: String) -> Bool {
        name.hasSuffix(".md") && !name.hasPrefix(".") && !name.contains("/")
    }

    // MARK: - Reading

    private func status(_ path: String) -> stat? {
        var status = stat()
        return lstat("\(folder)/\(path)", &status) == 0 ? status : nil
    }

    private func isFolder(_ path: String) -> Bool { status(path).map { $0.st_mode & S_IFMT == S_IFDIR } ?? false }

    private mutating func fail(_ path: String, _ reason: String) {
        if problem == nil { problem = "this folder cannot be trusted: '\(VisibleText.line(path))' \(reason)" }
    }

    private mutating func add(_ path: String, depth: Int) {
        guard problem == nil, let status = status(path) else { return }
        let isSettings = Self.settingsFiles.contains(path)
        switch status.st_mode & S_IFMT {
        case S_IFDIR where isSettings: fail(path, "is a folder")
        case S_IFDIR: addFolder(path, depth: depth)
        case S_IFREG: addFile(path, isProgram: status.st_mode & 0o111 != 0, keeps: isSettings)
        case S_IFLNK: addLink(path)
        // The sandbox puts sockets without rights where nothing may be made; nobody can read one.
        case S_IFSOCK: break
        default: fail(path, "is neither a file nor a folder nor a link")
        }
    }

    private mutating func addFolder(_ path: String, depth: Int) {
        guard depth < bounds.depth else { return fail(path, "lies deeper than \(bounds.depth) folders") }
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: "\(folder)/\(path)") else {
            return fail(path, "cannot be read")
        }
        for name in names.sorted() where problem == nil {
            let inner = "\(path)/\(name)"
            // A name that is no text cannot be found again under what was made of it.
            guard status(inner) != nil else { return fail(inner, "cannot be read") }
            add(inner, depth: depth + 1)
        }
    }

    private mutating func addFile(_ path: String, isProgram: Bool, keeps: Bool) {
        let max = Swift.min(keeps ? SettingsFile.bytesMax : bounds.fileBytes, bytesLeft)
        guard let (bytes, isWhole) = BoundedFile.read("\(folder)/\(path)", bytesMax: max, followsLink: false) else {
            return fail(path, "cannot be read")
        }
        guard isWhole else { return fail(path, "is larger than what can be looked through") }
        bytesLeft -= bytes.count
        set(path, "\(isProgram ? "program" : "file") \(BlobName(of: bytes))")
        if keeps { settings[path] = bytes }
        if bytes.count <= AgentFile.bytesMax, isAgent(path) { agents[path] = bytes }
    }

    private func isAgent(_ path: String) -> Bool {
        let parts = path.split(separator: "/")
        return Self.agentFolders.contains(parts.dropLast().joined(separator: "/"))
            && parts.last.map { Self.isAgentName(String($0)) } == true
    }

    private mutating func addLink(_ path: String) {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(path)") else {
            return fail(path, "cannot be read")
        }
        set(path, "link \(target)")
    }

    private mutating func set(_ path: String, _ entry: String) {
        guard entries.count < bounds.files else { return fail(path, "is one of more than \(bounds.files) files") }
        entries[path] = entry
    }
}
