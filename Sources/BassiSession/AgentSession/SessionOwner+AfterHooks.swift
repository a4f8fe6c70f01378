import BassiEvents
import BassiPermissions
import BassiTools

/// Hooks that look at calls that have ended: closures in their order, then commands at the same time.
extension SessionOwner {
    func launchAfterHooks(_ request: ToolCallRequest, _ result: Result<ToolResult, ToolError>, _ milliseconds: Int) {
        let (told, input) = afterHookInput(request, result, milliseconds)
        let commands = configuration.hooks.flatMap { $0.has(told) ? $0 : nil }
        guard !configuration.afterHooks.isEmpty || commands != nil, activity.closing == nil else { return }
        let (closures, inbox, stopper) = (configuration.afterHooks, inbox, Stopper())
        activity.afterHooks[request.toolID] = stopper
        launch {
            var events: [EventPayload] = []
            for hook in closures {
                let start = ContinuousClock.now
                var problem: String?
                do { try await stopper.run { try await hook.run(request, result) } } catch { problem = "\(error)" }
                events.append(
                    .hookExecuted(
                        HookExecuted(
                            hookName: hook.name, hookEvent: "PostToolUse", toolID: request.toolID, decision: .none,
                            reason: problem, durationMilliseconds: (ContinuousClock.now - start).milliseconds)))
            }
            let answers = try? await stopper.run {
                await commands?.ask(told, about: HookSet.subjects(of: request.toolName), input) ?? []
            }
            events += (answers ?? []).map { $0.event(for: request.toolID) }
            let reason = answers?.lazy.compactMap(\.reply.stopReason).first
            inbox.post(.afterHooksEnded(request.toolID, events, stopReason: reason))
        }
    }

    func takeAfterHooks(of toolID: ToolID, _ events: [EventPayload], _ stopReason: String?) async throws {
        activity.afterHooks[toolID] = nil
        try await append(events)
        guard let stopReason else { return }
        try await cancel(.cancelled(reason: stopReason, by: Actor(kind: .hook)))
    }
}

extension CallDecision {
    /// What the policy said, and which hook was its reason.
    init(_ decision: Decision, hook: String? = nil) {
        self.init(
            by: Actor(kind: decision.by), rule: decision.rule, hook: decision.by == .hook ? hook : nil,
            reason: decision.reason)
    }
}
