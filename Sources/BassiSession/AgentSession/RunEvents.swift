import BassiEvents
import BassiStore

/// The events of one run, from its prompt to its end, as they come.
public struct RunEvents: AsyncSequence, Sendable {
    /// What the sequence gives.
    public typealias Element = Event

    enum Beginning: Sendable {
        case prompt(Prompt)
        case resume
    }

    let beginning: Beginning
    let session: AgentSession
    /// Everything after this position is given, whatever run it belongs to; nil for the run's own events.
    var position: SequenceNumber?

    /// The same with all that is in the log after a position, until the run's end.
    public func withLog(after position: SequenceNumber) -> RunEvents {
        RunEvents(beginning: beginning, session: session, position: position)
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
                    page = try await sequence.session.events(after: position)[...]
                    continue
                }
                position = event.seq
                isOver = event.runID == run && event.payload.endsRun
                if sequence.position != nil || event.runID == run { return event }
            }
            return nil
        }

        private mutating func begin() async throws {
            let session = sequence.session
            switch sequence.beginning {
            case .prompt(let prompt):
                let receipt = try await session.prompt(prompt)
                run = receipt.runID
                position = sequence.position ?? receipt.seq.previous
            case .resume:
                guard let open = await session.openRun() else {
                    isOver = true
                    return
                }
                run = open.id
                let head = try await session.head
                position = sequence.position ?? head
                try await session.resume()
            }
        }
    }
}
