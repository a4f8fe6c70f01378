import BassiEvents
import BassiPermissions
import BassiTools

/// Where a sub-agent stands: for whom it works, and whose budget it spends.
struct DelegatedPlace: Sendable {
    /// The agent's name.
    let agent: String
    /// The call that it works for.
    let parent: ParentLink
    /// The session that a person or a program speaks to.
    let root: SessionID
    /// 1 for a sub-agent of that session, 2 for one of its own.
    let depth: Int
    /// What the run and all its sub-agents spend.
    let ledger: RunLedger
}

extension AgentConfiguration {
    /// How many agents stand between this one and the person.
    var depth: Int { delegated?.depth ?? 0 }

    /// The sub-agent that works for a call of this one: never more than this one, in every mode.
    ///
    /// - Parameters:
    ///   - current: The model that this one asks now.
    ///   - sessionRules: What was allowed for the rest of this session.
    /// - Throws: `ModelNameError` and ``SessionError/unknownPrice(_:)`` where its model cannot be asked.
    func subagent(
        _ agent: AgentDefinition, at place: DelegatedPlace, current: String, sessionRules: [String]
    ) throws -> AgentConfiguration {
        var child = self
        child.delegated = place
        child.tools = tools.filter { agent.takes($0.name) }
        child.systemPrompt = agent.systemPrompt ?? systemPrompt
        child.outputSchema = nil
        // Under the name that it was asked by, unless another stands in for it.
        if let model = try agent.model ?? (found(model).name == current ? nil : current) { child.setModel(model) }
        child.rules = policy(sessionRules: sessionRules).rules
        child.permissionMode = PermissionMode.stricter(permissionMode, agent.permissionMode ?? permissionMode)
        // The time is up for all of them when it is for the run.
        let limits = place.ledger.limits
        child.limits = RunLimits(
            maxTurns: [limits.maxTurns, agent.maxTurns].compactMap(\.self).min(), maxCostUSD: limits.maxCostUSD,
            maxTokensTotal: limits.maxTokensTotal)
        _ = try child.modelChain()
        return child
    }
}
