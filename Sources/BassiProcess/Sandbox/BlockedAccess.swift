import Foundation

/// What a sandbox kept a command from, as far as its output tells.
public enum BlockedAccess: Sendable, Equatable {
    /// It wrote to a place that cannot be written.
    case writing(String)
    /// It wrote to a file that starts programs or says what may be done.
    case changing(String)
    /// It read what nobody but the person should.
    case reading(String)
    /// It wanted the network.
    case network
}

extension Sandbox {
    /// What was blocked, by the output of a command that failed in this sandbox; nil when that is not certain.
    ///
    /// A sentence of the system with a path counts only if the sandbox really forbids that path: a folder without
    /// rights is none of the sandbox's doing.
    public func blockedAccess(in output: String) -> BlockedAccess? {
        let layout = SandboxLayout(self)
        for line in output.split(whereSeparator: \.isNewline).suffix(400) {
            if !isNetworkAllowed, Self.networkSentences.contains(where: line.contains) { return .network }
            guard let sentence = Self.fileSentences.first(where: line.contains) else { continue }
            let paths = Self.paths(in: String(line), before: sentence)
            for path in paths {
                if let blocked = blocked(path, in: layout) { return blocked }
            }
            // Such a file system was made by the sandbox: the rest of the machine has hardly one.
            if sentence == Self.readOnly { return .writing(paths.first ?? "") }
        }
        return nil
    }

    private func blocked(_ path: String, in layout: SandboxLayout) -> BlockedAccess? {
        let written = path.hasPrefix("/") ? path : "\(FileLook.realPath(folder) ?? folder)/\(path)"
        let whole = (written as NSString).standardizingPath
        switch layout.plan.mount(over: FileLook.realPath(whole) ?? whole) {
        case .hiddenFile, .hiddenFolder: return .reading(path)
        case .heldFile, .heldFolder, .readOnly: return .changing(path)
        case .writable, .empty, .folder, nil: return nil
        }
    }

    private static let readOnly = "Read-only file system"

    private static let fileSentences = [
        readOnly, "EROFS", "Permission denied", "EACCES", "Device or resource busy", "File exists", "Not a directory",
    ]

    private static let networkSentences = [
        "Could not resolve host", "Temporary failure in name resolution", "Name or service not known",
        "Network is unreachable", "getaddrinfo", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "Failed to resolve",
        "unable to resolve host address", "Could not resolve hostname", "dial tcp: lookup", "Couldn't resolve host",
    ]

    /// What looks like a path in a sentence of a program: what stands in quotes, else what stands before the reason.
    private static func paths(in line: String, before sentence: String) -> [String] {
        let quotes: Set<Character> = ["'", "\"", "`", "‘", "’", "“", "”"]
        let quoted = line.split(omittingEmptySubsequences: false) { quotes.contains($0) }.enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
        let begin = line.components(separatedBy: sentence).first ?? ""
        let part = begin.components(separatedBy: ": ").last { !$0.isEmpty } ?? ""
        let word = part.split(separator: " ").last.map(String.init) ?? ""
        return (quoted.isEmpty ? [word] : quoted).filter {
            $0.contains("/") || $0.hasPrefix(".") && $0.count > 2
        }
    }
}
