/// One permission rule: `Tool` or `Tool(pattern)`.
///
/// ```swift
/// let rule = try Rule("Bash(npm run *)", source: ".bassi/settings.yaml")
/// ```
///
/// The same text is read strictly in an allow rule and generously in a deny or ask rule: what cannot be told apart is
/// asked or denied.
public struct Rule: Sendable, Equatable, CustomStringConvertible {
    /// How far a rule reaches in doubt.
    public enum Reading: Sendable, Equatable {
        /// Only what is surely meant: for allow rules.
        case strict
        /// All that could be meant: for deny and ask rules.
        case generous
    }

    /// What stands in the parentheses, read.
    enum Pattern: Sendable, Equatable {
        case path(PathPattern)
        case command(CommandPattern)
        case domain(DomainPattern)
        case agent(String)
    }

    /// The tool's name, as it was written.
    public let toolName: String
    /// What stands in the parentheses, as it was written.
    public let pattern: String?
    /// Where the rule came from, so that a reason can name it: `.bassi/settings.yaml`, `this session`.
    public let source: String?
    /// The folder of the settings file, where `/x` begins; the session's folder when nil.
    public let settingsFolder: String?
    let shape: Pattern?

    /// A rule from its text.
    ///
    /// - Throws: ``RuleError``, which quotes the text and says the right form.
    public init(_ text: String) throws(RuleError) {
        try self.init(text, source: nil)
    }

    /// A rule from its text and the place where it stands.
    ///
    /// - Throws: ``RuleError``, which quotes the text and says the right form.
    public init(_ text: String, source: String?, settingsFolder: String? = nil) throws(RuleError) {
        do {
            (toolName, pattern) = try RuleText.split(text)
            if let pattern { shape = try RuleText.shape(of: pattern, for: toolName) } else { shape = nil }
        } catch {
            throw RuleError(text, error)
        }
        self.source = source
        self.settingsFolder = settingsFolder
    }

    /// The rule as it is written in settings.
    public var description: String { pattern.map { "\(toolName)(\($0))" } ?? toolName }
}
