import Foundation

/// A line of a program's output that says why something failed, and with what.
struct FailureLine {
    /// What the system said.
    enum Reason {
        case readOnly, refused, busy, missing
        /// There is something else already.
        case taken
    }

    let reason: Reason
    /// What looks like a path in it.
    let paths: [String]

    /// Nil for any other line.
    init?(_ line: Substring) {
        for (sentence, reason) in Self.sentences {
            guard let range = line.range(of: sentence, options: .caseInsensitive) else { continue }
            self.reason = reason
            // A file system is read-only for any name; the other reasons are usual, and count for what looks like a path.
            paths = Self.words(in: line, before: range.lowerBound).filter {
                reason == .readOnly ? !$0.isEmpty : $0.contains("/") || $0.hasPrefix(".") && $0.count > 2
            }
            return
        }
        return nil
    }

    private static let sentences: [(String, Reason)] = [
        ("Read-only file system", .readOnly), ("EROFS", .readOnly),
        ("Permission denied", .refused), ("EACCES", .refused),
        ("No such device or address", .refused), ("ENXIO", .refused),
        ("Device or resource busy", .busy), ("EBUSY", .busy),
        ("File exists", .taken), ("EEXIST", .taken), ("Not a directory", .taken), ("ENOTDIR", .taken),
        ("No such file or directory", .missing), ("ENOENT", .missing),
    ]

    /// What stands in quotes, else what stands before the reason.
    private static func words(in line: Substring, before reason: Substring.Index) -> [String] {
        let quotes: Set<Character> = ["'", "\"", "`", "‘", "’", "“", "”"]
        let quoted = line.split(omittingEmptySubsequences: false) { quotes.contains($0) }.enumerated()
            .filter { !$0.offset.isMultiple(of: 2) }.map { String($0.element) }
        guard quoted.isEmpty else { return quoted }
        let part = line[..<reason].components(separatedBy: ": ").last { !$0.isEmpty } ?? ""
        return part.split(separator: " ").suffix(1).map(String.init)
    }

    // MARK: - The network

    /// Whether it is what programs say where there is no network; not of the machine's own addresses, which a sandbox
    /// has too.
    static func isOfNetwork(_ line: Substring) -> Bool {
        guard !["localhost", "127.0.0.1", "::1"].contains(where: line.contains) else { return false }
        return networkSentences.contains(where: line.contains) || line.contains(/Failed to connect to \S+ port \d+/)
    }

    private static let networkSentences = [
        "Could not resolve host", "Couldn't resolve host", "unable to resolve host address", "UnknownHostException",
        "Temporary failure in name resolution", "Temporary failure resolving", "Name or service not known",
        "getaddrinfo ENOTFOUND", "getaddrinfo EAI_AGAIN", "dial tcp: lookup", "failed to lookup address information",
        "Network is unreachable", "ENETUNREACH", "Couldn't connect to server", "Could not connect to server",
    ]
}
