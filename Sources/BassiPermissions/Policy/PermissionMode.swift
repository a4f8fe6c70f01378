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
}
