import BassiEvents

/// What a hook says of a call before it runs.
public enum HookDecision: Sendable, Equatable {
    /// Counts as an allow rule: ask rules and protected paths still ask.
    case allow
    /// A person must decide, and why.
    case ask(String = "a hook wants a person to decide")
    /// It may not run, and why.
    case deny(String)
    /// Another input, which is checked from the start.
    case modify(JSONValue)
    /// Nothing.
    case none
}
