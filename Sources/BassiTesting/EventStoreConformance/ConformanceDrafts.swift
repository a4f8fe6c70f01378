import BassiEvents
import BassiStore

extension EventStoreConformance {
    /// What the checks filter by. No event has the type of the last but one; the last wants nothing at all.
    static let filters: [EventFilter] = [
        .all, .types(["session_ended"]), .types(["token_delta", "from_the_future"]), .types(["token_delta"]),
        .types(["tool_output_delta", "session_ended", "no\"such'type"]), .types(["no_such_type"]), .types([]),
    ]

    /// All that may become of a slow reader.
    static let policies: [SlowReaderPolicy] = [.lossless, .skipDeltas, .coalesceDeltas, .disconnect(after: 8)]

    /// The run of all deltas: those of one block belong to one.
    private static let run = RunID()

    /// A draft of one of four types: 0 and 2 are deltas, 3 is of another build. 4 and 6 are deltas of another place.
    static func draft(_ kind: Int, _ text: String = "x", at time: Int64? = nil) -> EventDraft {
        let isOther = kind % 8 > 3
        let payload: EventPayload =
            switch kind % 4 {
            case 0: .tokenDelta(TokenDelta(blockID: isOther ? "c" : "b", delta: text))
            case 1: .sessionEnded(SessionEnded(reason: text))
            case 2: .toolOutputDelta(ToolOutputDelta(toolID: "t", stream: isOther ? .stderr : .stdout, delta: text))
            default: .unknown(UnknownPayload(type: "from_the_future", rawJSON: Array(#""b": 1.0,"a":"\u00e9""#.utf8)))
            }
        return EventDraft(
            payload, runID: payload.isDelta ? run : kind % 3 == 0 ? nil : RunID(), causeSeq: kind % 2 == 0 ? nil : 3,
            timestamp: time.map(Timestamp.init(milliseconds:)) ?? .now)
    }

    /// So many drafts that no delta skips and no filter drops.
    static func ends(_ count: Int) -> [EventDraft] { (0..<count).map { draft(1, "\($0)") } }
}

extension SequenceNumber {
    init(_ value: Int) { self.init(Int64(value)) }
}
