import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools

/// Tool calls: decided, started in order, ended.
extension SessionOwner {
    /// Failures in a row after which the model is told to do something else.
    private static let repeatedFailuresTold = 3

    /// Moves each open call on as far as it can go; false when all of them wait.
    func handleCalls() async throws -> Bool {
        for call in state.calls where activity.stages[call.toolID] == nil {
            try await decide(call)
            if activity.closing != nil { return true }
        }
        let slots = state.calls.map { call -> CallOrder.Slot in
            switch activity.stages[call.toolID] {
            case .ready(let request):
                CallOrder.Slot(toolID: call.toolID, effect: request.effect, isReady: true, isRunning: false)
            case .running(let request, _, _):
                CallOrder.Slot(toolID: call.toolID, effect: request.effect, isReady: true, isRunning: true)
            case .asking(let request):
                CallOrder.Slot(toolID: call.toolID, effect: request.effect, isReady: false, isRunning: false)
            case .deciding, nil: CallOrder.Slot(toolID: call.toolID, effect: .write, isReady: false, isRunning: false)
            }
        }
        let startable = CallOrder.startable(slots, atMost: configuration.callsMax)
        for toolID in startable { try await start(toolID) }
        // Calls that were refused have left the list, and what comes after them may go on.
        return state.calls.isEmpty
    }

    // MARK: - Deciding

    private func decide(_ call: OpenCall) async throws {
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
            return configuration.canAsk ? () : try await expire(open.requestID)
        }
        if let denial = policy.deniedOutright(request) {
            return try await deny(request, denial.reason, CallDecision(denial))
        }
        guard !configuration.beforeHooks.isEmpty || configuration.hooks?.has(.preToolUse) == true else {
            return try await judge(HookRound.Outcome(call: request))
        }
        launchHooks(request)
    }

    private var policy: PermissionPolicy { configuration.policy(sessionRules: state.sessionRules) }

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
            call, hookSaidAllow: outcome.allowedBy != nil, hookSaidAsk: outcome.askedBy != nil)
        switch decision.verdict {
        case .allow: allowed(call, CallDecision(decision, hook: outcome.allowedBy))
        case .deny: try await deny(call, decision.reason, CallDecision(decision))
        case .ask: if !asksPermissionHooks(call) { try await askPerson(call) }
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

    // MARK: - Asking

    func askPerson(_ call: ToolCallRequest) async throws {
        let deadline = configuration.answerDeadline
        let expiry = Timestamp(milliseconds: Timestamp.now.milliseconds + Int64(deadline.milliseconds))
        let requestID = RequestID("perm_\(UUIDv7())")
        activity.stages[call.toolID] = .asking(call)
        try await append([
            .permissionRequested(
                PermissionRequested(
                    requestID: requestID, toolID: call.toolID, toolName: call.toolName, toolInput: call.input,
                    suggestedRules: policy.suggestedRules(for: call), expiresAt: configuration.canAsk ? expiry : .now))
        ])
        guard configuration.canAsk else { return try await expire(requestID) }
        setAlarm(.answer(requestID), after: deadline)
        var members = JSONObject()
        members["message"] = .string("Bassi needs your permission to use \(call.toolName)")
        launchHooks(.notification, about: ["permission_prompt"], members)
    }

    /// Nobody has answered in time, or nobody is there: that counts as no.
    func expire(_ requestID: RequestID) async throws {
        let reason = configuration.canAsk ? "nobody answered in time" : "no rule allows it, and nobody can be asked"
        try await resolve(
            requestID, PermissionAnswer(.deny, reason: reason), by: Actor(kind: .timeout))
    }

    func take(_ requestID: RequestID, _ answer: PermissionAnswer, _ reply: Reply<Void>) async throws {
        guard let question = state.permissions.first(where: { $0.requestID == requestID }) else {
            return reply.fail(SessionError.alreadyAnswered(requestID))
        }
        var answer = answer
        if answer.decision == .allow, answer.scope != .once {
            // Never broader than what was asked.
            if let rule = answer.rule, !question.suggestedRules.contains(rule) {
                return reply.fail(SessionError.ruleNotOffered(rule))
            }
            answer.rule = answer.rule ?? question.suggestedRules.first
            if answer.rule == nil { answer.scope = .once }
        }
        try await resolve(
            requestID, answer, by: Actor(kind: .user, client: answer.client ?? configuration.client))
        reply()
        if answer.decision == .deny, answer.stopsRun {
            try await cancel(.cancelled(reason: "a permission was denied", by: Actor(kind: .user)))
        }
    }

    private func resolve(_ requestID: RequestID, _ answer: PermissionAnswer, by actor: Actor) async throws {
        guard let question = state.permissions.first(where: { $0.requestID == requestID }) else { return }
        turnOff { $0 == .answer(requestID) }
        let resolved = PermissionResolved(
            requestID: requestID, decision: answer.decision, scope: answer.scope, rule: answer.rule, by: actor,
            modifiedInput: answer.input, reason: answer.reason)
        try await append([.permissionResolved(resolved)], until: .durable)
        try await save(resolved)
        guard case .asking(let request) = activity.stages[question.toolID] else { return }
        activity.stages[question.toolID] = nil
        try await obey(resolved, request)
    }

    /// Keeps a rule that is to hold for longer than the session. Where that fails it holds for the session.
    private func save(_ answer: PermissionResolved) async throws {
        guard answer.decision == .allow, [.project, .always].contains(answer.scope), let rule = answer.rule else {
            return
        }
        do { try await configuration.saveRule?(rule, answer.scope) } catch {
            try await append([
                .error(ErrorOccurred(errorType: "rule_not_saved", errorMessage: "\(error)", retryable: false))
            ])
        }
    }

    private func obey(_ answer: PermissionResolved, _ request: ToolCallRequest) async throws {
        let decision = CallDecision(by: answer.by, rule: answer.rule, reason: answer.reason)
        guard answer.decision == .allow else {
            let who = answer.by.kind == .user ? "the person said no" : "permission was denied"
            return try await deny(request, answer.reason.map { "\(who): \($0)" } ?? who, decision)
        }
        guard let input = answer.modifiedInput else { return allowed(request, decision) }
        try await allow(input, in: request, decision)
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

    private func refuse(_ call: OpenCall, _ error: ToolError) async throws {
        try await append([
            .toolCallFailed(failure(call.toolID, call.toolName, error, milliseconds: 0))
        ])
    }

    // MARK: - Running

    private func start(_ toolID: ToolID) async throws {
        guard case .ready(let request) = activity.stages[toolID],
            let call = state.calls.first(where: { $0.toolID == toolID })
        else { return }
        let started = ToolCallStarted(
            toolID: toolID, toolName: request.toolName, toolInput: request.input, effect: request.effect,
            reach: request.reach, attempt: call.attempt + 1,
            decided: activity.decisions.removeValue(forKey: toolID),
            places: await executor.places(of: request, recorded: call.places))
        // Durable before anything happens: after a crash it is known that it may have.
        try await append([.toolCallStarted(started)], cause: call.askedAt, until: .durable)
        let (stopper, inbox, executor, keeping, changeKeeping) = (Stopper(), inbox, executor, keeping, changeKeeping)
        activity.stages[toolID] = .running(request, stopper, since: .now)
        let context = ToolContext(
            toolID: toolID, folder: configuration.folder, home: configuration.home,
            environment: configuration.environment, files: files, attempt: started.attempt, recorded: started.places
        ) { stream, text in
            try await inbox.send(.toolOutput(toolID, stream, text))
        }
        let run = state.run?.id
        launch { [weak self] in
            let result = try? await stopper.run { await executor.execute(request, context: context) }
            let cancelled = ToolError("cancelled", "The run was cancelled while this call ran.", outcome: .cancelled)
            let kept = await keeping.keepWhole(result ?? .failure(cancelled))
            let changes = await changeKeeping.events(of: kept)
            if !inbox.post(.toolEnded(toolID, kept, changes: changes, run)) { await self?.keepLate(changes, of: run) }
        }
    }

    /// What a call says after its end, or while it is being called off, has no place in the log.
    func outputDeltas(of toolID: ToolID, _ stream: ToolStream, _ text: String) -> [EventPayload] {
        guard activity.isRunning(toolID) else { return [] }
        let key = Activity.OutputKey(toolID: toolID, stream: stream)
        let shown = activity.outputs[key, default: redactor.makeStream()].push(text)
        return shown.isEmpty ? [] : [.toolOutputDelta(ToolOutputDelta(toolID: toolID, stream: stream, delta: shown))]
    }

    /// What was held back of a call's output, since it could have become a secret.
    private func restOfOutput(_ toolID: ToolID) -> [EventPayload] {
        [ToolStream.stdout, .stderr, .progress].compactMap { stream in
            let key = Activity.OutputKey(toolID: toolID, stream: stream)
            guard var held = activity.outputs.removeValue(forKey: key) else { return nil }
            let rest = held.finish()
            return rest.isEmpty ? nil : .toolOutputDelta(ToolOutputDelta(toolID: toolID, stream: stream, delta: rest))
        }
    }

    func toolEnded(
        _ toolID: ToolID, _ result: Result<ToolResult, ToolError>, _ changes: [EventPayload], _ run: RunID?
    ) async throws {
        guard case .running(let request, _, let since) = activity.stages[toolID] else {
            // It was called off and did not stop in time: what it did to files is said all the same.
            return try await append(changes, run: run, until: .durable)
        }
        activity.stages[toolID] = nil
        activity.secretInputs[toolID] = nil
        let milliseconds = (ContinuousClock.now - since).milliseconds
        try await append(restOfOutput(toolID))
        switch result {
        case .success(let value):
            let askedAt = state.calls.first { $0.toolID == toolID }?.askedAt
            let plan = value.plan.map { [EventPayload.planGenerated($0)] } ?? []
            try await append(plan + changes, cause: askedAt, until: .durable)
            let completed = ToolCallCompleted(
                toolID: toolID, toolName: request.toolName, result: value.content, structured: value.structured,
                durationMilliseconds: milliseconds, truncated: value.truncated, files: value.seen)
            let durability: Durability = request.effect == .pure ? .visible : .durable
            try await appendEnd(.toolCallCompleted(completed), of: request, milliseconds, until: durability)
        case .failure(let error):
            let failed = failure(toolID, request.toolName, error, milliseconds: milliseconds)
            try await appendEnd(.toolCallFailed(failed), of: request, milliseconds, until: .durable)
        }
        launchAfterHooks(request, result)
    }

    func failure(
        _ toolID: ToolID, _ name: String, _ error: ToolError, milliseconds: Int
    ) -> ToolCallFailed {
        var result = error.partial + [.text(error.message)]
        let input = state.calls.first { $0.toolID == toolID }?.input
        if let repeated = state.run?.repeatedFailure, repeated.toolName == name, repeated.input == input,
            repeated.count + 1 >= Self.repeatedFailuresTold
        {
            result.append(
                .text("This same call has failed \(repeated.count + 1) times in a row: do something else."))
        }
        return ToolCallFailed(
            toolID: toolID, toolName: name, error: ToolFailure(type: error.type, message: error.message),
            result: result, durationMilliseconds: milliseconds, outcome: error.outcome)
    }
}
