import ArgumentParser
import BassiEvents
import BassiSession
import BassiStore
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

    @OptionGroup var place: StoreOptions

    func validate() throws {
        guard after >= 0 else { throw ValidationError("--after takes a position: 0, 1, 2, …") }
        guard SessionID(session) != nil else { throw ValidationError("'\(session)' is not a session's id") }
    }

    func run() async throws {
        guard let id = SessionID(session) else { return }
        guard let store = try place.openExisting(), try await store.head(of: id) != nil else {
            throw SessionError.unknownSession(id)
        }
        let filter = types.isEmpty ? EventFilter.all : .types(Set(types))
        for try await delivery in store.follow(id, after: SequenceNumber(after), where: filter) {
            switch delivery {
            case .event(let event), .erased(let event):
                // Whoever read has left, as `head` does: that is no failure.
                guard await Standard.send(EventCoder.encode(event) + [0x0A]) else { return try await store.close() }
            case .compacted(let from, let to):
                // The deltas of these positions are gone; a hole is never silent.
                let note: JSONValue = [
                    "type": "compacted", "from": .number(JSONNumber(from.rawValue)),
                    "to": .number(JSONNumber(to.rawValue)),
                ]
                guard await Standard.send(note.encoded + [0x0A]) else { return try await store.close() }
            case .caughtUp where !follow: return try await store.close()
            case .ahead(let head): throw ExitWith.usage("the log ends at \(head), before --after \(after)")
            case .caughtUp, .unknownStream, .lagged, .disconnected: break
            }
        }
    }
}
