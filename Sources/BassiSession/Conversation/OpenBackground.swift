import BassiEvents
import BassiStore

/// The commands in the background of a session, as its log says.
public struct OpenBackground: Sendable, Equatable {
    /// One that has no end yet.
    public struct Command: Sendable, Equatable {
        /// How it began.
        public let start: BackgroundStarted
        /// Where it began.
        public let seq: SequenceNumber
        /// Bytes of its output that are in the blob store.
        public internal(set) var keptBytes = 0
    }

    /// Those that have no end yet, in the order in which they began.
    public internal(set) var commands: [Command] = []
    /// How many there were in this session.
    public internal(set) var count = 0

    /// Whether the command that a call began has no end yet.
    func runs(_ toolID: ToolID) -> Bool { commands.contains { $0.start.toolID == toolID } }

    mutating func begin(_ start: BackgroundStarted, at seq: SequenceNumber) {
        count += 1
        commands.append(Command(start: start, seq: seq))
    }

    mutating func keep(_ output: BackgroundOutput) {
        guard let at = commands.firstIndex(where: { $0.start.toolID == output.toolID }) else { return }
        commands[at].keptBytes = output.from + output.bytes
    }

    mutating func end(_ end: BackgroundEnded) { commands.removeAll { $0.start.toolID == end.toolID } }

    /// The ends of all that have none.
    func ends(_ outcome: BackgroundOutcome) -> [EventPayload] {
        commands.map { .backgroundEnded(BackgroundEnded(toolID: $0.start.toolID, outcome: outcome)) }
    }

    /// The ends of those whose owner was killed, and of those that a copy of a session began in the original. What was
    /// shown of their output, and is in no blob yet, is put into one: what is only shown may be dropped later.
    func lost(in session: SessionID, of store: any EventStore) async -> [EventPayload] {
        var ends: [EventPayload] = []
        for command in commands {
            let (toolID, shown) = (command.start.toolID, command.keptBytes == 0)
            let text = shown ? (try? await Self.shown(of: command, in: session, store)) ?? "" : ""
            let name = text.isEmpty ? nil : try? await store.blobs.put(Array(text.utf8), in: session)
            ends.append(
                .backgroundEnded(
                    BackgroundEnded(
                        toolID: toolID, outputFile: name?.description, outcome: .lost,
                        outputFrom: name == nil ? nil : 0)))
        }
        return ends
    }

    /// No more is shown of a command than ``BackgroundText/liveBytesMax``.
    private static func shown(
        of command: Command, in session: SessionID, _ store: any EventStore
    ) async throws -> String {
        var (text, position) = ("", command.seq)
        while true {
            let page = try await store.read(
                session, after: position, where: .types(.toolOutputDelta), limit: 256)
            guard let last = page.last else { return text }
            for case .toolOutputDelta(let delta) in page.map(\.payload) where delta.toolID == command.start.toolID {
                text += delta.delta
            }
            position = last.seq
        }
    }
}
