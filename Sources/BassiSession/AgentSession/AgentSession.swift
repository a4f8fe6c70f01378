import BassiEvents
import BassiModels
import BassiStore
import BassiTools

/// An agent at work: one session, owned by this process.
///
///     let session = try await AgentSession.start(configuration, store: store)
///     for try await event in session.send("What is 2+2?") {
///         if case .tokenDelta(let token) = event.payload { print(token.delta, terminator: "") }
///     }
///     try await session.end()
public final class AgentSession: SessionClient {
    /// What a session has used so far.
    public struct Statistics: Sendable, Equatable {
        /// Runs that have ended.
        public var runs = 0
        /// Messages of the model.
        public var turns = 0
        /// Tool calls that have ended.
        public var toolCalls = 0
        /// Tokens of all requests, those of sub-agents too.
        public var usage: Usage { use.usage }
        /// What they cost; nil once a part of it had no price.
        public var costUSD: Money? { use.costUSD }
        fileprivate(set) var use = RunUse()
    }

    /// The session.
    public let id: SessionID
    private let store: any EventStore
    private let owner: SessionOwner
    private let task: Task<Void, Never>

    private init(owner: SessionOwner, store: any EventStore) {
        id = owner.id
        self.store = store
        self.owner = owner
        // owned by this session: end() and close() await it, and it ends when the store does.
        task = Task { await owner.run() }
    }

    /// A session that nobody holds any more lets go of its log; what goes on is interrupted, as by a crash.
    deinit { _ = owner.inbox.close() }

    // MARK: - Opening

    /// Begins a new session.
    ///
    /// - Throws: `ModelNameError` when the model cannot be asked, ``SessionError/unknownPrice(_:)``, or the store's
    ///   error, before anything is paid.
    public static func start(
        _ configuration: AgentConfiguration, store: any EventStore, id: SessionID = SessionID(), title: String? = nil
    ) async throws -> AgentSession {
        let models = try configuration.modelChain()
        let metadata = SessionMetadata(
            title: title, cwd: configuration.folder, model: models.current.name,
            systemPrompt: configuration.systemPrompt,
            tools: configuration.tools.map(\.name).filter(configuration.offers),
            bassiVersion: BassiVersion.current, parent: configuration.delegated?.parent)
        let configuration = await configuration.lookingForSandbox()
        let drafting = EventDrafting(session: id, redactor: configuration.redactor, blobs: store.blobs)
        return try await withLease(of: id, in: store) { lease in
            var opened = OpenedSession(under: lease)
            let first = [.sessionStarted(SessionStarted(metadata: metadata))] + configuration.trustChange(from: nil)
            try await opened.append(first, until: .visible, drafting, in: store)
            return AgentSession(
                owner: SessionOwner(opened, configuration: configuration, models: models, store: store), store: store)
        }
    }

    /// Goes on with a session. A run whose owner died is marked as interrupted; ``resume()`` goes on with it.
    ///
    /// - Throws: ``SessionError/unknownSession(_:)``, `StoreError.owned` while another owner goes on with it,
    ///   `ModelNameError`, or the store's error.
    public static func open(
        _ id: SessionID, _ configuration: AgentConfiguration, store: any EventStore
    ) async throws -> AgentSession {
        let models = try configuration.modelChain()
        guard try await store.head(of: id) != nil else { throw SessionError.unknownSession(id) }
        let configuration = await configuration.lookingForSandbox()
        return try await withLease(of: id, in: store) { lease in
            let opened = try await OpenedSession.recover(under: lease, in: store, configuration)
            return AgentSession(
                owner: SessionOwner(opened, configuration: configuration, models: models, store: store), store: store)
        }
    }

    /// Goes on with a copy of a session, up to a position of it or its end; the session itself stays as it was. A run that
    /// was open there is interrupted in the copy.
    ///
    /// - Throws: as ``open(_:_:store:)`` does, and `StoreError.noSuchPosition`.
    public static func fork(
        _ id: SessionID, at position: SequenceNumber? = nil, into child: SessionID = SessionID(),
        _ configuration: AgentConfiguration, store: any EventStore
    ) async throws -> AgentSession {
        _ = try await store.fork(id, at: position, into: child)
        return try await open(child, configuration, store: store)
    }

    /// Takes a session; lets go of it again when it cannot be opened.
    private static func withLease(
        of id: SessionID, in store: any EventStore, _ body: (Lease) async throws -> AgentSession
    ) async throws -> AgentSession {
        let lease = try await store.acquireLease(of: id)
        do { return try await body(lease) } catch {
            await store.releaseLease(lease)
            throw error
        }
    }

    // MARK: - SessionClient

    /// Stores a prompt; see ``SessionClient/prompt(_:)``.
    public func prompt(_ prompt: Prompt) async throws -> PromptReceipt { try await ask { .prompt(prompt, $0) } }

    /// Ends the run that goes on; see ``SessionClient/cancel(reason:)``.
    public func cancel(reason: String = "cancelled by the client") async throws {
        try await ask { .cancel(reason: reason, by: Actor(kind: .user), $0) }
    }

    /// Answers a permission; see ``SessionClient/answer(_:_:)``.
    public func answer(_ request: RequestID, _ answer: PermissionAnswer) async throws {
        try await ask { .answer(request, answer, $0) }
    }

    /// Answers a question; see ``SessionClient/answer(_:_:)``.
    public func answer(_ request: RequestID, _ answer: QuestionAnswer) async throws {
        try await ask { .answerQuestion(request, answer, $0) }
    }

    /// Asks another model from the next request on; see ``SessionClient/switchModel(to:)``.
    public func switchModel(to name: String) async throws { try await ask { .switchModel(name, $0) } }

    /// Goes on; see ``SessionClient/resume()``.
    public func resume() async throws { try await ask { .resume($0) } }

    /// A cursor over the log.
    public func follow(
        after position: SequenceNumber = .start, where filter: EventFilter = .all, slow: SlowReaderPolicy = .lossless
    ) -> Subscription {
        store.follow(id, after: position, where: filter, slow: slow)
    }

    // MARK: - The rest

    /// Sends a prompt and gives the events of its run, from the prompt to the run's end. Nothing is sent before the
    /// first event is asked for.
    public func send(_ text: String) -> RunEvents { send(Prompt(text)) }

    /// The same with more than text.
    public func send(_ prompt: Prompt) -> RunEvents {
        RunEvents(
            begin: {
                let receipt = try await self.prompt(prompt)
                // Sent before, with its key, to an owner that died over it: its end is waited for, so it goes on.
                if let open = await self.openRun(), open.id == receipt.runID, open.isInterrupted {
                    try await self.resume()
                }
                return (receipt.runID, receipt.seq.previous)
            }, read: events)
    }

    /// Resumes a run that was interrupted and gives its events from there to its end.
    public func goOn() -> RunEvents {
        RunEvents(
            begin: {
                guard let open = await self.openRun() else { return nil }
                let head = try await self.head
                try await self.resume()
                return (open.id, head)
            }, read: events)
    }

    /// Ends the session: a run that goes on is cancelled, `session_ended` is written. A later ``open(_:_:store:)``
    /// goes on in the same log.
    public func end(reason: String = "ended by its client") async throws {
        try await ask { .close(endReason: reason, $0) }
        await task.value
    }

    /// Lets go of the session without an event of its own; a run that goes on is cancelled.
    public func close() async throws {
        try await ask { .close(endReason: nil, $0) }
        await task.value
    }

    /// Lets go of the session once nothing goes on in it: what other processes have sent meanwhile is answered first.
    public func finish() async throws {
        try await ask { .finish($0) }
        await task.value
    }

    /// Returns once the session is closed.
    ///
    /// - Throws: ``SessionError/ended(_:)`` when it ended for another reason, as when the store takes no more.
    public func waitForEnd() async throws {
        await owner.hasEnded.wait()
        try Task.checkCancellation()
        if let failure = await owner.failure, failure != SessionOwner.closed { throw SessionError.ended(failure) }
    }

    /// What the session has used so far: a fold of its log.
    public var statistics: Statistics {
        get async throws {
            var statistics = Statistics()
            var position = SequenceNumber.start
            while true {
                let page = try await store.read(id, after: position)
                guard let last = page.last else { return statistics }
                for event in page { statistics.apply(event) }
                position = last.seq
            }
        }
    }

    /// Cancels the run that goes on, from where nothing can be awaited, as a signal's handler.
    public func cancelSoon(reason: String) {
        owner.inbox.post(.cancel(reason: reason, by: Actor(kind: .user), nil))
    }

    /// Whether a run was interrupted and waits to be resumed or superseded.
    public var isInterrupted: Bool {
        get async { await owner.openRun?.isInterrupted == true }
    }

    /// The next events after a position, waited for: at least one.
    ///
    /// - Throws: ``SessionError/ended(_:)`` when the owner has ended and no more can come.
    private func events(after position: SequenceNumber) async throws -> [Event] {
        while true {
            let ended = await owner.failure
            let page = try await store.read(id, after: position, where: .all, limit: 256)
            if !page.isEmpty { return page }
            // Read once more after the end: the last events may have come in between.
            if let ended { throw SessionError.ended(ended) }
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [store, id] in try await store.waitForEvents(in: id, after: position) }
                group.addTask { [owner] in await owner.hasEnded.wait() }
                defer { group.cancelAll() }
                try await group.next()
            }
            try Task.checkCancellation()
        }
    }

    /// The position of the last event.
    var head: SequenceNumber {
        get async throws { try await store.head(of: id) ?? .start }
    }

    /// The open run, for those who resume it.
    func openRun() async -> OpenRun? { await owner.openRun }

    private func ask<Value: Sendable>(_ input: (Reply<Value>) -> SessionInput) async throws -> Value {
        try await owner.inbox.ask(input)
    }
}

extension AgentSession.Statistics {
    fileprivate mutating func apply(_ event: Event) {
        use.apply(event.payload)
        switch event.payload {
        case .runCompleted, .runCancelled: runs += 1
        case .messageCompleted: turns += 1
        case .toolCallCompleted, .toolCallFailed: toolCalls += 1
        default: break
        }
    }
}
