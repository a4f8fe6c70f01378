import Foundation

/// Walks a folder in sorted order, without what `.gitignore` files leave out, without `.git`, and into no link.
struct FolderWalk {
    /// One entry, named relative to the walk's start; a folder's name ends with a slash. What is no UTF-8 is replaced.
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

    /// The same for a folder that is not open yet.
    mutating func run(_ place: FilePlace, visit: (Entry) -> Bool) throws {
        guard case .folder(let chain) = try place.found() else {
            throw ToolError("not_folder", "'\(place.shown)' is not a folder")
        }
        try run(chain, place, visit: visit)
    }

    /// Calls `visit` for each entry of a folder until it says stop. Every folder is opened in the one that it is in: a
    /// link that is put in the way leads nowhere.
    ///
    /// - Parameter chain: The folders on the way, the root first and the one to walk last.
    /// - Throws: ``ToolError``, or `CancellationError` when the call was cancelled.
    mutating func run(_ chain: [FolderHandle], _ place: FilePlace, visit: (Entry) -> Bool) throws {
        guard let folder = chain.last else { return }
        let scopes = Self.rulesAbove(chain)
        let names = try names(of: folder, place.shown)
        _ = walk(folder, names, place.components, "", 1, scopes, visit)
        if cancellation.isCancelled { throw CancellationError() }
    }

    /// The rules of one folder, with how many names are above what they speak of.
    private struct Scope {
        let depth: Int
        let rules: IgnoreRules
    }

    private static let git = Array(".git".utf8)

    /// A rule of a folder above speaks of what is below it, up to the top of the repository.
    private static func rulesAbove(_ chain: [FolderHandle]) -> [Scope] {
        // A link or a file of this name marks the top too.
        func hasGit(_ folder: FolderHandle) -> Bool {
            do { return try folder.status(of: git) != nil } catch { return error.isLink }
        }
        // The root of the file system is no repository.
        guard let top = chain.indices.dropFirst().last(where: { hasGit(chain[$0]) }) else { return [] }
        return (top..<chain.count - 1).map { Scope(depth: $0, rules: IgnoreRules(in: chain[$0])) }
    }

    private typealias Names = (names: [FolderHandle.Name], hasMore: Bool)

    private func names(of folder: FolderHandle, _ shown: String) throws(ToolError) -> Names {
        do { return try folder.names(atMost: Self.visitsMax) } catch { throw error.told(of: shown, doing: "read") }
    }

    private mutating func walk(
        _ folder: FolderHandle, _ found: Names, _ path: [FolderHandle.Name],
        _ prefix: String, _ depth: Int, _ above: [Scope], _ visit: (Entry) -> Bool
    ) -> Bool {
        let scopes = above + [Scope(depth: path.count, rules: IgnoreRules(in: folder))]
        if found.hasMore { gaveUp = true }
        for name in found.names where name != Self.git {
            visits += 1
            guard !cancellation.isCancelled else { return false }
            guard visits <= Self.visitsMax else {
                gaveUp = true
                return false
            }
            let (kind, whole) = (Self.kind(of: name, in: folder), path + [name])
            if Self.isIgnored(whole, kind == .folder, scopes) { continue }
            let shown = prefix + String(decoding: name, as: UTF8.self)
            guard visit(Entry(path: shown + (kind == .folder ? "/" : ""), kind: kind)) else { return false }
            // A folder below that cannot be read hides what is in it, and nothing else.
            guard kind == .folder, depth < depthMax, let below = try? folder.folder(name),
                let names = try? below.names(atMost: Self.visitsMax)
            else { continue }
            guard walk(below, names, whole, shown + "/", depth + 1, scopes, visit) else { return false }
        }
        return true
    }

    private static func kind(of name: FolderHandle.Name, in folder: FolderHandle) -> Entry.Kind {
        guard let status = try? folder.status(of: name) else { return .other }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        default: return .other
        }
    }

    /// The nearest file that speaks of a path decides.
    private static func isIgnored(_ path: [FolderHandle.Name], _ isFolder: Bool, _ scopes: [Scope]) -> Bool {
        for scope in scopes.reversed() {
            let relative = String(decoding: Array(path.dropFirst(scope.depth).joined(separator: [0x2F])), as: UTF8.self)
            if let isIgnored = scope.rules.ignores(relative, isFolder: isFolder) { return isIgnored }
        }
        return false
    }
}
