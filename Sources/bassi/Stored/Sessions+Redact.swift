import ArgumentParser
import BassiEvents
import BassiSQLite
import BassiSession
import BassiStore

extension Sessions {
    /// `bassi sessions redact`
    struct Redact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Erase what one event said; its place and its hash stay.",
            discussion: """
                No file keeps a byte of the payload, and `bassi verify` still holds. Other events may say the same, as \
                the input of a tool stands in the model's answer, in the question about it and in the call: find them \
                with `bassi events SESSION` and redact each.
                """)

        @Argument(help: ArgumentHelp("The session and the event.", valueName: "session@seq")) var place: SessionPlace
        @Argument(help: "The event, when it is not named with the session.") var seq: Int64?
        @Option(help: "Why; it is kept in the log.") var reason = "redacted by its owner"
        @Flag(help: "Do not ask.") var yes = false
        @OptionGroup var store: StoreOptions

        func validate() throws {
            guard (place.seq == nil) != (seq == nil), (seq ?? 1) > 0 else {
                throw ValidationError("name one event: bassi sessions redact SESSION@SEQ")
            }
        }

        func run() async throws {
            let target = place.seq ?? SequenceNumber(seq ?? 0)
            guard let log = try store.openExisting() as? SQLiteEventStore,
                let head = try await log.head(of: place.session)
            else { throw SessionError.unknownSession(place.session) }
            guard target <= head else {
                throw ExitWith.usage("session \(place.session) has no event \(target): it goes from 1 to \(head)")
            }
            let question = "Erase what event \(target) said? It cannot be taken back."
            guard try await Confirmation.isGiven(yes, to: question) else { return }
            try await log.redact(place.session, at: target, reason: reason)
            try await log.close()
            Standard.say("Erased event \(target) of \(place.session).")
        }
    }
}
