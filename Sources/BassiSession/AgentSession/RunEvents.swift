import BassiEvents
import BassiStore

/// The events of one run, from its prompt to its end, as they come.
public struct RunEvents: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = Event

    /// Begins the run, and says which it is and what is before it; nil when there is none.
    let begin: @Sendable () async throws -> (run: RunID, before: SequenceNumber)?
    /// The next events after a position, waited for: at least one.
    let read: @Sendable (SequenceNumber) async throws -> [Event]
    /// Everything after this position is given, whatever run it belongs to; nil for the run's own events.
    private(set) var position: SequenceNumber?

    init(
        begin: @escaping @Sendable () async throws -> (run: RunID, before: SequenceNumber)?,
        read: @escaping @Sendable (SequenceNumber) async throws -> [Event]
    ) {
        self.begin = begin
        self.read = read
    }

    /// The same with all that is in the log after a position, until the run's end.
    public func withLog(after position: SequenceNumber) -> RunEvents {
        var copy = self
        copy.position = position
        return copy
    }

    /// Sends the prompt when the first event is asked for.
    public func makeAsyncIterator() -> Iterator { Iterator(sequence: self) }

    /// Reads the log page by page.
    public struct Iterator: AsyncIteratorProtocol {
        let sequence: RunEvents
        private var run: RunID?
        private var position = SequenceNumber.start
        private var page: ArraySlice<Event> = []
        private var isOver = false

        init(sequence: RunEvents) { self.sequence = sequence }

        /// The next event; nil after the run's end.
        ///
        /// - Throws: the session's or the store's error, `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> Event? {
            if run == nil { try await begin() }
            while !isOver {
                guard let event = page.popFirst() else {
                    page = try await sequence.read(position)[...]
                    continue
                }
                position = event.seq
                isOver = event.runID == run && event.payload.endsRun
                if sequence.position != nil || event.runID == run { return event }
            }
            return nil
        }

        private mutating func begin() async throws {
            guard let (run, before) = try await sequence.begin() else {
                isOver = true
                return
            }
            self.run = run
            // A prompt that was sent before, with its key, is from before whatever is new.
            position = Swift.min(sequence.position ?? before, before)
        }
    }
}
