import Foundation

/// What a sandbox blocks and the output of a command says that it failed.
///
/// The output is the command's own, which can write there what is not so: this is never more than what it says. What is
/// checked is that the sandbox does block it.
public enum BlockedAccess: Sendable, Equatable {
    /// To write to a place that cannot be written, in the git folder of a repository perhaps.
    case writing(String, repository: String? = nil)
    /// To change what starts programs or says what may be done.
    case changing(String)
    /// To open what nobody but the person should.
    case reading(String)
    /// To reach the network.
    case network
}

extension Sandbox {
    /// What the output of a command that failed in this sandbox says of what the sandbox blocks; nil where it says
    /// nothing of the kind, or of something that is not blocked, or that the person could not do either.
    public func blockedAccess(in output: String) -> BlockedAccess? {
        let layout = SandboxLayout(self)
        for line in output.split(whereSeparator: \.isNewline).suffix(400) {
            if !isNetworkAllowed, FailureLine.isOfNetwork(line) { return .network }
            guard let failure = FailureLine(line) else { continue }
            for path in failure.paths {
                if let blocked = blocked(path, failure.reason, in: layout) { return blocked }
            }
        }
        return nil
    }

    private func blocked(_ path: String, _ reason: FailureLine.Reason, in layout: SandboxLayout) -> BlockedAccess? {
        let written = path.hasPrefix("/") ? path : "\(FileLook.realPath(folder) ?? folder)/\(path)"
        let place = FileLook.place(of: (written as NSString).standardizingPath)
        switch (layout.plan.mount(over: place), reason) {
        case (.hiddenFile, .refused), (.hiddenFolder, .refused), (.hiddenFolder, .missing): return .reading(path)
        // A placeholder is gone by now, and whoever may write to its folder may make what it stood for.
        case (.heldFile, .refused), (.heldFile, .readOnly), (.heldFile, .busy), (.heldFile, .taken),
            (.heldFolder, .refused), (.heldFolder, .readOnly), (.heldFolder, .busy), (.heldFolder, .taken):
            return .changing(path)
        case (_, .busy) where layout.plan.mounts[place] != nil: return .changing(path)
        case (.readOnly, .readOnly) where FileLook.canBeWritten(place): return .changing(path)
        case (nil, .readOnly) where FileLook.canBeWritten(place):
            return .writing(path, repository: GitFolders.repository(around: place))
        default: return nil
        }
    }
}
