import BassiEvents

/// Tokens and cost of requests, added up. What has no price is never nothing: it is counted apart.
public struct UsageSum: Sendable, Equatable {
    /// Requests.
    public private(set) var requests = 0
    /// Their tokens, as far as they are known.
    public private(set) var usage = Usage()
    /// What those with a price cost.
    public private(set) var knownCostUSD = Money.zero
    /// Requests whose tokens are known and whose price is not.
    public private(set) var requestsWithoutPrice = 0
    /// Requests that broke off before their tokens were known.
    public private(set) var requestsWithoutUsage = 0

    /// Nothing.
    public init() {}

    /// What all of it cost; nil where a part is not known.
    public var costUSD: Money? { requestsWithoutPrice + requestsWithoutUsage == 0 ? knownCostUSD : nil }

    /// Adds a request.
    public mutating func add(_ request: RequestUse) {
        requests += 1
        guard let used = request.usage else { return requestsWithoutUsage += 1 }
        usage = usage + used
        if let cost = request.costUSD { knownCostUSD = knownCostUSD + cost } else { requestsWithoutPrice += 1 }
    }
}

/// Tokens and cost by session, day and model: a fold of the logs.
public struct UsageReport: Sendable, Equatable {
    /// By what requests are added up.
    public enum Grouping: String, Sendable, CaseIterable {
        /// By session.
        case session
        /// By the day on which they ended.
        case day
        /// By model.
        case model
    }

    /// One group.
    public struct Row: Sendable, Equatable {
        /// The session's id, the day, or the model.
        public let name: String
        /// What it used.
        public let sum: UsageSum
    }

    /// All of it.
    public private(set) var total = UsageSum()
    private var sums: [Grouping: [String: UsageSum]] = [:]
    /// What is in it already: several copies may share what was written in a session that is gone.
    private var counted: Set<EventID> = []
    private let day: @Sendable (Timestamp) -> String
    private let range: Range<Timestamp>

    /// An empty report.
    ///
    /// - Parameters:
    ///   - range: the moments at which requests that count ended.
    ///   - day: the name of the day of a moment, by which days are in order: `2026-01-31`.
    public init(
        in range: Range<Timestamp> = Timestamp(milliseconds: .min)..<Timestamp(milliseconds: .max),
        day: @escaping @Sendable (Timestamp) -> String
    ) {
        self.range = range
        self.day = day
    }

    /// Adds a session: its own requests, and what it shares with sessions that are gone. What it shares with one that is
    /// there is counted with that one.
    ///
    /// - Parameter exists: whether the store has a session.
    public mutating func add(_ session: SessionUse, exists: (SessionID) -> Bool) {
        for request in session.own { add(request, of: session.id) }
        for shared in session.shared where shared.origin.map(exists) != true {
            for request in shared.requests { add(request, of: session.id) }
        }
    }

    private mutating func add(_ request: RequestUse, of session: SessionID) {
        guard range.contains(request.endedAt), counted.insert(request.id).inserted else { return }
        total.add(request)
        sums[.session, default: [:]][session.description, default: UsageSum()].add(request)
        sums[.day, default: [:]][day(request.endedAt), default: UsageSum()].add(request)
        sums[.model, default: [:]][request.model, default: UsageSum()].add(request)
    }

    /// The groups: days in their order, sessions newest first, models with the most expensive first.
    public func rows(by grouping: Grouping) -> [Row] {
        let rows = (sums[grouping] ?? [:]).map { Row(name: $0.key, sum: $0.value) }
        return switch grouping {
        case .day: rows.sorted { $0.name < $1.name }
        case .session: rows.sorted { $0.name > $1.name }
        case .model: rows.sorted { Self.weight($0) > Self.weight($1) }
        }
    }

    private static func weight(_ row: Row) -> (Int64, Int, String) {
        (row.sum.knownCostUSD.nanoDollars, row.sum.usage.totalTokens, row.name)
    }

    /// Equal where all sums are: how days are named is not compared.
    public static func == (left: UsageReport, right: UsageReport) -> Bool {
        left.total == right.total && left.sums == right.sums
    }
}

extension UsageSum {
    /// The members of a row as programs get them, from the command line and over HTTP. `cost_usd` is null where a part of
    /// it is not known; then `known_cost_usd` is the least that it cost.
    public var members: [JSONObject.Member] {
        func number(_ value: Int) -> JSONValue { .number(JSONNumber(value)) }
        func money(_ value: Money) -> JSONValue { (try? JSONParser.parse(value.description)) ?? .null }
        return [
            JSONObject.Member(key: "requests", value: number(requests)),
            JSONObject.Member(key: "usage", value: usage.jsonValue),
            JSONObject.Member(key: "cost_usd", value: costUSD.map(money) ?? .null),
            JSONObject.Member(key: "known_cost_usd", value: money(knownCostUSD)),
            JSONObject.Member(key: "requests_without_price", value: number(requestsWithoutPrice)),
            JSONObject.Member(key: "requests_without_usage", value: number(requestsWithoutUsage)),
        ]
    }
}
