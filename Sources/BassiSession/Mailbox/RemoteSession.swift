import BassiEvents
import BassiStore

/// A session that another process owns: what is wanted of it goes through the command table, what happens in it is read
/// from the log.
///
///     let session = try await RemoteSession.attach(id, store: store)
///     for try await event in session.send(Prompt("And the tests?")) { … }
///
/// Every wait for the owner ends: with its answer, with its death, or at the deadline. What was stored by then stays, and
/// the next owner takes it.
public final class RemoteSession: SessionClient {
    /// How long the owner may take to answer a command.
    public static let replyDeadline = Duration.seconds(30)
    /// An owner's death makes no event: so often is looked.
    private static let ownerPoll = Duration.milliseconds(500)

    /// The session.
    public let id: SessionID
    private let store: any EventStore
    private let table: any CommandTable
    private let redactor: Redactor
    private let deadline: Duration

    private init(
        _ id: SessionID, _ store: any EventStore, _ table: any CommandTable, _ redactor: Redactor, _ deadline: Duration
    ) {
        self.id = id
        self.store = store
        self.table = table
        self.redactor = redactor
        self.deadline = deadline
    }

    /// Reaches a session through the store that its owner uses too.
    ///
    /// - Parameters:
    ///   - requiresOwner: Whether it must be run by somebody now. Without, what was answered before is still answered.
    ///   - redactor: Takes secrets out of what is sent, before it is stored.
    ///   - deadline: How long the owner may take to answer a command.
    /// - Throws: ``SessionError/unknownSession(_:)``, ``SessionError/notOwned(_:)`` when nobody runs it, or
    ///   ``SessionError/refused(_:)`` for a store without a command table.
    public static func attach(
        _ id: SessionID, store: any EventStore, requiresOwner: Bool = true, redactor: Redactor = Redactor(),
        deadline: Duration = RemoteSession.replyDeadline
    ) async throws -> RemoteSession {
        guard let table = store as? any CommandTable else {
            throw SessionError.refused("this store has no command table, so no other process can be reached through it")
        }
        guard let stored = try await store.session(id) else { throw SessionError.unknownSession(id) }
        guard stored.hasOwner || !requiresOwner else { throw SessionError.notOwned(id) }
        return RemoteSession(id, store, table, redactor, deadline)
    }

    // MARK: - SessionClient

    /// Stores a prompt; see ``SessionClient/prompt(_:)``. Its key is the command's id: sent again with the same key, after
    /// whatever happened, it gets the first answer.
    public func prompt(_ prompt: Prompt) async throws -> PromptReceipt {
        guard case .receipt(let receipt) = try await ask(.prompt(prompt), as: prompt.idempotencyKey) else {
            throw SessionError.refused("the id '\(prompt.idempotencyKey ?? "")' was used for another command before")
        }
        return receipt
    }

    /// Ends the run that goes on; see ``SessionClient/cancel(reason:)``.
    public func cancel(reason: String = "cancelled by the client") async throws {
        _ = try await ask(.cancel(reason: reason, head: try await head))
    }

    /// Answers a permission; see ``SessionClient/answer(_:_:)``.
    public func answer(_ request: RequestID, _ answer: PermissionAnswer) async throws {
        _ = try await ask(.answer(request, answer))
    }

    /// Answers a question; see ``SessionClient/answer(_:_:)``.
    public func answer(_ request: RequestID, _ answer: QuestionAnswer) async throws {
        _ = try await ask(.answerQuestion(request, answer))
    }

    /// Goes on; see ``SessionClient/resume()``.
    public func resume() async throws { _ = try await ask(.resume) }

    /// Asks another model; see ``SessionClient/switchModel(to:)``.
    public func switchModel(to name: String) async throws { _ = try await ask(.switchModel(name)) }

    /// A cursor over the log.
    public func follow(
        after position: SequenceNumber = .start, where filter: EventFilter = .all, slow: SlowReaderPolicy = .lossless
    ) -> Subscription {
        store.follow(id, after: position, where: filter, slow: slow)
    }

    // MARK: - The rest

    /// Sends a prompt and gives the events of its run, from the prompt to the run's end. Nothing is sent before the
    /// first event is asked for.
    public func send(_ prompt: Prompt) -> RunEvents {
        RunEvents(
            begin: {
                let receipt = try await self.prompt(prompt)
                return (receipt.runID, receipt.seq.previous)
            }, read: events)
    }

    /// Returns once nobody owns the session any more.
    public func waitForOwnersEnd() async throws {
        while try await isOwned { try await Task.sleep(for: Self.ownerPoll) }
    }

    /// The position of the last event.
    public var head: SequenceNumber {
        get async throws { try await store.head(of: id) ?? .start }
    }

    private var isOwned: Bool {
        get async throws { try await store.session(id)?.hasOwner ?? false }
    }

    /// The next events after a position, waited for: at least one.
    ///
    /// - Throws: ``SessionError/ended(_:)`` when nobody owns the session any more, and no more can come.
    private func events(after position: SequenceNumber) async throws -> [Event] {
        while true {
            // Asked before the page: the last events may come in between.
            let isOwned = try await isOwned
            let page = try await store.read(id, after: position, where: .all, limit: 256)
            if !page.isEmpty { return page }
            guard isOwned else {
                throw SessionError.ended("its owner has ended: `bassi --resume \(id)` goes on with it")
            }
            try await wait(atMost: Self.ownerPoll) { [store, id] in
                try await store.waitForEvents(in: id, after: position)
            }
        }
    }

    /// Stores a command and waits for what comes of it.
    private func ask(_ command: SessionCommand, as name: String? = nil) async throws -> CommandReply {
        let name = name ?? SessionID().description
        let known = try await table.command(name, of: id)
        if known == nil {
            guard try await isOwned else { throw SessionError.notOwned(id) }
            try await table.submit(name, command.encoded(redactor), to: id)
        }
        let end = ContinuousClock.now + deadline
        while true {
            let isOwned = try await isOwned
            if let result = try await table.command(name, of: id)?.result { return try reply(result) }
            guard isOwned else { throw SessionError.stored(id, "nobody runs session \(id) now") }
            let left = end - .now
            guard left > .zero else { throw SessionError.stored(id, "the owner did not answer in \(deadline)") }
            try await wait(atMost: min(left, Self.ownerPoll)) { [table, id] in
                _ = try await table.waitForResult(of: name, in: id)
            }
        }
    }

    private func reply(_ bytes: [UInt8]) throws -> CommandReply {
        guard let reply = CommandReply(bytes) else {
            throw SessionError.refused("the owner's answer cannot be read: it is another version of Bassi")
        }
        if case .failed(let error) = reply { throw error }
        return reply
    }

    private func wait(atMost limit: Duration, _ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body() }
            group.addTask { try await Task.sleep(for: limit) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }
}
