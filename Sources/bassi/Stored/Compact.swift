import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiSession
import BassiStore
import BassiWorkspace
import Foundation

/// `bassi compact`: deltas are for watching; the end of their block has the whole.
struct Compact: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Drop the deltas of what has ended, and give the room back to the disk.",
        discussion: """
            Every answer and every tool's result stays, whole. Only how it arrived, piece by piece, goes. This happens \
            by itself to what is older than a day (`retention: {deltas: 24h}` in the settings).
            """)

    @Argument(help: "The session's id; without one, all.") var session: String?
    @Option(help: ArgumentHelp("Keep what is younger: 24h, 7d.", valueName: "age")) var olderThan: RetentionAge?
    @Flag(help: "For programs.") var json = false
    @OptionGroup var place: StoreOptions

    func validate() throws {
        if let session, SessionID(session) == nil { throw ValidationError("'\(session)' is not a session's id") }
    }

    func run() async throws {
        let moment = (olderThan ?? RetentionAge(seconds: 0)).moment
        guard let store = try place.openExisting() as? SQLiteEventStore else {
            if let id = session.flatMap({ SessionID($0) }) { throw SessionError.unknownSession(id) }
            return Standard.say("There are no sessions yet.")
        }
        let bytes = place.bytes
        var dropped = 0
        for id in try await chosen(from: store, moment) { dropped += try await store.compact(id, before: moment) }
        try await store.shrink()
        try await store.close()
        let saved = max(0, bytes - place.bytes)
        if json {
            let row: JSONValue = [
                "dropped": .number(JSONNumber(dropped)), "bytes_before": .number(JSONNumber(bytes)),
                "bytes_after": .number(JSONNumber(place.bytes)),
            ]
            Standard.print(row.text)
        } else {
            Standard.say("Dropped \(dropped) deltas; \(saved / 1024) KiB given back.")
        }
    }

    private func chosen(from store: SQLiteEventStore, _ moment: Timestamp) async throws -> [SessionID] {
        guard let id = session.flatMap({ SessionID($0) }) else { return try await store.allSessions().map(\.id) }
        guard try await store.head(of: id) != nil else { throw SessionError.unknownSession(id) }
        return [id]
    }
}

extension RetentionAge: ExpressibleByArgument {
    /// An age as an argument.
    public init?(argument: String) { self.init(argument) }
}

extension EventStore {
    /// All sessions, page by page.
    func allSessions() async throws -> [StoredSession] {
        var sessions: [StoredSession] = []
        while true {
            let page = try await self.sessions(limit: 1000, offset: sessions.count)
            if page.isEmpty { return sessions }
            sessions += page
        }
    }
}
