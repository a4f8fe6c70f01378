/// One dispatched event of an event stream (WHATWG HTML, section 9.2.6).
public struct ServerSentEvent: Sendable, Hashable {
    /// The event type: the last `event` field, or `message` if there was none.
    public var event: String
    /// The values of the `data` fields, joined by line feeds.
    public var data: String
    /// The last event id of the stream, which sticks to later events; nil until a stream sets one.
    public var id: String?

    /// Makes an event from its parts.
    public init(event: String = "message", data: String, id: String? = nil) {
        self.event = event
        self.data = data
        self.id = id
    }
}

/// What a parser saw in an event stream, in the order of the bytes.
public enum ServerSentEventOutput: Sendable, Hashable {
    /// An event whose blank line was seen.
    case event(ServerSentEvent)
    /// A comment line, without its colon. Providers send them to keep a connection alive.
    case comment(String)
    /// The peer asks to wait so long before a new connection.
    case retry(milliseconds: Int)
    /// A blank line ended a block with an `id` and no data: the priming event of MCP up to 2025-11-25.
    case lastEventID(String)
}

/// Why an event stream cannot be read further. The parser must not be used again afterwards.
public enum ServerSentEventError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A line is longer than the cap, without its line end.
    case lineTooLong(lineBytesMax: Int)
    /// The data of one event is longer than the cap.
    case eventTooLarge(eventBytesMax: Int)

    /// A sentence with the cap and the next step.
    public var description: String {
        switch self {
        case .lineTooLong(let cap):
            "A line of the event stream is longer than \(cap) bytes; raise lineBytesMax or check the server."
        case .eventTooLarge(let cap):
            "An event of the stream is larger than \(cap) bytes; raise eventBytesMax or check the server."
        }
    }
}
