import BassiEvents
import BassiPermissions
import BassiStore
import BassiTools

/// Tool calls: started in order, and ended.
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
        let startable = CallOrder.startable(slots, atMost: configuration.callsMax, agents: configuration.agentsMax)
        for toolID in startable { try await start(toolID) }
        // Calls that were refused have left the list, and what comes after them may go on.
        return state.calls.isEmpty
    }

    private func start(_ toolID: ToolID) async throws {
        guard case .ready(let request) = activity.stages[toolID],
            let call = state.calls.first(where: { $0.toolID == toolID })
        else { return }
        let started = ToolCallStarted(
            toolID: toolID, toolName: request.toolName, toolInput: request.input, effect: request.effect,
            reach: request.reach, attempt: call.attempt + 1,
            decided: activity.decisions.removeValue(forKey: toolID),
            places: await executor.places(
                of: request, recorded: call.attempt > 0 ? call.places : [], keep: changeKeeping.keep))
        // Durable before anything happens: after a crash it is known that it may have.
        let earlier = try await cutCalls.events(of: [call])
        try await append(earlier + [.toolCallStarted(started)], cause: call.askedAt, until: .durable)
        let (stopper, inbox, executor, keeping, changeKeeping) = (Stopper(), inbox, executor, keeping, changeKeeping)
        activity.stages[toolID] = .running(request, stopper, since: .now)
        let context = context(of: toolID, attempt: started.attempt, recorded: started.places)
        let run = state.run?.id
        launch { [weak self] in
            let result = try? await stopper.run { await executor.execute(request, context: context) }
            let cancelled = ToolError("cancelled", "The run was cancelled while this call ran.", outcome: .cancelled)
            let kept = await keeping.keepWhole(result ?? .failure(cancelled))
            let changes = await changeKeeping.events(of: kept, started.places)
            if !inbox.post(.toolEnded(toolID, kept, changes: changes, run)) { await self?.keepLate(changes, of: run) }
        }
    }

    /// What a call knows of where it runs. It asks through the inbox, like everybody else.
    private func context(of toolID: ToolID, attempt: Int, recorded: [CallPlace]) -> ToolContext {
        let (inbox, policy) = (inbox, policy)
        let askUnconfined: ToolContext.AskUnconfined = { reason in
            try await inbox.ask { .askUnconfined(toolID, reason: reason, $0) }
        }
        return ToolContext(
            toolID: toolID, folder: configuration.folder, home: configuration.home,
            environment: configuration.environment, files: files, background: background,
            ask: { questions in try await inbox.ask { .question(toolID, questions, $0) } },
            askUnconfined: configuration.asksQuestions ? askUnconfined : nil, delegate: delegate(of: toolID),
            attempt: attempt, recorded: recorded, isKept: { policy.deniesReading($0) }
        ) { stream, text in
            try await inbox.send(.toolOutput(toolID, stream, text))
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
        launchAfterHooks(request, result, milliseconds)
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
