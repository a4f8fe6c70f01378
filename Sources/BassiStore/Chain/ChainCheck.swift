import BassiEvents

/// Checks a stored stream, event by event: positions without a hole, links that fit, and the rules of every log.
///
///     var check = ChainCheck()
///     for (event, salt) in rows { if let finding = check.next(event, salt: salt) { … } }
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

    private let session: SessionID
    private var chain = EventChain()
    private var rules = LogRules()
    private var head = SequenceNumber.start

    /// A check before the first event.
    public init(_ session: SessionID) { self.session = session }

    /// Takes the next event of the stream with its salt.
    public mutating func next(_ event: Event, salt: [UInt8]) -> Finding? {
        defer { head = event.seq }
        if event.seq != head.next { return finding(event.seq, "position \(head.next) is missing before it") }
        if let problem = linkProblem(event, salt) { return finding(event.seq, problem) }
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

    private mutating func linkProblem(_ event: Event, _ salt: [UInt8]) -> String? {
        if event.payload.isDelta { return event.hash == nil ? nil : "a delta has a link, and must not" }
        guard let hash = event.hash else { return "it has no link" }
        let commitment = EventChain.commitment(salt: salt, payload: event.payloadBytes)
        return chain.link(EventHeader(event), commitment: commitment) == hash
            ? nil : "its link does not fit: the event, or one before it, is not what was written"
    }

    private func finding(_ seq: SequenceNumber, _ problem: String) -> Finding {
        Finding(session: session, seq: seq, problem: problem)
    }
}
