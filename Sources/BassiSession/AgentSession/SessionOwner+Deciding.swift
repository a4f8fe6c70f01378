import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools

/// Tool calls: whether they may run.
extension SessionOwner {
    func decide(_ call: OpenCall) async throws {
        let wasCut = [.maxTokens, .contextExceeded].contains(state.run?.lastMessage?.stopReason)
        if call.attempt == 0, wasCut, call == state.calls.last {
            let error = ToolError(
                "incomplete_input", "the answer was cut off at its length limit, so this call was not run")
            return try await refuse(call, error)
        }
        let secret = activity.secretInputs[call.toolID]
        if !activity.ownCalls.contains(call.toolID), let error = lostInput(of: call) {
            return try await refuse(call, error)
        }
        let request: ToolCallRequest
        do {
            request = try executor.check(
                call.toolID, name: call.toolName, input: secret ?? call.input, places: call.places)
        } catch {
            return try await refuse(call, error)
        }
        // It was allowed and started before its owner died, or it does nothing.
        if call.attempt > 0 || call.toolName == OutputSchema.toolName {
            return activity.stages[call.toolID] = .ready(request)
        }
        if let answer = state.answers[call.toolID] { return try await obey(answer, request) }
        if let open = state.permissions.first(where: { $0.toolID == call.toolID }) {
            activity.stages[call.toolID] = .asking(request)
            guard configuration.canAsk else { return try await expire(open.requestID) }
            // Its deadline is the one that it was asked with, whoever was there in between.
            return waitForAnswer(to: open.requestID, until: open.expiresAt)
        }
        if let denial = policy.deniedOutright(request) {
            return try await deny(request, denial.reason, CallDecision(denial))
        }
        guard !configuration.beforeHooks.isEmpty || configuration.hooks?.has(.preToolUse) == true else {
            return try await judge(HookRound.Outcome(call: request))
        }
        launchHooks(request)
    }

    var policy: PermissionPolicy { configuration.policy(sessionRules: state.sessionRules) }

    private func launchHooks(_ request: ToolCallRequest) {
        let (executor, policy, inbox, stopper) = (executor, policy, inbox, Stopper())
        let round = HookRound(
            hooks: configuration.beforeHooks, commands: configuration.hooks, circumstances: hookCircumstances
        ) { call, input in
            let changed = try executor.check(call.toolID, name: call.toolName, input: input)
            if let denial = policy.deniedOutright(changed) { throw ToolError("denied", denial.reason) }
            return changed
        }
        activity.stages[request.toolID] = .deciding(stopper)
        launch {
            var stopped = HookRound.Outcome(call: request)
            stopped.denial = "the run was cancelled"
            let outcome = (try? await stopper.run { await round.run(request) }) ?? stopped
            inbox.post(.hooksEnded(request.toolID, outcome))
        }
    }

    func take(_ outcome: HookRound.Outcome, for toolID: ToolID) async throws {
        guard case .deciding = activity.stages[toolID] else { return }
        activity.stages[toolID] = nil
        guard activity.closing == nil else { return }
        try await append(outcome.events)
        if let reason = outcome.stopReason {
            return try await cancel(.cancelled(reason: reason, by: Actor(kind: .hook)))
        }
        try await judge(outcome)
    }

    private func judge(_ outcome: HookRound.Outcome) async throws {
        let call = outcome.call
        if let denial = outcome.denial {
            let decision = CallDecision(by: Actor(kind: .hook), hook: outcome.deniedBy, reason: denial)
            return try await deny(call, denial, decision)
        }
        let decision = policy.decide(
            call, hookSaidAllow: outcome.allowedBy != nil, hookSaidAsk: outcome.askedBy != nil
        ).said(by: outcome)
        switch decision.verdict {
        case .allow: allowed(call, CallDecision(decision, hook: outcome.allowedBy))
        case .deny: try await deny(call, decision.reason, CallDecision(decision))
        case .ask: if !asksPermissionHooks(call, since: decision) { try await askPerson(call, since: decision) }
        }
    }

    func allowed(_ call: ToolCallRequest, _ decision: CallDecision) {
        activity.stages[call.toolID] = .ready(call)
        activity.decisions[call.toolID] = decision
    }

    /// Allowed with another input, which is checked as if the model had sent it.
    func allow(_ input: JSONValue, in request: ToolCallRequest, _ decision: CallDecision) async throws {
        guard let call = state.calls.first(where: { $0.toolID == request.toolID }) else { return }
        do {
            let changed = try executor.check(request.toolID, name: request.toolName, input: input)
            if let denial = policy.deniedOutright(changed) {
                return try await deny(changed, denial.reason, CallDecision(denial))
            }
            allowed(changed, decision)
        } catch let error as ToolError {
            try await refuse(call, error)
        }
    }

    func deny(_ call: ToolCallRequest, _ reason: String, _ decision: CallDecision) async throws {
        let error = ToolFailure(type: "denied", message: reason)
        try await append([
            .toolCallFailed(
                ToolCallFailed(
                    toolID: call.toolID, toolName: call.toolName, error: error,
                    result: [.text("Permission denied: \(reason)")], durationMilliseconds: 0, outcome: .denied,
                    decided: decision))
        ])
    }

    func refuse(_ call: OpenCall, _ error: ToolError) async throws {
        try await append([
            .toolCallFailed(failure(call.toolID, call.toolName, error, milliseconds: 0))
        ])
    }
}

extension Decision {
    /// The same, with the hook that wants a person named, and why it does.
    fileprivate func said(by round: HookRound.Outcome) -> Decision {
        guard by == .hook, let hook = round.askedBy else { return self }
        let why = round.askReason.map { ": \($0)" } ?? ""
        return Decision(
            verdict: verdict, reason: "The hook \(hook) wants a person to decide\(why).", rule: rule, by: by)
    }
}
