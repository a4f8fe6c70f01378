import BassiEvents
import BassiModels
import BassiSQLite
import BassiSession
import BassiStore

/// A client that leaves in the middle and comes back, also after the program was started again.
struct ReconnectDemonstration: Demonstration {
    let title = "Replay: a client that comes back misses nothing and sees nothing twice"

    func run(in folder: String) async throws -> [String] {
        let path = folder + "/log.sqlite"
        let store = try SQLiteEventStore(path: path)
        var configuration = AgentConfiguration(model: "demo", folder: folder)
        configuration.providers = .standard(environment: [:], demo: DemoModel(delayMilliseconds: 2))
        let session = try await AgentSession.start(configuration, store: store)

        // The first connection breaks in the middle of the answer; the run goes on without it.
        var seen: [Event] = []
        let run = try await session.prompt(Prompt("Tell me who you are."))
        for try await delivery in session.follow() {
            if case .event(let event) = delivery { seen.append(event) }
            if seen.count == 12 { break }
        }
        Standard.print("   connected, saw events 1 to \(seen.count), and the connection broke")
        for try await delivery in session.follow(after: run.seq) {
            if case .event(let event) = delivery, event.payload.endsRun { break }
        }
        try await session.close()
        try await store.close()

        // Another program opens the same file; the client says what it saw last.
        let reopened = try SQLiteEventStore(path: path)
        let position = seen.last?.seq ?? .start
        for try await delivery in reopened.follow(session.id, after: position) {
            if case .event(let event) = delivery { seen.append(event) }
            if case .caughtUp(let head) = delivery {
                Standard.print(
                    "   came back after the restart with \"after \(position)\", got \(head.rawValue - position.rawValue) more\n"
                )
                break
            }
        }
        let whole = try await reopened.read(session.id)
        try await reopened.close()
        return [
            try NotProved.check(
                seen.map(\.seq.rawValue) == Array(1...Int64(seen.count)),
                "the client has the positions 1 to \(seen.count) without a hole or a repeat"),
            try NotProved.check(
                seen.map(EventCoder.encode) == whole.map(EventCoder.encode),
                "what came live and what was stored are the same bytes"),
        ]
    }
}
