import ArgumentParser
import BassiEvents
import BassiSession
import BassiStore
import Foundation

/// `bassi usage`: tokens and cost, added up from the logs.
struct UsageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "usage", abstract: "Show tokens and cost by session, day and model.",
        discussion: """
            Days are those of this machine's time zone (or of TZ). Every request to a model counts once, also one that \
            was cut, retried, or asked for a summary; what a fork shares with its parent counts for the parent.

            A request without a known price is never counted as free: the sum then says "at least".
            """)

    @Option(help: "Only by session, day or model; without it by model and by day.")
    var by: UsageReport.Grouping?

    @Option(help: ArgumentHelp("From this day on, such as 2026-01-31.", valueName: "date"))
    var since: String?

    @Option(help: ArgumentHelp("Up to this day, with it.", valueName: "date"))
    var until: String?

    @Option(help: ArgumentHelp("Only this session.", valueName: "id"))
    var session: String?

    @Flag(help: "For programs.") var json = false
    @OptionGroup var place: StoreOptions

    private static let days = LocalDay()

    func validate() throws {
        if let session, SessionID(session) == nil { throw ValidationError("'\(session)' is not a session's id") }
        for (name, text) in [("--since", since), ("--until", until)] {
            if let text, Self.days.range(of: text) == nil {
                throw ValidationError("\(name) takes a day, such as 2026-01-31, and not '\(text)'")
            }
        }
        if let since, let until, until < since { throw ValidationError("--until lies before --since") }
    }

    private var range: Range<Timestamp> {
        let start = since.flatMap { Self.days.range(of: $0)?.lowerBound } ?? Timestamp(milliseconds: .min)
        return start..<(until.flatMap { Self.days.range(of: $0)?.upperBound } ?? Timestamp(milliseconds: .max))
    }

    func run() async throws {
        let store = try place.openExisting()
        var report = UsageReport(in: range) { Self.days.name(of: $0) }
        var titles: [String: String] = [:]
        if let store {
            report = try await read(store, into: report)
            if by == .session, !json { titles = try await self.titles(of: report, in: store) }
            try await store.close()
        } else if let session, let id = SessionID(session) {
            throw SessionError.unknownSession(id)
        }
        if json { return _ = Standard.print(document(of: report).text) }
        if report.total.requests == 0 {
            let isWhole = since == nil && until == nil && session == nil
            return Standard.say(
                isWhole ? "No model has been asked yet. Begin: bassi" : "No model was asked there and then.")
        }
        Standard.print(UsageText.line(of: report.total))
        for grouping in groupings {
            Standard.print("")
            for line in UsageText.table(of: report.rows(by: grouping), by: grouping, titles) { Standard.print(line) }
        }
    }

    private var groupings: [UsageReport.Grouping] { by.map { [$0] } ?? [.model, .day] }

    // MARK: - Reading

    /// Folds every session that can have something to say: one that changed last before the range has nothing.
    private func read(_ store: any EventStore, into report: UsageReport) async throws -> UsageReport {
        var report = report
        let all = try await Self.sessions(of: store)
        let ids = Set(all.map(\.id))
        let only = session.flatMap { SessionID($0) }
        if let only, !ids.contains(only) { throw SessionError.unknownSession(only) }
        for stored in all where (only ?? stored.id) == stored.id && stored.updatedAt >= range.lowerBound {
            report.add(try await SessionUse(of: stored, in: store)) { ids.contains($0) }
        }
        return report
    }

    private static func sessions(of store: any EventStore) async throws -> [StoredSession] {
        var all: [StoredSession] = []
        while true {
            let page = try await store.sessions(limit: 1000, offset: all.count)
            if page.isEmpty { return all }
            all += page
        }
    }

    private func titles(of report: UsageReport, in store: any EventStore) async throws -> [String: String] {
        var titles: [String: String] = [:]
        for row in report.rows(by: .session) {
            guard let id = SessionID(row.name), let stored = try await store.session(id) else { continue }
            titles[row.name] = try await SessionSummary(of: stored, in: store).title
        }
        return titles
    }

    // MARK: - For programs

    private func document(of report: UsageReport) -> JSONValue {
        var members = [JSONObject.Member(key: "total", value: .object(JSONObject(report.total.members)))]
        for grouping in groupings {
            let key = grouping == .session ? "id" : grouping.rawValue
            let rows = report.rows(by: grouping).map { row -> JSONValue in
                let name = JSONObject.Member(key: key, value: .string(row.name))
                return .object(JSONObject([name] + row.sum.members))
            }
            members.append(JSONObject.Member(key: "\(grouping.rawValue)s", value: .array(rows)))
        }
        members.append(JSONObject.Member(key: "time_zone", value: .string(Self.days.zoneName)))
        return .object(JSONObject(members))
    }
}

extension UsageReport.Grouping: ExpressibleByArgument {}
