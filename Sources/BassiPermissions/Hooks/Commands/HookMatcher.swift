import BassiEvents

/// Which calls a hook is for: `Bash`, `Edit|Write`, `mcp__github__.*`, or everything.
///
/// A name is matched whole, by the name people know (`Edit`) or the wire name (`edit_file`); what is no list of names is
/// a regular expression, which must match the whole of one of them.
public struct HookMatcher: Sendable, Equatable {
    /// As it was written; empty or `*` for everything.
    public let text: String
    private let names: [String]?

    /// A matcher.
    ///
    /// - Throws: What the standard library says of a text that is neither names nor a regular expression, and
    ///   ``Blank`` for one with a blank or a comma, which no name of a tool has: it would match nothing, without a word.
    public init(_ text: String) throws {
        self.text = text
        guard !text.contains(where: { $0.isWhitespace || $0 == "," }) else { throw Blank() }
        let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
        let areNames = parts.allSatisfy { part in
            !part.isEmpty
                && part.utf8.allSatisfy { $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") || $0.isAlphanumeric }
        }
        names = areNames ? parts : nil
        if names == nil, !matchesAll { _ = try Regex(text) }
    }

    /// A matcher with a blank or a comma in it.
    public struct Blank: Error, CustomStringConvertible {
        /// What to write instead.
        public let description = "a matcher has no blank and no comma: separate names with |, as in Edit|Write"
    }

    /// For everything.
    public static let all = HookMatcher()

    private init() { (text, names) = ("", nil) }

    private var matchesAll: Bool { text.isEmpty || text == "*" }

    /// Whether it is for something of one of these names.
    public func matches(_ subjects: [String]) -> Bool {
        if matchesAll { return true }
        if let names { return subjects.contains { names.contains($0) } }
        guard let pattern = try? Regex(text) else { return true }
        return subjects.contains { (try? pattern.wholeMatch(in: $0)) != nil }
    }
}
