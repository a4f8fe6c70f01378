/// A path that the supervisor keeps as it is while a command runs, and after it.
struct PathGuard: Sendable, Equatable {
    /// How it is kept.
    enum Kind: Sendable, Equatable {
        /// Nothing is there: a placeholder that a file can be mounted on. It is removed afterwards.
        case heldFile
        /// Nothing is there: a placeholder that a folder can be mounted on. It is removed afterwards.
        case heldFolder
        /// Nothing may be there: what came into being is moved aside afterwards.
        case swept
        /// A symbolic link: it is put back afterwards.
        case link(target: String)
    }

    let path: String
    let kind: Kind

    /// Whether a placeholder stands for it.
    var isHeld: Bool { kind == .heldFile || kind == .heldFolder }

    /// The folder that it is in.
    private var parent: Substring { path[..<(path.lastIndex(of: "/") ?? path.startIndex)] }

    /// Placeholders of one folder together, as the supervisor wants them: it locks each folder once.
    static func ordered(_ guards: [PathGuard]) -> [PathGuard] {
        let (held, others) = (guards.filter(\.isHeld), guards.filter { !$0.isHeld })
        return held.sorted { ($0.parent, $0.path) < ($1.parent, $1.path) } + others
    }
}
