/// One thing that happened in a session, as it stands in the log. Immutable.
public struct Event: Sendable, Equatable {
    /// Unique in the world, rising in the process that made it.
    public let id: EventID
    /// The session to which it belongs.
    public let sessionID: SessionID
    /// Its position: 1, 2, 3 … without a hole, set by the store alone.
    public let seq: SequenceNumber
    /// The first position that it stands for, when it stands for several deltas; nil in a log, where each event stands
    /// for itself.
    public let firstSeq: SequenceNumber?
    /// The run to which it belongs; nil outside a run.
    public let runID: RunID?
    /// The event in the same session that led to this one.
    public let causeSeq: SequenceNumber?
    /// When it was made, by the clock of the process that made it.
    public let timestamp: Timestamp
    /// The version of the payload's form.
    public let schema: Int
    /// Its link of the hash chain; nil for deltas and in stores without a chain.
    public let hash: EventHash?
    /// Whether the payload was erased: what is left of it is its form, without a word of what it said.
    public let isErased: Bool
    /// What happened.
    public let payload: EventPayload
    /// The payload's members as JSON without the braces: encoded once, shared by all readers.
    public let payloadBytes: [UInt8]

    /// An event at its place in the log.
    public init(
        _ draft: EventDraft, sessionID: SessionID, seq: SequenceNumber, firstSeq: SequenceNumber? = nil,
        hash: EventHash? = nil, isErased: Bool = false
    ) {
        id = draft.id
        self.sessionID = sessionID
        self.seq = seq
        self.firstSeq = firstSeq
        runID = draft.runID
        causeSeq = draft.causeSeq
        timestamp = draft.timestamp
        schema = draft.schema
        self.hash = hash
        self.isErased = isErased
        payload = draft.payload
        payloadBytes = draft.payloadBytes
    }
}

extension Event {
    /// The same event as it stands in a copy of its session.
    public func moved(to session: SessionID) -> Event {
        Event(EventDraft(self), sessionID: session, seq: seq, firstSeq: firstSeq, hash: hash, isErased: isErased)
    }
}

/// An event before the store has given it a place: all but session, position and hash.
public struct EventDraft: Sendable, Equatable {
    /// Unique in the world.
    public let id: EventID
    /// The run to which it belongs; nil outside a run.
    public let runID: RunID?
    /// The event in the same session that led to this one.
    public let causeSeq: SequenceNumber?
    /// When it was made.
    public let timestamp: Timestamp
    /// The version of the payload's form.
    public let schema: Int
    /// What happened.
    public let payload: EventPayload
    /// The payload's members as JSON without the braces.
    public let payloadBytes: [UInt8]

    /// A draft; the payload is encoded here, in the caller's task, not in the store's writer.
    public init(
        _ payload: EventPayload, runID: RunID? = nil, causeSeq: SequenceNumber? = nil,
        id: EventID = EventID(),
        timestamp: Timestamp = .now
    ) {
        self.init(
            payload, bytes: payload.encoded, runID: runID, causeSeq: causeSeq, id: id,
            timestamp: timestamp, schema: 1)
    }

    /// An event without its place.
    public init(_ event: Event) {
        self.init(
            event.payload, bytes: event.payloadBytes, runID: event.runID, causeSeq: event.causeSeq, id: event.id,
            timestamp: event.timestamp, schema: event.schema)
    }

    /// The first event of its own of a copy of a session.
    public static func forking(
        _ session: SessionID, at position: SequenceNumber, into child: SessionID
    ) -> EventDraft {
        EventDraft(.sessionForked(SessionForked(intoSessionID: child, atSeq: position, fromSessionID: session)))
    }

    /// A draft whose payload is encoded already, as when it was read from a log.
    public init(
        _ payload: EventPayload, bytes: [UInt8], runID: RunID?, causeSeq: SequenceNumber?, id: EventID,
        timestamp: Timestamp, schema: Int
    ) {
        self.id = id
        self.runID = runID
        self.causeSeq = causeSeq
        self.timestamp = timestamp
        self.schema = schema
        self.payload = payload
        payloadBytes = bytes
    }
}
