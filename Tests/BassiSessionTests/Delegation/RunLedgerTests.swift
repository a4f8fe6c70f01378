import BassiEvents
import BassiModels
import BassiTesting
import Synchronization
import Testing

@testable import BassiSession

/// One budget for all that work for a run.
@Suite struct RunLedgerTests {
    private let profile = ModelProfile(outputTokensMax: 2000, price: Price(input: 0, output: 1_000_000))
    private let one = SessionID()
    private let other = SessionID()

    private func reserve(_ ledger: RunLedger, _ session: SessionID, whenFreed: @escaping @Sendable () -> Void = {})
        -> RunLedger.Answer
    {
        ledger.reserve(for: session, estimatedInputTokens: 0, profile: profile, whenFreed: whenFreed)
    }

    private func used(tokens: Int, cost: String = "0") -> RunUse {
        var use = RunUse()
        use.apply(
            .requestSent(
                RequestSent(
                    attempt: 1, provider: "p", model: "m", messageCount: 1, toolCount: 0, estimatedInputTokens: 0)))
        use.apply(
            .requestEnded(
                RequestEnded(
                    attempt: 1, outcome: .completed, usage: Usage(outputTokens: tokens), costUSD: Money(cost))))
        return use
    }

    @Test func `what one has reserved no other gets, and whoever waits is told when it is free`() throws {
        // A token costs a thousandth of a dollar: 3 dollars are one answer of 2,000 tokens and not two.
        let ledger = RunLedger(limits: RunLimits(maxCostUSD: Money("2.5")))
        guard case .reserved(let budget) = reserve(ledger, one) else {
            Issue.record("nothing reserved")
            return
        }
        #expect(budget.outputTokensMax == 2000)
        let calls = Mutex(0)
        guard case .wait = reserve(ledger, other, whenFreed: { calls.withLock { $0 += 1 } }) else {
            Issue.record("it does not wait")
            return
        }
        ledger.update(one, RunUse(), isAsking: true)
        #expect(calls.withLock { $0 } == 0)
        ledger.update(one, used(tokens: 500, cost: "0.5"), isAsking: false)
        #expect(calls.withLock { $0 } == 1)
        ledger.update(one, used(tokens: 500, cost: "0.5"), isAsking: false)
        #expect(calls.withLock { $0 } == 1)
        guard case .reserved(let rest) = reserve(ledger, other) else {
            Issue.record("nothing reserved")
            return
        }
        #expect(rest.outputTokensMax == 2000)
    }

    @Test func `where nobody could free enough it ends at once, with the limit's name`() {
        func reason(_ limits: RunLimits, _ use: RunUse) -> String? {
            let ledger = RunLedger(limits: limits)
            ledger.update(one, use, isAsking: false)
            if case .spent(let reason) = reserve(ledger, other) { return reason }
            return nil
        }
        #expect(reason(RunLimits(maxCostUSD: Money("2")), used(tokens: 1500, cost: "1.5")) == "max_cost_usd")
        #expect(reason(RunLimits(maxTokensTotal: 2000), used(tokens: 1500)) == "max_tokens_total")
        var turn = RunUse()
        turn.apply(
            .messageCompleted(
                MessageCompleted(
                    messageID: "m", role: "assistant", model: "m", stopReason: .endTurn, usage: Usage(),
                    durationMilliseconds: 1)))
        #expect(reason(RunLimits(maxTurns: 1), turn) == "max_turns")
        #expect(reason(RunLimits(maxTurns: 2), turn) == nil)
    }

    @Test func `requests that go on are turns already`() {
        let ledger = RunLedger(limits: RunLimits(maxTurns: 1))
        guard case .reserved = reserve(ledger, one), case .wait = reserve(ledger, other) else {
            Issue.record("two turns were reserved of one")
            return
        }
    }

    @Test func `one that leaves without a word keeps nobody waiting`() {
        let ledger = RunLedger(limits: RunLimits(maxCostUSD: Money("2")))
        _ = reserve(ledger, one)
        let calls = Mutex(0)
        _ = reserve(ledger, other) { calls.withLock { $0 += 1 } }
        ledger.leave(one)
        #expect(calls.withLock { $0 } == 1)
    }

    /// Whoever asks in whatever order: never more is spent than there is, and nobody waits for ever.
    @Test func `any number of sessions never spend more than there is`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let most = Int64.random(in: 1...20, using: &random)
            let ledger = RunLedger(limits: RunLimits(maxCostUSD: Money(nanoDollars: most * 1_000_000_000)))
            var (uses, asking): ([SessionID: RunUse], [SessionID: Budget]) = ([:], [:])
            let sessions = (0..<6).map { _ in SessionID() }
            let freed = Mutex(0)
            for _ in 0..<60 {
                let session = sessions[Int.random(in: 0..<6, using: &random)]
                if let budget = asking.removeValue(forKey: session) {
                    var use = uses[session, default: RunUse()]
                    let tokens = Int.random(in: 0...budget.outputTokensMax, using: &random)
                    use = use + used(tokens: tokens, cost: Money(nanoDollars: Int64(tokens) * 1_000_000).description)
                    uses[session] = use
                    ledger.update(session, use, isAsking: false)
                } else {
                    switch reserve(ledger, session, whenFreed: { freed.withLock { $0 += 1 } }) {
                    case .reserved(let budget): asking[session] = budget
                    case .wait: #expect(!asking.isEmpty)
                    case .spent: break
                    }
                }
                let spent = uses.values.reduce(Int64(0)) { $0 + $1.chargedUSD.nanoDollars }
                let reserved = asking.values.reduce(Int64(0)) { $0 + ($1.reserved?.nanoDollars ?? 0) }
                #expect(spent + reserved <= most * 1_000_000_000)
            }
        }
    }
}
