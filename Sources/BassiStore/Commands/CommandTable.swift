import BassiEvents

/// The mailbox between the processes that share a store, and the record of idempotency.
///
/// Whoever does not own a session puts a command in; the owner takes it and writes its result down. A command has an id
/// that its sender chose: the same id again changes nothing and gives the first result, for as long as the session exists.
/// What a command means is not the store's business: body and result are bytes.
///
///     let command = try await table.submit("my-id", body, to: session)
///     let result = try await table.waitForResult(of: "my-id", in: session)
///
/// Caveat: a body lies in the store as it was given until the command is completed. Take secrets out before.
public protocol CommandTable: Sendable {
    /// Stores a command, so that a power cut does not lose it, and gives it as it stands there: with its result, when it
    /// was sent and completed before. What was stored first under this id stays.
    ///
    /// - Throws: ``StoreError/noSuchPosition(session:position:head:)`` for a session without events,
    ///   ``StoreError/commandTooLarge(what:bytes:max:)``, and ``StoreError/tooManyCommands(session:max:)`` while the
    ///   owner has not taken those that wait.
    @discardableResult
    func submit(_ id: String, _ body: [UInt8], to session: SessionID) async throws -> StoredCommand

    /// A command as it stands; nil when nobody sent one with this id.
    func command(_ id: String, of session: SessionID) async throws -> StoredCommand?

    /// The commands after a number that have no result yet, the oldest first, at most `limit` of them.
    func pendingCommands(of session: SessionID, after number: Int64, limit: Int) async throws -> [StoredCommand]

    /// Writes the result of a command down and drops its body. The first result stays.
    ///
    /// - Returns: The result that counts.
    /// - Throws: ``StoreError/fenced(session:epoch:)`` when `lease` is not the latest,
    ///   ``StoreError/unknownCommand(_:session:)``, and ``StoreError/commandTooLarge(what:bytes:max:)``.
    @discardableResult
    func complete(_ id: String, of session: SessionID, with result: [UInt8], under lease: Lease?) async throws
        -> [UInt8]

    /// The result of a command, waited for. Give the wait a deadline: nobody may ever take the command.
    ///
    /// - Throws: ``StoreError/unknownCommand(_:session:)`` when there is none, or the session was deleted;
    ///   `CancellationError` when the task is cancelled, ``StoreError/closed`` when the store is.
    func waitForResult(of id: String, in session: SessionID) async throws -> [UInt8]

    /// Returns once there is a command after this number that has no result yet: a level, so that none is missed.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, ``StoreError/closed`` when the store is.
    func waitForCommands(in session: SessionID, after number: Int64) async throws
}

/// A command as a store keeps it.
public struct StoredCommand: Sendable, Equatable {
    /// What its sender called it, unique in its session.
    public let id: String
    /// Rises with every command of the store.
    public let number: Int64
    /// What is to be done; empty once it has a result.
    public let body: [UInt8]
    /// What came of it; nil while nobody has taken it to its end.
    public let result: [UInt8]?

    /// A command.
    public init(id: String, number: Int64, body: [UInt8], result: [UInt8]?) {
        self.id = id
        self.number = number
        self.body = body
        self.result = result
    }
}

/// How much a ``CommandTable`` takes.
public enum CommandBounds {
    /// The longest id, in bytes of UTF-8.
    public static let idBytesMax = 200
    /// The largest body: a prompt with its attachments.
    public static let bodyBytesMax = 16 << 20
    /// The largest result.
    public static let resultBytesMax = 64 << 10
    /// How many commands of one session may wait for its owner.
    public static let pendingMax = 64
    /// The largest page of pending commands.
    public static let pageMax = 64

    /// - Throws: ``StoreError/commandTooLarge(what:bytes:max:)``.
    public static func check(id: String, body: [UInt8]) throws {
        try check("id", id.utf8.count, idBytesMax)
        try check("body", body.count, bodyBytesMax)
    }

    /// - Throws: ``StoreError/commandTooLarge(what:bytes:max:)``.
    public static func check(result: [UInt8]) throws { try check("result", result.count, resultBytesMax) }

    private static func check(_ what: String, _ bytes: Int, _ max: Int) throws {
        if bytes > max { throw StoreError.commandTooLarge(what: what, bytes: bytes, max: max) }
    }
}
