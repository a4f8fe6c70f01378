/// Whether a folder is trusted: the one gate before all that a folder could start, allow or redirect.
///
/// ```swift
/// guard workspace.trust.isTrusted else { return }
/// ```
public struct FolderTrust: Sendable, Equatable {
    /// How the folder stands.
    public enum State: Sendable, Equatable {
        /// There is nothing in it that trust is about.
        case nothingToLoad
        /// The person has seen all that it would do, and nothing has changed since.
        case trusted
        /// The command line says so, for this process.
        case trustedForNow
        /// Nobody has said anything.
        case untrusted
        /// The person has seen it as it is, and said no.
        case declined
        /// It was trusted, and something in it has changed: these paths, where it is known.
        case changed([String])
        /// It cannot be trusted, or what was said of it cannot be read: why, as one sentence.
        case impossible(String)
    }

    /// What there is in the folder.
    public let contents: FolderContents
    /// How the folder stands.
    public let state: State

    /// How a folder stands.
    ///
    /// - Parameters:
    ///   - contents: What there is in the folder.
    ///   - decisions: What the person has said; nil where there is no home.
    ///   - trustsNow: Whether the command line trusts it.
    public init(_ contents: FolderContents, decisions: TrustDecisions?, trustsNow: Bool = false) {
        self.contents = contents
        state =
            if contents.isEmpty { .nothingToLoad } else if let problem = contents.problem {
                .impossible(problem)
            } else if trustsNow { .trustedForNow } else {
                Self.state(contents, decisions?.find(contents.folder) ?? .none)
            }
    }

    private static func state(_ contents: FolderContents, _ found: TrustDecisions.Found) -> State {
        switch found {
        case .none: return .untrusted
        case .declined(let digest): return digest == contents.digest ? .declined : .untrusted
        case .unusable(let reason): return .impossible(reason)
        case .record(let record) where record.digest == contents.digest: return .trusted
        case .record(let record):
            guard let known = record.entries else { return .changed([]) }
            let paths = Set(known.keys).union(contents.entries.keys)
            return .changed(paths.filter { known[$0] != contents.entries[$0] }.sorted())
        }
    }

    /// Whether what the folder would start or allow counts. Its deny and ask rules, and its instructions, count anyway.
    public var isTrusted: Bool { state == .trusted || state == .trustedForNow }

    /// What is not loaded and why, as one sentence; nil when nothing is left out.
    public var notice: String? {
        let names = contents.names.joined(separator: ", ")
        let way = "deny and ask rules aside; `bassi trust` shows what it would do, and asks"
        switch state {
        case .nothingToLoad, .trusted, .trustedForNow: return nil
        case .declined: return "not loaded, since you did not trust this folder: \(names) (\(way))"
        case .untrusted: return "not loaded, since this folder is not trusted: \(names) (\(way))"
        case .changed(let paths):
            return
                "not loaded, since this folder has changed\(Self.list(paths)) after it was trusted: \(names) (\(way))"
        case .impossible(let reason): return "not loaded: \(names.isEmpty ? "the folder's settings" : names): \(reason)"
        }
    }

    /// ` (.mcp.json and 2 more)`; empty when nothing is known.
    public static func list(_ paths: [String]) -> String {
        guard let first = paths.first else { return "" }
        let rest = paths.count > 1 ? " and \(paths.count - 1) more" : ""
        return " (\(VisibleText.line(first))\(rest))"
    }
}
