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

        @Argument(help: "The session's id.") var session: String
        @OptionGroup var place: StoreOptions
        @Flag(help: "Do not ask.") var yes = false

        func validate() throws {
            guard SessionID(session) != nil else { throw ValidationError("'\(session)' is not a session's id") }
        }

        func run() async throws {
            guard let id = SessionID(session) else { return }
            guard let store = try place.openExisting() as? SQLiteEventStore, let stored = try await store.session(id)
            else {
                throw SessionError.unknownSession(id)
            }
            let row = try await SessionSummary(of: stored, in: store)
            let question = "Delete '\(row.title ?? "")' with its \(row.lastSeq) events?"
            guard try await Confirmation.isGiven(yes, to: question) else { return }
            try await store.delete(id)
            try await store.close()
            Standard.say("Deleted \(id).")
        }
    }
}
