import BassiEvents

/// What one request to a model used, as its `request_ended` says. Completed or cut, an answer or a summary: each request
/// has exactly one end, so each is counted once.
public struct RequestUse: Sendable, Equatable {
    /// The event that says so. A copy of a session shares it.
    public let id: EventID
    /// When the request ended.
    public let endedAt: Timestamp
    /// The model, as people choose it: `anthropic/claude-sonnet-5-5`, or `demo`.
    public let model: String
    /// Its tokens; nil where it broke off before they were known.
    public let usage: Usage?
    /// What it cost; nil where the price or the tokens are not known.
    public let costUSD: Money?
}

/// What a session used: a fold of few of its events.
///
/// A copy of a session begins with events that were written, and paid for, in another. Those are kept apart by the
/// session in which they were written; its own come after its `session_forked`.
public struct SessionUse: Sendable, Equatable {
    /// Requests of a session that this one is a copy of.
    public struct Shared: Sendable, Equatable {
        /// The session in which they were made; nil where an older program did not say.
        public let origin: SessionID?
        /// The requests.
        public let requests: [RequestUse]
    }

    /// The events that are read.
    public static let types: Set<String> = ["request_sent", "request_ended", "session_forked"]

    /// The session.
    public let id: SessionID
    /// Its own requests, oldest first.
    public internal(set) var own: [RequestUse] = []
    /// Those that it shares, oldest first.
    public internal(set) var shared: [Shared] = []
    /// The model that was asked last.
    var model = "unknown"

    /// A session of which nothing is known yet.
    public init(_ id: SessionID) { self.id = id }

    /// Takes the next event.
    public mutating func apply(_ event: Event) {
        switch event.payload {
        case .requestSent(let sent):
            model = sent.provider == sent.model ? sent.model : "\(sent.provider)/\(sent.model)"
        case .requestEnded(let ended): take(ended, of: event)
        case .sessionForked(let forked):
            // A fork that says of itself that it begins here; the event of a parent in between is shared as well.
            shared.append(Shared(origin: forked.fromSessionID, requests: own))
            own = []
        default: break
        }
    }

    /// A request that was never answered has no tokens and is none to count. One that was cut has some, known or not.
    private mutating func take(_ ended: RequestEnded, of event: Event) {
        guard ended.usage != nil || ended.outcome == .cut else { return }
        own.append(
            RequestUse(
                id: event.id, endedAt: event.timestamp, model: model, usage: ended.usage, costUSD: ended.costUSD))
    }
}
