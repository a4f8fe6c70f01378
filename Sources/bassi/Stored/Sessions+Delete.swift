import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiSession
import Foundation

extension Sessions {
    /// `bassi sessions delete`
    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a session; no file keeps a byte of what it held.")

        @OptionGroup var target: SessionArgument
        @OptionGroup var place: StoreOptions
        @Flag(help: "Do not ask.") var yes = false

        func run() async throws {
            let id = try target.id
            guard let store = try place.openExisting() as? SQLiteEventStore, let stored = try await store.session(id)
            else {
                throw SessionError.unknownSession(id)
            }
            let row = try await SessionSummary(of: stored, in: store)
            let subagents = try await store.subagents(of: id)
            let more = subagents.isEmpty ? "" : " and its \(subagents.count) sub-agents"
            let question = "Delete '\(row.title ?? "")' with its \(row.lastSeq) events\(more)?"
            guard try await Confirmation.isGiven(yes, to: question) else { return }
            // The session last: while it is there, it says which these are.
            for session in subagents.reversed() + [id] { try await store.delete(session) }
            try await store.close()
            Standard.say("Deleted \(id)\(more).")
        }
    }
}
