import BassiEvents
import BassiModels
import BassiSession
import BassiStore

/// An answer that streams, word by word, and its end that has the whole.
struct StreamingDemonstration: Demonstration {
    let title = "Streaming: words arrive one by one, and every one of them is an event"

    func run(in folder: String) async throws -> [String] {
        var configuration = AgentConfiguration(model: "demo", folder: folder)
        configuration.providers = .standard(environment: [:], demo: DemoModel(delayMilliseconds: 15))
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration, store: store)
        var (words, whole, firstAt): ([String], String, Timestamp?) = ([], "", nil)
        Standard.write(Array("   ".utf8))
        for try await event in session.send("Hello, who are you?") {
            switch event.payload {
            case .tokenDelta(let token):
                firstAt = firstAt ?? event.timestamp
                words.append(token.delta)
                Standard.write(Array(token.delta.utf8))
            case .contentBlockEnd(let end): whole = end.text ?? ""
            default: break
            }
        }
        let last = try await store.read(session.id).last
        try await session.end()
        Standard.print("\n")
        let milliseconds = firstAt.flatMap { first in last.map { $0.timestamp.milliseconds - first.milliseconds } } ?? 0
        return [
            try NotProved.check(
                words.count > 10, "\(words.count) pieces came over \(milliseconds) ms, not one block at the end"),
            try NotProved.check(
                words.joined() == whole, "the block's end has the whole text: a reader may skip the pieces"),
        ]
    }
}
