import BassiEvents

/// What a follower gets.
public enum Delivery: Sendable, Equatable {
    /// The next event that it wants.
    case event(Event)
    /// Everything stored up to this position has been delivered; what follows is live. Said once.
    case caughtUp(SequenceNumber)
    /// Nothing was ever added to this stream. Said once, in place of `caughtUp`; the follower goes on waiting.
    case unknownStream
    /// The follower knows more than the log, as after a backup was restored; the log ends at this position. It must
    /// start afresh: nothing else is delivered.
    case ahead(head: SequenceNumber)
    /// An event whose payload was erased: its place, its link and its form are left, and no word of what it said.
    case erased(Event)
    /// These positions held deltas of blocks that have ended; they are gone from the log, and the end of each block has
    /// the whole.
    case compacted(from: SequenceNumber, to: SequenceNumber)
    /// The deltas of these positions were skipped, as the policy says.
    case lagged(from: SequenceNumber, to: SequenceNumber)
    /// The follower fell further behind than its policy allows: it has everything up to `after`, and the log ends at
    /// `head`. Nothing else is delivered; it may follow again after that position.
    case disconnected(after: SequenceNumber, head: SequenceNumber)
}

/// What happens to a follower that reads more slowly than events come. None of them ever slows an append.
public enum SlowReaderPolicy: Sendable, Equatable {
    /// It gets everything, later.
    case lossless
    /// It gets no deltas, and a `lagged` before the next event that says which positions those were.
    case skipDeltas
    /// It gets deltas of one block, or of one call and stream, that stand directly one after the other and were not
    /// read yet, as one event: its `seq` is the last position, its `firstSeq` the first.
    case coalesceDeltas
    /// It gets everything, until it has been at the end of the stream once and is then found to be more than so many
    /// events behind: the last delivery is `disconnected`. Choose more than the largest batch that is appended.
    ///
    /// How far behind it is, is looked at whenever it has taken what was read for it, at most 256 events.
    case disconnect(after: Int)
}

/// A cursor over a stream, as an asynchronous sequence that ends only by cancellation, an error, `ahead` or `disconnected`.
public struct Subscription: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = Delivery

    private let state: FollowerState
    private let store: any EventStore
    private let session: SessionID

    init(
        store: any EventStore, session: SessionID, after position: SequenceNumber, filter: EventFilter,
        policy: SlowReaderPolicy
    ) {
        self.store = store
        self.session = session
        state = FollowerState(position: position, filter: filter, policy: policy)
    }

    /// A reader of its own at the subscription's position.
    public func makeAsyncIterator() -> Iterator { Iterator(state: state, store: store, session: session) }

    /// Performs what ``FollowerState`` decides.
    public struct Iterator: AsyncIteratorProtocol {
        var state: FollowerState
        let store: any EventStore
        let session: SessionID

        /// The next delivery; nil after `ahead` and `disconnected`.
        ///
        /// - Throws: `CancellationError` when the task is cancelled, or the store's error.
        public mutating func next() async throws -> Delivery? {
            while true {
                switch state.next() {
                case .deliver(let delivery): return delivery
                case .read(let position):
                    try Task.checkCancellation()
                    let page = try await store.read(session, after: position, where: .all, limit: 256)
                    // Asked for after the page, so it is never before the page's end.
                    let asks = page.isEmpty || state.measuresLag
                    let head = asks ? try await store.head(of: session) : page.last?.seq
                    state.received(page, head: head)
                case .wait(let position): try await store.waitForEvents(in: session, after: position)
                case .finish: return nil
                }
            }
        }
    }
}

/// A follower as a value: what it holds, and what it does next. The iterator only performs.
struct FollowerState: Sendable {
    enum Action: Equatable {
        case deliver(Delivery)
        case read(after: SequenceNumber)
        case wait(after: SequenceNumber)
        case finish
    }

    private enum Phase { case reading, waiting, finished }

    private var position: SequenceNumber
    private let filter: EventFilter
    private let policy: SlowReaderPolicy
    private var phase = Phase.reading
    private var isLive = false
    private var page: ArraySlice<Event> = []
    private var skipped: (from: SequenceNumber, to: SequenceNumber)?
    private var pending: [Delivery] = []

    init(position: SequenceNumber, filter: EventFilter, policy: SlowReaderPolicy) {
        self.position = position
        self.filter = filter
        self.policy = policy
    }

    /// Whether it wants to know where the stream ends with every page, and not with an empty one only.
    var measuresLag: Bool { isLive && lagMax != nil }

    private var lagMax: Int64? {
        switch policy {
        case .disconnect(let events): Int64(events)
        case .lossless, .skipDeltas, .coalesceDeltas: nil
        }
    }

    mutating func next() -> Action {
        while pending.isEmpty, let event = page.popFirst() { take(event) }
        if !pending.isEmpty { return .deliver(pending.removeFirst()) }
        switch phase {
        case .reading: return .read(after: position)
        case .waiting:
            phase = .reading
            return .wait(after: position)
        case .finished: return .finish
        }
    }

    /// Takes the page that was read after the position, and where the stream ended then.
    ///
    /// An empty page with a head past the position lost a race with an append: the next step reads again.
    mutating func received(_ page: [Event], head: SequenceNumber?) {
        let head = head ?? .start
        if isLive, let lagMax, head.rawValue - position.rawValue > lagMax {
            pending.append(.disconnected(after: position, head: head))
            phase = .finished
            return
        }
        self.page = page[...]
        guard page.isEmpty else { return }
        if head < position {
            pending = [.ahead(head: head)]
            phase = .finished
        } else if head == position {
            sayWhatWasSkipped()
            if !isLive { pending.append(head == .start ? .unknownStream : .caughtUp(head)) }
            isLive = true
            phase = .waiting
        }
    }

    private mutating func take(_ event: Event) {
        if event.seq > position.next { sayWhatIsGone(from: position.next, to: SequenceNumber(event.seq.rawValue - 1)) }
        position = event.seq
        guard filter.matches(event) else { return }
        switch policy {
        case .skipDeltas where event.payload.isDelta: skipped = (skipped?.from ?? event.seq, event.seq)
        case .coalesceDeltas:
            let whole = event.coalesced(withFirstOf: &page)
            position = whole.seq
            deliver(whole)
        case .lossless, .skipDeltas, .disconnect:
            sayWhatWasSkipped()
            deliver(event)
        }
    }

    private mutating func deliver(_ event: Event) { pending.append(event.isErased ? .erased(event) : .event(event)) }

    /// A gap is where deltas were dropped; whoever wants none misses nothing.
    private mutating func sayWhatIsGone(from: SequenceNumber, to: SequenceNumber) {
        guard filter.wantsDeltas else { return }
        sayWhatWasSkipped()
        pending.append(.compacted(from: from, to: to))
    }

    private mutating func sayWhatWasSkipped() {
        guard let range = skipped else { return }
        skipped = nil
        pending.append(.lagged(from: range.from, to: range.to))
    }
}
