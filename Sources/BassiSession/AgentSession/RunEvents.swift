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

    private let beginning: Beginning
    private let session: AgentSession

    init(_ beginning: Beginning, session: AgentSession) {
        self.beginning = beginning
        self.session = session
    }

    /// Sends the prompt when the first event is asked for.
    public func makeAsyncIterator() -> Iterator { Iterator(beginning: beginning, session: session) }

    /// Follows the log and keeps what belongs to the run.
    public struct Iterator: AsyncIteratorProtocol {
        let beginning: Beginning
        let session: AgentSession
        private var deliveries: Subscription.Iterator?
        private var run: RunID?
        private var isOver = false

        init(beginning: Beginning, session: AgentSession) {
            self.beginning = beginning
            self.session = session
        }

        /// The next event of the run; nil after its end.
        ///
        /// - Throws: the session's or the store's error, `CancellationError` when the task is cancelled.
        public mutating func next() async throws -> Event? {
            if isOver { return nil }
            if deliveries == nil { try await begin() }
            while let delivery = try await deliveries?.next() {
                guard case .event(let event) = delivery, event.runID == run else { continue }
                switch event.payload {
                case .runCompleted, .runCancelled: isOver = true
                default: break
                }
                return event
            }
            throw SessionError.ended(await session.failure() ?? "its log ended")
        }

        private mutating func begin() async throws {
            switch beginning {
            case .prompt(let prompt):
                let receipt = try await session.prompt(prompt)
                run = receipt.runID
                deliveries = session.follow(after: receipt.seq.previous).makeAsyncIterator()
            case .resume:
                guard let open = await session.openRun() else {
                    isOver = true
                    return
                }
                run = open.id
                let head = try await session.head
                try await session.resume()
                deliveries = session.follow(after: head).makeAsyncIterator()
            }
        }
    }
}
