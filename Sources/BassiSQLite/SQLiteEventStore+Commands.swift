import BassiEvents
import BassiStore

/// The command table of all processes that use the file.
extension SQLiteEventStore: CommandTable {
    /// Stores a command; see ``CommandTable/submit(_:_:to:)``.
    @discardableResult
    public func submit(_ id: String, _ body: [UInt8], to session: SessionID) async throws -> StoredCommand {
        try CommandBounds.check(id: id, body: body)
        defer { watch.noteCommands() }
        return try await writer.transaction(durable: true) { try $0.submit(id, body, to: session) }
    }

    /// A command as it stands; see ``CommandTable/command(_:of:)``.
    public func command(_ id: String, of session: SessionID) async throws -> StoredCommand? {
        try await reader.run { try $0.command(id, of: session) }
    }

    /// Those that wait; see ``CommandTable/pendingCommands(of:after:limit:)``.
    public func pendingCommands(of session: SessionID, after number: Int64, limit: Int) async throws -> [StoredCommand]
    {
        try await reader.run { try $0.pendingCommands(of: session, after: number, limit: limit) }
    }

    /// Writes a result down; see ``CommandTable/complete(_:of:with:under:)``. A power cut may take it back: then the
    /// next owner takes the command again and comes to the same result.
    @discardableResult
    public func complete(
        _ id: String, of session: SessionID, with result: [UInt8], under lease: Lease?
    ) async throws -> [UInt8] {
        try CommandBounds.check(result: result)
        defer { watch.noteCommands() }
        return try await writer.transaction { try $0.complete(id, of: session, with: result, under: lease) }
    }

    /// The result, waited for; see ``CommandTable/waitForResult(of:in:)``.
    public func waitForResult(of id: String, in session: SessionID) async throws -> [UInt8] {
        try await result(of: id, in: session) { try await watch.waiting(for: $0) }
    }

    /// Waits for a command; see ``CommandTable/waitForCommands(in:after:)``.
    public func waitForCommands(in session: SessionID, after number: Int64) async throws {
        try await watch.waiting(for: .command(in: session, after: number))
    }
}
