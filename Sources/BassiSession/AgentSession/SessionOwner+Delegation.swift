import BassiEvents
import BassiStore
import BassiTools

/// Sub-agents: what a call of `task` starts, and the budget that is shared with them.
extension SessionOwner {
    /// What a call starts sub-agents with.
    func delegate(of toolID: ToolID) -> ToolContext.Delegate? {
        guard configuration.depth < configuration.agentDepthMax else { return nil }
        let (inbox, ledger) = (inbox, ledger)
        return { [weak self] agent, prompt in
            let delegation = try await inbox.ask { .delegate(toolID, agent, prompt, $0) }
            defer { ledger.endAgent() }
            let report = await delegation.run { [weak self] in await self?.adopt($0) }
            inbox.post(.delegationEnded(toolID, report.completed))
            if Task.isCancelled { throw CancellationError() }
            return try report.result()
        }
    }

    /// Says in the log whose session will do the work, before there is one; after a crash it is the same session.
    func begin(
        _ toolID: ToolID, _ agent: AgentDefinition, _ prompt: String, _ reply: Reply<Delegation>
    ) async throws {
        guard activity.closing == nil, activity.isRunning(toolID), let run = state.run else {
            return reply.fail(CancellationError())
        }
        guard ledger.beginAgent(atMost: configuration.agentsMax) else {
            let sentence = "\(configuration.agentsMax) agents are at work, which is the most: do it yourself, or later"
            return reply.fail(ToolError("too_many_agents", sentence))
        }
        let place = DelegatedPlace(
            agent: agent.name, parent: ParentLink(sessionID: id, runID: run.id, toolID: toolID),
            root: configuration.delegated?.root ?? id, depth: configuration.depth + 1, ledger: ledger)
        let child: AgentConfiguration
        do {
            child = try configuration.subagent(
                agent, at: place, current: models.current.name, sessionRules: state.sessionRules)
        } catch {
            ledger.endAgent()
            return reply.fail(ToolError("no_model", "\(agent.name) cannot be started: \(error)"))
        }
        let session = state.subagents[toolID]?.start.childSessionID ?? SessionID()
        if state.subagents[toolID] == nil {
            let started = SubagentStarted(agent: agent.name, childSessionID: session, prompt: prompt, toolID: toolID)
            try await append([.subagentStarted(started)], cause: askedAt(toolID), until: .durable)
        }
        reply(Delegation(session: session, configuration: child, prompt: prompt, store: store))
    }

    /// A sub-agent's session is open: answers that are meant for it are passed on.
    func adopt(_ session: AgentSession) { activity.subagents[session.id] = session }

    func ended(_ toolID: ToolID, _ end: SubagentCompleted) async throws {
        activity.subagents[end.childSessionID] = nil
        // Its call was called off and has its end, or it had ended before a crash.
        guard state.subagents[toolID]?.isOver == false else { return }
        try await append([.subagentCompleted(end)], cause: askedAt(toolID))
    }

    private func askedAt(_ toolID: ToolID) -> SequenceNumber? { state.calls.first { $0.toolID == toolID }?.askedAt }

    /// An answer to what none of our own calls has asked: some sub-agent may have.
    func passOn(
        _ requestID: RequestID, _ reply: Reply<Void>,
        _ answer: @escaping @Sendable (AgentSession) async throws -> Void
    ) {
        let subagents = activity.subagents.values
        launch {
            for session in subagents {
                do {
                    try await answer(session)
                    return reply()
                } catch SessionError.alreadyAnswered { continue } catch { return reply.fail(error) }
            }
            reply.fail(SessionError.alreadyAnswered(requestID))
        }
    }

    // MARK: - The budget

    /// A run of its own has a budget of its own; a sub-agent spends that of the run it works for.
    func beginLedger(of limits: RunLimits) {
        ledger = configuration.delegated?.ledger ?? RunLedger(limits: limits)
        usedBefore = RunUse()
    }

    /// The same for a run that goes on: what was spent by it, and by those of its sub-agents that are at work, counts.
    func restoreLedger(of run: OpenRun) async throws {
        beginLedger(of: run.limits)
        usedBefore = run.delegated
        ledger.update(id, run.own + usedBefore, isAsking: false)
        for agent in state.subagents.values where !agent.isOver {
            let child = agent.start.childSessionID
            ledger.update(child, try await RunUse(ofSession: child, in: store), isAsking: false)
        }
    }

    func noteUse(after payload: EventPayload) {
        switch payload {
        case .requestEnded, .messageCompleted:
            guard let run = state.run else { return }
            ledger.update(id, run.own + usedBefore, isAsking: state.request != nil)
        default: break
        }
    }
}

extension RunUse {
    /// What a sub-agent's session has used, and those that work for it.
    fileprivate init(ofSession session: SessionID, in store: any EventStore) async throws {
        self.init()
        var open: Set<SessionID> = []
        let types: [EventType] = [
            .requestSent, .requestEnded, .messageCompleted, .subagentStarted, .subagentCompleted,
        ]
        for event in try await store.read(session, types: types, limit: .max) {
            apply(event.payload)
            if case .subagentStarted(let start) = event.payload { open.insert(start.childSessionID) }
            if case .subagentCompleted(let end) = event.payload { open.remove(end.childSessionID) }
        }
        for child in open { self = self + (try await RunUse(ofSession: child, in: store)) }
    }
}
