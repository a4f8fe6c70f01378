import BassiEvents

/// What may be done without a rule and without asking.
public enum PermissionMode: String, JSONWord {
    /// Reading in the session's folder; the rest is asked.
    case ask
    /// Also changing files in the session's folder.
    case acceptEdits = "accept-edits"
    /// Reading in the session's folder; whatever acts is denied, whatever the rules say.
    case plan
    /// Nothing more than `ask`, and what would be asked is denied: for runs with nobody there.
    case dontAsk = "dont-ask"
    /// Everything but what a deny or an ask rule or a hook names.
    case bypass

    /// The one of two in which less may be done: what works for somebody never gets more than that one has.
    public static func stricter(_ one: PermissionMode, _ other: PermissionMode) -> PermissionMode {
        one.strictness >= other.strictness ? one : other
    }

    private var strictness: Int {
        switch self {
        case .plan: 4
        case .dontAsk: 3
        case .ask: 2
        case .acceptEdits: 1
        case .bypass: 0
        }
    }
}
