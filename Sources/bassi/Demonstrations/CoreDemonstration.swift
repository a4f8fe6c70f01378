import BassiEvents
import BassiStore

/// Events and their store, without any model.
struct CoreDemonstration: Demonstration {
    let title = "The core without any key: events, a store, a cursor"

    func run(in folder: String) async throws -> [String] {
        let (store, session) = (MemoryEventStore(), SessionID())
        let started = EventDraft(.sessionStarted(SessionStarted(metadata: SessionMetadata(bassiVersion: "demo"))))
        let ended = EventDraft(.sessionEnded(SessionEnded(reason: "that was all")))
        _ = try await store.append([started], to: session, expecting: .noStream)
        _ = try await store.append([ended], to: session, expecting: .exact(1))
        var refusal: StoreError?
        do { _ = try await store.append([ended], to: session, expecting: .exact(1)) } catch let error as StoreError {
            refusal = error
        }
        var delivered: [Event] = []
        for try await delivery in store.follow(session) {
            if case .event(let event) = delivery { delivered.append(event) }
            if case .caughtUp = delivery { break }
        }
        for event in delivered { Standard.print("   \(String(decoding: EventCoder.encode(event), as: UTF8.self))") }
        Standard.print("")
        let back = try delivered.map { try EventCoder.decode(EventCoder.encode($0)) }
        return [
            try NotProved.check(delivered.map(\.seq) == [1, 2], "positions are 1, 2, 3 … in each session"),
            try NotProved.check(
                refusal == .conflict(session: session, expected: .exact(1), actual: 2),
                "two writers cannot both win: the second append was refused"),
            try NotProved.check(back == delivered, "an event decodes to what was encoded"),
        ]
    }
}
