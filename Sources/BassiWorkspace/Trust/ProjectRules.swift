import BassiEvents
import BassiPermissions

/// The rules of a file that may be broken, hostile, or another program's: what cannot be read is named and left out.
struct ProjectRules {
    private(set) var rules = RuleSet()
    /// The texts that are no rules.
    private(set) var unread: [String] = []
    /// Why the first of them is none.
    private var advice: String?

    private static let rulesMax = 1000

    /// The rules under `permissions` of a document.
    ///
    /// - Parameter isTrusted: Whether allow rules count; deny and ask rules do anyway.
    init(_ document: JSONValue, source: String, isTrusted: Bool) {
        let permissions = document["permissions"]
        rules.deny = read(permissions?["deny"], source)
        rules.ask = read(permissions?["ask"], source)
        if isTrusted { rules.allow = read(permissions?["allow"], source) }
    }

    private mutating func read(_ list: JSONValue?, _ source: String) -> [Rule] {
        guard let list, list != .null else { return [] }
        guard let elements = list.array else {
            unread.append(list.text)
            return []
        }
        var rules: [Rule] = []
        for (index, element) in elements.enumerated() {
            guard index < Self.rulesMax, let text = element.string else {
                unread.append(element.string ?? element.text)
                continue
            }
            do throws(RuleError) { rules.append(try Rule(text, source: source).checkingSpelling()) } catch {
                if unread.isEmpty { advice = error.advice }
                unread.append(text)
            }
        }
        return rules
    }

    /// What does not count, as one sentence; nil when all does.
    func notice(of source: String) -> String? {
        guard let first = unread.first else { return nil }
        let rest = unread.count > 1 ? " and \(unread.count - 1) more" : ""
        let shown = VisibleText.line(first, max: 100)
        let why = advice.map { ": " + $0 } ?? ""
        return "\(source): this rule is not understood and does not count: '\(shown)'\(rest)\(why)"
    }
}
