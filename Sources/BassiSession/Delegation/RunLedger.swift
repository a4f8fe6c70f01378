import BassiEvents
import BassiModels
import Synchronization

/// What a run and all its sub-agents have spent and reserved, in one place: they share one budget, and none of them may
/// spend what another has reserved.
///
/// It lives as long as the run has an owner; what it knows is in the logs, and is read from them after a crash.
final class RunLedger: Sendable {
    /// What became of the wish to make a request.
    enum Answer {
        /// It may be made.
        case reserved(Budget)
        /// Others have reserved what is left: when one of them has ended its request there may be enough.
        case wait
        /// A limit is reached; the word for it.
        case spent(reason: String)
    }

    private struct Entry {
        var use = RunUse()
        var budget: Budget?
    }

    private struct State {
        var entries: [SessionID: Entry] = [:]
        var waiters: [@Sendable () -> Void] = []
        var agents = 0
    }

    /// Where the run must end.
    let limits: RunLimits
    private let state = Mutex(State())

    init(limits: RunLimits) { self.limits = limits }

    /// Reserves what a request of a session may cost. `whenFreed` is called once, after the answer `wait`.
    func reserve(
        for session: SessionID, estimatedInputTokens: Int, profile: ModelProfile,
        whenFreed: @escaping @Sendable () -> Void
    ) -> Answer {
        state.withLock { state in
            let used = state.entries.values.reduce(RunUse()) { $0 + $1.use }
            let others = state.entries.filter { $0.key != session }.compactMap(\.value.budget)
            func budget(beside others: [Budget]) -> Budget? {
                // Each of them becomes a turn.
                if let most = limits.maxTurns, used.turns + others.count >= most { return nil }
                return Budget(
                    within: limits, tokens: others.reduce(used.usage.totalTokens) { $0 + $1.tokens },
                    charged: others.reduce(used.chargedUSD) { $0 + ($1.reserved ?? .zero) },
                    estimatedInputTokens: estimatedInputTokens, profile: profile)
            }
            if let budget = budget(beside: others) {
                state.entries[session, default: Entry()].budget = budget
                return .reserved(budget)
            }
            if !others.isEmpty, budget(beside: []) != nil {
                state.waiters.append(whenFreed)
                return .wait
            }
            let unpaid = limits.maxCostUSD == nil ? "max_tokens_total" : "max_cost_usd"
            return .spent(reason: limits.reached(by: used) ?? unpaid)
        }
    }

    /// Takes what a session has used so far, and whether a request of it goes on.
    func update(_ session: SessionID, _ use: RunUse, isAsking: Bool) {
        let waiters = state.withLock { state in
            state.entries[session, default: Entry()].use = use
            return isAsking ? [] : Self.free(session, in: &state)
        }
        for waiter in waiters { waiter() }
    }

    /// A session takes nothing any more: nobody waits for a request of it.
    func leave(_ session: SessionID) {
        let waiters = state.withLock { Self.free(session, in: &$0) }
        for waiter in waiters { waiter() }
    }

    private static func free(_ session: SessionID, in state: inout State) -> [@Sendable () -> Void] {
        guard state.entries[session]?.budget != nil else { return [] }
        state.entries[session]?.budget = nil
        defer { state.waiters = [] }
        return state.waiters
    }

    // MARK: - Sub-agents

    /// Whether one more may be at work; whoever got a yes says when it has ended.
    func beginAgent(atMost limit: Int) -> Bool {
        state.withLock { state in
            guard state.agents < limit else { return false }
            state.agents += 1
            return true
        }
    }

    /// One has ended.
    func endAgent() { state.withLock { $0.agents -= 1 } }
}

extension RunLimits {
    /// The word for the first limit that is reached; nil while none is.
    func reached(by used: RunUse) -> String? {
        if let maxTurns, used.turns >= maxTurns { return "max_turns" }
        if let maxTokensTotal, used.usage.totalTokens >= maxTokensTotal { return "max_tokens_total" }
        if let maxCostUSD, used.chargedUSD >= maxCostUSD { return "max_cost_usd" }
        return nil
    }
}
