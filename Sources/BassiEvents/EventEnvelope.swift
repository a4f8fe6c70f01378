/// All of an event but its type and payload, as it stands in its line: for whoever has the payload as bytes and needs no
/// more than that.
public struct EventEnvelope: Sendable {
    let id: EventID
    let session: SessionID
    let seq: SequenceNumber
    let firstSeq: SequenceNumber?
    let runID: RunID?
    let causeSeq: SequenceNumber?
    let timestamp: Timestamp
    let schema: Int
    let hash: EventHash?
    let isErased: Bool

    /// An envelope.
    public init(
        id: EventID, session: SessionID, seq: SequenceNumber, runID: RunID?, causeSeq: SequenceNumber?,
        timestamp: Timestamp, schema: Int, hash: EventHash?, isErased: Bool
    ) {
        self.id = id
        self.session = session
        self.seq = seq
        firstSeq = nil
        self.runID = runID
        self.causeSeq = causeSeq
        self.timestamp = timestamp
        self.schema = schema
        self.hash = hash
        self.isErased = isErased
    }

    init(_ event: Event) {
        id = event.id
        session = event.sessionID
        seq = event.seq
        firstSeq = event.firstSeq
        runID = event.runID
        causeSeq = event.causeSeq
        timestamp = event.timestamp
        schema = event.schema
        hash = event.hash
        isErased = event.isErased
    }

    /// Writes the members behind `type`, a comma before each.
    func write(to json: inout JSONWriter) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: Self.bytesMax) { buffer in
            var text = ShortText(buffer: buffer)
            text.put(",\"event_id\":\"")
            text.put(id.uuid)
            text.put("\",\"session_id\":\"")
            text.put(session.uuid)
            text.put("\",\"seq\":")
            text.put(seq.rawValue)
            if let firstSeq { text.put(",\"first_seq\":", firstSeq.rawValue) }
            if let runID {
                text.put(",\"run_id\":\"")
                text.put(runID.uuid)
                text.put("\"")
            }
            if let causeSeq { text.put(",\"cause_seq\":", causeSeq.rawValue) }
            text.put(",\"timestamp\":\"")
            timestamp.withText { text.put($0) }
            text.put("\"")
            if schema != 1 { text.put(",\"schema\":", Int64(schema)) }
            if let hash {
                text.put(",\"hash\":\"")
                hash.withDigits { text.put($0) }
                text.put("\"")
            }
            json.raw(UnsafeBufferPointer(rebasing: buffer[..<text.count]))
        }
    }

    /// All members with the longest of their values have fewer bytes.
    private static let bytesMax = 512
}

/// A text in a buffer that is known to be long enough.
private struct ShortText {
    let buffer: UnsafeMutableBufferPointer<UInt8>
    private(set) var count = 0

    init(buffer: UnsafeMutableBufferPointer<UInt8>) { self.buffer = buffer }

    mutating func put(_ text: StaticString) { text.withUTF8Buffer { put($0) } }

    mutating func put(_ bytes: UnsafeBufferPointer<UInt8>) {
        _ = UnsafeMutableBufferPointer(rebasing: buffer[count...]).initialize(from: bytes)
        count += bytes.count
    }

    mutating func put(_ uuid: UUIDv7) { uuid.withDigits { put($0) } }

    mutating func put(_ key: StaticString, _ value: Int64) {
        put(key)
        put(value)
    }

    mutating func put(_ value: Int64) {
        var (rest, digits) = (value.magnitude, 1)
        while rest >= 10 { (rest, digits) = (rest / 10, digits + 1) }
        if value < 0 { put("-") }
        rest = value.magnitude
        for index in stride(from: count + digits - 1, through: count, by: -1) {
            buffer[index] = UInt8(ascii: "0") + UInt8(rest % 10)
            rest /= 10
        }
        count += digits
    }
}

/// Lines of a log, one for each event, in one piece: what is printed, sent and exported, without a copy for each.
public struct EventLines: Sendable, Equatable {
    /// The lines, each with its end.
    public private(set) var bytes: [UInt8] = []
    /// The positions of the events, in order, and where each one's line ends in `bytes`.
    public private(set) var places: [Place] = []

    /// An event's line.
    public struct Place: Sendable, Equatable {
        /// The event's position.
        public let seq: SequenceNumber
        /// Where its line ends.
        public let end: Int
    }

    /// No lines.
    public init() {}

    /// The last position; nil when there is no line.
    public var last: SequenceNumber? { places.last?.seq }

    /// Adds an event.
    public mutating func append(_ event: Event) { append(EventCoder.encode(event), at: event.seq) }

    /// Adds an event whose payload is lent as bytes.
    public mutating func append(
        _ envelope: EventEnvelope, type: UnsafeBufferPointer<UInt8>, payload: UnsafeBufferPointer<UInt8>
    ) {
        var json = JSONWriter(appendingTo: &bytes)
        json.raw("{\"type\":")
        json.write(utf8: type)
        envelope.write(to: &json)
        if envelope.isErased { json.raw(",\"erased\":true") }
        if !payload.isEmpty {
            json.raw(",")
            json.raw(payload)
        }
        json.raw("}\n")
        bytes = json.take()
        places.append(Place(seq: envelope.seq, end: bytes.count))
    }

    private mutating func append(_ line: [UInt8], at seq: SequenceNumber) {
        bytes += line
        bytes.append(0x0A)
        places.append(Place(seq: seq, end: bytes.count))
    }
}
