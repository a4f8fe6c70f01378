import ArgumentParser
import BassiEvents

/// The session that a command is about, as its first argument.
struct SessionArgument: ParsableArguments {
    @Argument(help: "The session's id.") var session: String

    func validate() throws { _ = try id }

    var id: SessionID {
        get throws {
            guard let id = SessionID(session) else { throw ValidationError("'\(session)' is not a session's id") }
            return id
        }
    }
}
