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
    /// The deltas of these positions were skipped, as the policy says.
    case lagged(from: SequenceNumber, to: SequenceNumber)
}

/// What happens to a follower that reads more slowly than events come. None of them ever slows an append.
public enum SlowReaderPolicy: Sendable, Equatable {
    /// It gets everything, later.
    case lossless
    /// It gets no deltas, and a `lagged` before the next event that says which positions those were.
    case skipDeltas
}

/// A cursor over a stream, as an asynchronous sequence that ends only by cancellation, an error, or `ahead`.
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

        /// The next delivery; nil after `ahead`.
        ///
        /// - Throws: `CancellationError` when the task is cancelled, or the store's error.
        public mutating func next() async throws -> Delivery? {
            while true {
                switch state.next() {
                case .deliver(let delivery): return delivery
                case .read(let position):
                    try Task.checkCancellation()
                    let page = try await store.read(session, after: position, where: .all, limit: 256)
                    let head = page.isEmpty ? try await store.head(of: session) : page.last?.seq
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
        self.page = page[...]
        guard page.isEmpty else { return }
        let head = head ?? .start
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
        position = event.seq
        guard filter.matches(event) else { return }
        if policy == .skipDeltas && event.payload.isDelta {
            skipped = (skipped?.from ?? event.seq, event.seq)
        } else {
            sayWhatWasSkipped()
            pending.append(.event(event))
        }
    }

    private mutating func sayWhatWasSkipped() {
        guard let range = skipped else { return }
        skipped = nil
        pending.append(.lagged(from: range.from, to: range.to))
    }
}
