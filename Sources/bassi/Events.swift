import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiStore
import BassiWorkspace
import Foundation

/// `bassi events`: the log of a session as JSON Lines, the same bytes for every reader.
struct Events: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Print a session's event log as JSON Lines.")

    @Argument(help: "The session's id.")
    var session: String

    @Option(help: "Print what comes after this position.")
    var after: Int64 = 0

    @Flag(help: "Go on with what is appended from now on, also by another process, until interrupted.")
    var follow = false

    @Option(name: .customLong("type"), help: "Print events of this type only. May be given several times.")
    var types: [String] = []

    func validate() throws {
        guard after >= 0 else { throw ValidationError("--after takes a position: 0, 1, 2, …") }
        guard SessionID(session) != nil else { throw ValidationError("'\(session)' is not a session's id") }
    }

    func run() async throws {
        guard let id = SessionID(session) else { return }
        let home = try Home(environment: ProcessInfo.processInfo.environment)
        guard FileManager.default.fileExists(atPath: home.eventLog) else { throw unknownSession(home) }
        let store = try SQLiteEventStore(path: home.eventLog)
        guard try await store.head(of: id) != nil else { throw unknownSession(home) }
        let filter = types.isEmpty ? EventFilter.all : .types(Set(types))
        for try await delivery in store.follow(id, after: SequenceNumber(after), where: filter) {
            switch delivery {
            case .event(let event): try FileHandle.standardOutput.write(contentsOf: EventCoder.encode(event) + [0x0A])
            case .caughtUp where !follow: return try await store.close()
            case .ahead(let head): throw ValidationError("the log ends at \(head), before --after \(after)")
            case .caughtUp, .unknownStream, .lagged: break
            }
        }
    }

    private func unknownSession(_ home: Home) -> ValidationError {
        ValidationError("there is no session \(session) in '\(home.eventLog)'")
    }
}
