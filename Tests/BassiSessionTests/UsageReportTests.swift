import BassiEvents
import BassiStore
import Testing

@testable import BassiSession

/// Each request counts once, in its session, on its day, for its model; what has no price is never nothing.
@Suite struct UsageReportTests {
    private let start: Int64 = 1_769_850_000_000

    /// The drafts of one request.
    private func request(
        _ model: String = "a/m", _ outcome: RequestOutcome = .completed, input: Int? = 10, cost: String? = "0.5",
        hour: Int64 = 0
    ) -> [EventDraft] {
        let parts = model.split(separator: "/").map(String.init)
        let sent = RequestSent(
            attempt: 1, provider: parts[0], model: parts.last ?? "", messageCount: 1, toolCount: 0,
            estimatedInputTokens: 1)
        let ended = RequestEnded(
            attempt: 1, outcome: outcome, usage: input.map { Usage(inputTokens: $0, outputTokens: 1) },
            costUSD: cost.flatMap { Money($0) })
        let at = Timestamp(milliseconds: start + hour * 3_600_000)
        return [
            EventDraft(.requestSent(sent), timestamp: at), EventDraft(.requestEnded(ended), timestamp: at),
        ]
    }

    private func session(_ store: MemoryEventStore, _ drafts: [EventDraft]) async throws -> SessionID {
        let id = SessionID()
        _ = try await store.append(drafts, to: id, expecting: .noStream)
        return id
    }

    private func report(
        _ store: MemoryEventStore, in range: Range<Timestamp>? = nil, without gone: Set<SessionID> = []
    ) async throws -> UsageReport {
        let day: @Sendable (Timestamp) -> String = { String($0.description.prefix(10)) }
        var report = range.map { UsageReport(in: $0, day: day) } ?? UsageReport(day: day)
        let sessions = try await store.sessions(limit: 100, offset: 0).filter { !gone.contains($0.id) }
        let ids = Set(sessions.map(\.id))
        for stored in sessions { report.add(try await SessionUse(of: stored, in: store)) { ids.contains($0) } }
        return report
    }

    private func names(_ report: UsageReport, _ grouping: UsageReport.Grouping) -> [String] {
        report.rows(by: grouping).map { "\($0.name) \($0.sum.requests) \($0.sum.usage.inputTokens)" }
    }

    @Test func `requests add up by model and by day`() async throws {
        let store = MemoryEventStore()
        _ = try await session(store, request() + request("b/n", input: 5, cost: "2", hour: 30) + request(hour: 31))
        _ = try await session(store, request("demo", input: 1, cost: "0"))
        let report = try await report(store)
        #expect(report.total.requests == 4 && report.total.costUSD == Money("3"))
        #expect(names(report, .model) == ["b/n 1 5", "a/m 2 20", "demo 1 1"])
        #expect(names(report, .day) == ["2026-01-31 2 11", "2026-02-01 2 15"])
        #expect(report.rows(by: .session).map(\.sum.requests).sorted() == [1, 3])
    }

    @Test func `a cut request counts once, one that never got an answer not at all`() async throws {
        let store = MemoryEventStore()
        let drafts =
            request("a/m", .cut, input: 7, cost: "0.1") + request("a/m", .failed, input: nil, cost: nil)
            + request("a/m", .refused, input: nil, cost: nil) + request("a/m", .cancelled, input: 3, cost: "0.2")
        _ = try await session(store, drafts)
        let total = try await report(store).total
        #expect(total.requests == 2 && total.usage.inputTokens == 10 && total.costUSD == Money("0.3"))
    }

    @Test func `what has no price, and what was cut before its tokens were known, is counted apart`() async throws {
        let store = MemoryEventStore()
        _ = try await session(
            store, request() + request("b/n", cost: nil) + request("a/m", .cut, input: nil, cost: nil))
        let total = try await report(store).total
        #expect(total.requests == 3 && total.costUSD == nil && total.knownCostUSD == Money("0.5"))
        #expect(total.requestsWithoutPrice == 1 && total.requestsWithoutUsage == 1)
    }

    @Test func `only what ended in the range counts`() async throws {
        let store = MemoryEventStore()
        _ = try await session(store, request() + request(hour: 1) + request(hour: 2))
        func at(_ hour: Int64) -> Timestamp { Timestamp(milliseconds: start + hour * 3_600_000) }
        #expect(try await report(store, in: at(1)..<at(2)).total.requests == 1)
    }

    @Test func `what a copy shares counts for the session in which it was asked`() async throws {
        let store = MemoryEventStore()
        let parent = try await session(store, request() + request())
        let (child, grandchild) = (SessionID(), SessionID())
        _ = try await store.fork(parent, at: SequenceNumber(2), into: child)
        _ = try await store.append(request("b/n"), to: child, expecting: .any)
        _ = try await store.fork(child, at: nil, into: grandchild)
        _ = try await store.append(request("c/o"), to: grandchild, expecting: .any)
        let report = try await report(store)
        #expect(report.total.requests == 4)
        let counts = Dictionary(uniqueKeysWithValues: report.rows(by: .session).map { ($0.name, $0.sum.requests) })
        #expect(counts == [parent.description: 2, child.description: 1, grandchild.description: 1])
    }

    @Test func `what copies share with a session that is gone counts once`() async throws {
        let store = MemoryEventStore()
        let parent = try await session(store, request() + request())
        for _ in 1...3 { _ = try await store.fork(parent, at: nil, into: SessionID()) }
        let gone = try await report(store, without: [parent])
        #expect(gone.total.requests == 2 && gone.rows(by: .session).count == 1)
    }

    @Test func `a fold that was kept gives the same`() async throws {
        let store = MemoryEventStore()
        let parent = try await session(
            store, request() + request("b/n", cost: nil) + request("a/m", .cut, input: nil, cost: nil))
        let child = SessionID()
        _ = try await store.fork(parent, at: nil, into: child)
        let stored = try #require(try await store.session(child))
        let use = try await SessionUse(of: stored, in: store)
        var restored = SessionUse(child)
        #expect(restored.restore(use.encoded) && restored == use && use.shared.count == 1)
        #expect(!restored.restore(Array("{}".utf8)) && restored == use)
    }
}
