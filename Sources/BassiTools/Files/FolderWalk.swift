import Foundation

/// Walks a folder in sorted order, without what `.gitignore` files leave out, without `.git`, and into no link.
struct FolderWalk {
    /// One entry, named relative to the walk's start; a folder's name ends with a slash.
    struct Entry: Equatable {
        enum Kind { case folder, file, other }

        let path: String
        let kind: Kind
        var isFolder: Bool { kind == .folder }
    }

    /// How deep to go; 1 is the folder itself.
    let depthMax: Int
    /// Entries that are looked at before the walk gives up.
    static let visitsMax = 200_000

    private let cancellation: FileWork.Cancellation
    private var visits = 0
    private(set) var gaveUp = false

    init(depthMax: Int, _ cancellation: FileWork.Cancellation) {
        self.depthMax = depthMax
        self.cancellation = cancellation
    }

    /// Calls `visit` for each entry until it says stop.
    ///
    /// - Throws: ``ToolError``, or `CancellationError` when the call was cancelled.
    mutating func run(_ root: String, visit: (Entry) -> Bool) throws {
        _ = try walk(root, "", 1, Self.rulesAbove(root), visit)
        if cancellation.isCancelled { throw CancellationError() }
    }

    /// A rule of a folder above speaks of what is below it, up to the top of the repository.
    private static func rulesAbove(_ root: String) -> [(folder: String, rules: IgnoreRules)] {
        var found: [(String, IgnoreRules)] = []
        var folder = root
        while folder != "/", !FileManager.default.fileExists(atPath: folder + "/.git") {
            folder = (folder as NSString).deletingLastPathComponent
            if folder.isEmpty { break }
            found.insert((folder, IgnoreRules(folder: folder)), at: 0)
        }
        let isInRepository = folder != "/" && !folder.isEmpty
        return isInRepository ? found : []
    }

    private mutating func walk(
        _ folder: String, _ prefix: String, _ depth: Int, _ above: [(folder: String, rules: IgnoreRules)],
        _ visit: (Entry) -> Bool
    ) throws(ToolError) -> Bool {
        let names: [String]
        do { names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } catch {
            // A folder below that cannot be read hides what is in it, and nothing else.
            guard prefix.isEmpty else { return true }
            throw FileManager.default.fileExists(atPath: folder)
                ? ToolError("not_folder", "'\(folder)' is not a folder that can be read")
                : ToolError("not_found", "there is no folder '\(folder)'")
        }
        let scopes = above + [(folder, IgnoreRules(folder: folder))]
        for name in names where name != ".git" {
            visits += 1
            guard !cancellation.isCancelled else { return false }
            guard visits <= Self.visitsMax else {
                gaveUp = true
                return false
            }
            let path = folder + "/" + name
            let kind = Self.kind(of: path)
            if Self.isIgnored(path, kind == .folder, scopes) { continue }
            guard visit(Entry(path: prefix + name + (kind == .folder ? "/" : ""), kind: kind)) else { return false }
            if kind == .folder, depth < depthMax, try !walk(path, prefix + name + "/", depth + 1, scopes, visit) {
                return false
            }
        }
        return true
    }

    private static func kind(of path: String) -> Entry.Kind {
        var status = stat()
        guard lstat(path, &status) == 0 else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }

    /// The nearest file that speaks of a path decides.
    private static func isIgnored(
        _ path: String, _ isFolder: Bool, _ scopes: [(folder: String, rules: IgnoreRules)]
    ) -> Bool {
        for (folder, rules) in scopes.reversed() {
            let relative = String(path.dropFirst(folder == "/" ? 1 : folder.count + 1))
            if let isIgnored = rules.ignores(relative, isFolder: isFolder) { return isIgnored }
        }
        return false
    }
}
