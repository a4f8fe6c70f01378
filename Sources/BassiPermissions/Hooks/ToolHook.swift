/// What a hook before a tool call gets to see.
public typealias HookInput = ToolCallRequest

/// A Swift closure that is asked before a tool call runs.
///
/// ```swift
/// let noPush = ToolHook(name: "no push") { call in
///     call.commandLine.contains("git push") ? .deny("pushing is for people") : .none
/// }
/// ```
public struct ToolHook: Sendable {
    /// The name that events and reasons show.
    public let name: String
    /// What it says of a call.
    public let run: @Sendable (ToolCallRequest) async throws -> HookDecision

    /// A hook.
    public init(name: String, run: @escaping @Sendable (ToolCallRequest) async throws -> HookDecision) {
        self.name = name
        self.run = run
    }

    /// What the hook says, with an error it throws turned into a question: a hook that broke has not agreed.
    public func decision(for call: ToolCallRequest) async -> HookDecision {
        do {
            return try await run(call)
        } catch {
            return .ask("the hook \(name) failed: \(error)")
        }
    }
}
