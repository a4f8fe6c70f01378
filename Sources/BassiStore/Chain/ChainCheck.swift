import BassiEvents

/// Checks a stored stream, event by event: positions without a hole, links that fit, deltas that say what the end of
/// their block says, and the rules of every log.
///
///     var check = ChainCheck(session, forks: forks, compactedThrough: 0)
///     for row in rows { if let finding = check.next(row) { … } }
///     let finding = check.end(head: stored.head, chain: stored.chain)
public struct ChainCheck: Sendable {
    /// What is wrong, and where.
    public struct Finding: Sendable, Equatable, CustomStringConvertible {
        /// The session.
        public let session: SessionID
        /// The first position that is not as it was written; 0 for the stream as a whole.
        public let seq: SequenceNumber
        /// What is wrong with it.
        public let problem: String

        /// A finding.
        public init(session: SessionID, seq: SequenceNumber, problem: String) {
            self.session = session
            self.seq = seq
            self.problem = problem
        }

        /// One sentence.
        public var description: String { "session \(session), position \(seq): \(problem)" }
    }

    /// An event as it is stored.
    public struct Row: Sendable {
        /// The event.
        public let event: Event
        /// What its commitment was made with; empty once the payload was erased.
        public let salt: [UInt8]
        /// The commitment of an erased payload, which cannot be made again; nil for all others.
        public let commitment: [UInt8]?
        /// Whether the deltas that are missing before it were dropped by the store itself.
        public let mayFollowGap: Bool

        /// A row.
        public init(event: Event, salt: [UInt8], commitment: [UInt8]? = nil, mayFollowGap: Bool = false) {
            self.event = event
            self.salt = salt
            self.commitment = commitment
            self.mayFollowGap = mayFollowGap
        }
    }

    private let session: SessionID
    private let origins: EventOrigins
    private var chain = EventChain()
    private var rules = LogRules()
    private var deltas = DeltaCheck()
    private var head = SequenceNumber.start

    /// A check before the first event. `forks` are the stream's `session_forked` events: the links before each are those
    /// of the session that was copied.
    public init(_ session: SessionID, forks: [Event] = []) {
        self.session = session
        origins = EventOrigins(of: session, forks: forks)
    }

    /// The last link that was checked.
    public var lastLink: EventHash? { chain.head }

    /// The session in which the event at a position was written.
    public func origin(of seq: SequenceNumber) -> SessionID { origins.origin(of: seq) }

    /// Takes the next event of the stream.
    public mutating func next(_ row: Row) -> Finding? {
        let event = row.event
        defer { head = event.seq }
        if event.seq > head.next && row.mayFollowGap {
            rules.skipDroppedDeltas(through: SequenceNumber(event.seq.rawValue - 1))
            deltas.skip()
        } else if event.seq != head.next {
            return finding(event.seq, "position \(head.next) is missing before it")
        }
        if let problem = linkProblem(row) ?? deltas.problem(event) { return finding(event.seq, problem) }
        do { try rules.check(event) } catch { return finding(event.seq, error.rule) }
        return nil
    }

    /// The stream is over: it must end where its store says.
    public func end(head stored: SequenceNumber, chain last: EventHash?) -> Finding? {
        if head != stored {
            return finding(head.next, "the log ends here, but the store says that it goes on to \(stored)")
        }
        if chain.head != last { return finding(.start, "the last link is not the one that the store has noted") }
        return nil
    }

    private mutating func linkProblem(_ row: Row) -> String? {
        let event = row.event
        if event.payload.isDelta { return event.hash == nil ? nil : "a delta has a link, and must not" }
        guard let hash = event.hash else { return "it has no link" }
        let commitment = row.commitment ?? EventChain.commitment(salt: row.salt, payload: event.payloadBytes)
        let header = EventHeader(event, writtenIn: origin(of: event.seq))
        return chain.link(header, commitment: commitment) == hash
            ? nil : "its link does not fit: the event, or one before it, is not what was written"
    }

    private func finding(_ seq: SequenceNumber, _ problem: String) -> Finding {
        Finding(session: session, seq: seq, problem: problem)
    }
}

/// In which session each event of a log was written: a copy's first events are those of what it was copied from.
private struct EventOrigins: Sendable {
    private let session: SessionID
    private let parts: [(last: SequenceNumber, session: SessionID)]

    init(of session: SessionID, forks: [Event]) {
        self.session = session
        parts = forks.compactMap { event in
            guard case .sessionForked(let forked) = event.payload, let from = forked.fromSessionID else { return nil }
            return (SequenceNumber(event.seq.rawValue - 1), from)
        }
    }

    func origin(of seq: SequenceNumber) -> SessionID { parts.first { seq <= $0.last }?.session ?? session }
}

/// Holds the deltas of a block against its end. Where some of them were dropped or erased there is nothing to hold.
private struct DeltaCheck: Sendable {
    private var texts: [BlockID: String?] = [:]

    /// Some deltas of the open blocks are missing.
    mutating func skip() { for block in texts.keys { texts[block] = .some(nil) } }

    mutating func problem(_ event: Event) -> String? {
        switch event.payload {
        case .contentBlockStart(let start) where [.text, .thinking].contains(start.kind): texts[start.blockID] = ""
        case .tokenDelta(let delta):
            guard let known = texts[delta.blockID] else { break }
            texts[delta.blockID] = .some(event.isErased ? nil : known.map { $0 + delta.delta })
        case .contentBlockEnd(let end):
            guard let text = texts.removeValue(forKey: end.blockID) ?? nil, !event.isErased else { break }
            if !text.isEmpty, !says(event, end, text) { return "it does not say what its deltas say" }
        default: break
        }
        return nil
    }

    /// A text that lies in the blob store has its hash as its name.
    private func says(_ event: Event, _ end: ContentBlockEnd, _ text: String) -> Bool {
        let whole = (end.kind == .text ? end.text : end.thinking) ?? ""
        if let reference = event.blobReferences.first(where: { ["/text", "/thinking"].contains($0.at) }) {
            return BlobName(of: Array(text.utf8)).description == reference.blob
        }
        // There was no room for what had arrived.
        if end.interrupted == true, whole.contains(BlobPreview.mark) { return true }
        return text.utf8.elementsEqual(whole.utf8)
    }
}
