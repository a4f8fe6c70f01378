import ArgumentParser
import BassiEvents
import BassiSession
import BassiStore

extension Sessions {
    /// `bassi sessions fork`
    struct Fork: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Copy a session up to an event; print the id of the copy.",
            discussion: "The copy shares what was and goes its own way: bassi --resume ID. The session stays as it is.")

        @Argument(help: ArgumentHelp("The session, and the last event to copy.", valueName: "session[@seq]"))
        var place: SessionPlace
        @OptionGroup var store: StoreOptions
        @Flag(help: "For programs.") var json = false

        func run() async throws {
            guard let log = try store.openExisting() else { throw SessionError.unknownSession(place.session) }
            let child = SessionID()
            let event = try await log.fork(place.session, at: place.seq, into: child)
            try await log.close()
            guard json else { return _ = Standard.print(child.description) }
            let row: JSONValue = [
                "id": .string(child.description), "forked_from": .string(place.session.description),
                "at_seq": .number(JSONNumber(event.seq.previous.rawValue)),
            ]
            Standard.print(row.text)
        }
    }

    /// `bassi sessions resume`
    struct Resume: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Go on with a session: the same as bassi --resume SESSION.")

        @Argument(help: "The session's id.") var id: String
        @OptionGroup(title: "The agent") var agent: AgentOptions
        @OptionGroup(title: "The session") var session: SessionOptions
        @OptionGroup(title: "Output") var output: OutputOptions

        func run() async throws {
            var session = session
            session.resume = id
            try session.validate()
            try await Asking(agent: agent, session: session, output: output, prompt: nil).run()
        }
    }
}
