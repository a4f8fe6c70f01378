import BassiEvents
import BassiModels
import BassiSession
import BassiStore
import BassiTools

/// Several prompts in one session, each with what was before.
struct TurnsDemonstration: Demonstration {
    let title = "Several turns: one session, one log, the whole conversation every time"

    func run(in folder: String) async throws -> [String] {
        try "Swift\nSQLite\nSurprise\n".write(toFile: folder + "/notes.txt", atomically: true, encoding: .utf8)
        var configuration = AgentConfiguration(model: "demo", tools: [.listFiles, .readFile], folder: folder)
        configuration.providers = .standard(environment: [:])
        let store = MemoryEventStore()
        let session = try await AgentSession.start(configuration, store: store)
        var messageCounts: [Int] = []
        for prompt in ["What is in this directory?", "Read notes.txt"] {
            Standard.print("   > \(prompt)")
            for try await event in session.send(prompt) {
                if case .requestSent(let sent) = event.payload { messageCounts.append(sent.messageCount) }
                if case .contentBlockEnd(let end) = event.payload, let text = end.text {
                    for line in text.split(separator: "\n") { Standard.print("   \(line)") }
                }
            }
            Standard.print("")
        }
        let statistics = try await session.statistics
        let conversation = Conversation(folding: try await store.read(session.id))
        try await session.end()
        return [
            try NotProved.check(
                statistics.runs == 2 && statistics.turns == 4 && statistics.toolCalls == 2,
                "2 prompts led to 4 messages of the model and 2 tool calls"),
            try NotProved.check(
                messageCounts == messageCounts.sorted() && Set(messageCounts).count == 4,
                "each request had more of the conversation than the last: \(messageCounts) messages"),
            try NotProved.check(
                conversation.lastText.contains("Surprise"), "the conversation is folded from the log alone"),
        ]
    }
}
