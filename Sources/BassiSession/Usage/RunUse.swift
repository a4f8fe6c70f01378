import BassiEvents

/// What requests have used of a run's limits, as its log says.
public struct RunUse: Sendable, Equatable {
    /// Messages of the model.
    public internal(set) var turns = 0
    /// Tokens, as far as they are known.
    public internal(set) var usage = Usage()
    /// What they cost; nil once one of them had no price.
    public internal(set) var costUSD: Money? = .zero
    /// What requests that broke off may have cost beyond what is known: what was reserved for them.
    public internal(set) var unsettledUSD = Money.zero
    /// What is reserved for the request that has no end yet.
    private var reservedUSD: Money?

    /// Nothing.
    public init() {}

    /// What counts against the budget: what it cost, and what it may have cost.
    var chargedUSD: Money { (costUSD ?? .zero) + unsettledUSD }

    /// Takes the next event of a log; those that use nothing change nothing.
    public mutating func apply(_ payload: EventPayload) {
        switch payload {
        case .requestSent(let sent): reservedUSD = sent.reservedUSD
        case .requestEnded(let ended): end(ended)
        case .messageCompleted: turns += 1
        case .subagentCompleted(let end): add(end)
        default: break
        }
    }

    /// A request that broke off is charged what was reserved for it: nobody knows what it cost beyond what is known.
    private mutating func end(_ ended: RequestEnded) {
        if let used = ended.usage { add(used, ended.costUSD) }
        if [.cut, .cancelled].contains(ended.outcome), let reservedUSD {
            unsettledUSD =
                unsettledUSD
                + Money(nanoDollars: max(0, reservedUSD.nanoDollars - (ended.costUSD ?? .zero).nanoDollars))
        }
        reservedUSD = nil
    }

    private mutating func add(_ end: SubagentCompleted) {
        turns += end.turns ?? 0
        unsettledUSD = unsettledUSD + (end.unsettledUSD ?? .zero)
        add(end.usage, end.costUSD)
    }

    private mutating func add(_ used: Usage, _ cost: Money?) {
        usage = usage + used
        costUSD = if let spent = costUSD, let cost { spent + cost } else { nil }
    }

    /// The sum.
    public static func + (left: RunUse, right: RunUse) -> RunUse {
        var sum = left
        sum.turns += right.turns
        sum.unsettledUSD = left.unsettledUSD + right.unsettledUSD
        sum.add(right.usage, right.costUSD)
        return sum
    }
}
