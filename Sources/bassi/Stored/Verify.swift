import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiSession
import BassiStore

/// `bassi verify`: whether the log is what was written.
struct Verify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check the log: no hole, an unbroken hash chain, well-formed events.",
        discussion:
            "Without a session all of them are checked. Exit code 1 when something is wrong, with what and where.")

    @Argument(help: "The session's id.") var session: String?
    @OptionGroup var place: StoreOptions
    @Flag(help: "For programs.") var json = false

    func validate() throws {
        if let session, SessionID(session) == nil { throw ValidationError("'\(session)' is not a session's id") }
    }

    func run() async throws {
        guard let store = try place.openExisting() as? SQLiteEventStore else {
            if let id = session.flatMap({ SessionID($0) }) { throw SessionError.unknownSession(id) }
            return Standard.say("There are no sessions to check.")
        }
        let sessions = try await chosen(from: store)
        var findings: [ChainCheck.Finding] = []
        for id in sessions { if let finding = try await store.verify(id) { findings.append(finding) } }
        try await store.close()
        show(findings, of: sessions.count)
        if !findings.isEmpty { throw ExitWith(1) }
    }

    private func chosen(from store: SQLiteEventStore) async throws -> [SessionID] {
        if let id = session.flatMap({ SessionID($0) }) {
            guard try await store.head(of: id) != nil else { throw SessionError.unknownSession(id) }
            return [id]
        }
        return try await store.allSessions().map(\.id)
    }

    private func show(_ findings: [ChainCheck.Finding], of count: Int) {
        if json {
            let rows = findings.map { finding -> JSONValue in
                [
                    "session_id": .string(finding.session.description),
                    "seq": .number(JSONNumber(finding.seq.rawValue)), "problem": .string(finding.problem),
                ]
            }
            let document: JSONValue = ["checked": .number(JSONNumber(count)), "findings": .array(rows)]
            Standard.print(document.text)
        } else {
            for finding in findings { Standard.print("\(finding)") }
            if findings.isEmpty { Standard.print("\(count == 1 ? "1 session" : "\(count) sessions"): as written") }
        }
    }
}
