import BassiEvents

/// How much of a stream one event holds: deltas of one block that came together become one, and one that is too long
/// becomes several.
enum DeltaPieces {
    /// The longest delta.
    static let deltaBytesMax = 64 << 10

    /// Deltas of one block that came together become one.
    static func joined(_ payloads: [EventPayload]) -> [EventPayload] {
        var joined: [EventPayload] = []
        for payload in payloads {
            if case .tokenDelta(let delta) = payload, case .tokenDelta(let last)? = joined.last,
                last.blockID == delta.blockID, last.delta.utf8.count + delta.delta.utf8.count <= deltaBytesMax
            {
                joined[joined.count - 1] = .tokenDelta(
                    TokenDelta(blockID: last.blockID, delta: last.delta + delta.delta))
            } else {
                joined.append(payload)
            }
        }
        return joined
    }

    /// The payload, or for a delta that is too long the deltas that join to it.
    static func pieces(_ payload: EventPayload) -> [EventPayload] {
        switch payload {
        case .tokenDelta(let delta) where delta.delta.utf8.count > deltaBytesMax:
            pieces(delta.delta).map { .tokenDelta(TokenDelta(blockID: delta.blockID, delta: $0)) }
        case .toolOutputDelta(let delta) where delta.delta.utf8.count > deltaBytesMax:
            pieces(delta.delta).map {
                .toolOutputDelta(ToolOutputDelta(toolID: delta.toolID, stream: delta.stream, delta: $0))
            }
        default: [payload]
        }
    }

    /// Cut between the scalars of the text.
    private static func pieces(_ text: String) -> [String] {
        var pieces: [String] = []
        var rest = Array(text.utf8)[...]
        while rest.count > deltaBytesMax {
            var end = rest.startIndex + deltaBytesMax
            while rest[end] & 0xC0 == 0x80 { end -= 1 }
            pieces.append(String(decoding: rest[..<end], as: UTF8.self))
            rest = rest[end...]
        }
        return pieces + [String(decoding: rest, as: UTF8.self)]
    }
}
