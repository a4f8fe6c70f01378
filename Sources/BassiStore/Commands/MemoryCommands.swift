import BassiEvents

/// The commands of a store in memory, as a value.
struct MemoryCommands {
    private struct Key: Hashable {
        let session: SessionID
        let id: String
    }

    private var commands: [Key: StoredCommand] = [:]
    /// Those without a result, the oldest first.
    private var pending: [SessionID: [StoredCommand]] = [:]
    private var completed: Set<Int64> = []
    private var last: Int64 = 0

    mutating func submit(_ id: String, _ body: [UInt8], to session: SessionID) throws -> StoredCommand {
        let key = Key(session: session, id: id)
        if let known = commands[key] { return known }
        guard pending[session, default: []].count < CommandBounds.pendingMax else {
            throw StoreError.tooManyCommands(session: session, max: CommandBounds.pendingMax)
        }
        last += 1
        let command = StoredCommand(id: id, number: last, body: body, result: nil)
        commands[key] = command
        pending[session, default: []].append(command)
        return command
    }

    func command(_ id: String, of session: SessionID) -> StoredCommand? { commands[Key(session: session, id: id)] }

    func pending(of session: SessionID, after number: Int64, limit: Int) -> [StoredCommand] {
        Array(pending[session, default: []].filter { $0.number > number }.prefix(max(0, limit)))
    }

    mutating func complete(_ id: String, of session: SessionID, with result: [UInt8]) throws -> [UInt8] {
        let key = Key(session: session, id: id)
        guard let command = commands[key] else { throw StoreError.unknownCommand(id, session: session) }
        if let first = command.result { return first }
        commands[key] = StoredCommand(id: id, number: command.number, body: [], result: result)
        pending[session]?.removeAll { $0.number == command.number }
        completed.insert(command.number)
        return result
    }

    func isThere(_ sought: CommandBell.Sought) -> Bool {
        switch sought {
        case .command(let session, let number): pending[session, default: []].contains { $0.number > number }
        case .result(let number): completed.contains(number)
        }
    }
}

extension MemoryEventStore: CommandTable {
    /// Stores a command; see ``CommandTable/submit(_:_:to:)``.
    @discardableResult
    public func submit(_ id: String, _ body: [UInt8], to session: SessionID) async throws -> StoredCommand {
        try CommandBounds.check(id: id, body: body)
        return try changeCommands(of: session) { commands, head, _ in
            guard head > .start else { throw StoreError.noSuchPosition(session: session, position: nil, head: .start) }
            return try commands.submit(id, body, to: session)
        }
    }

    /// A command as it stands; see ``CommandTable/command(_:of:)``.
    public func command(_ id: String, of session: SessionID) async throws -> StoredCommand? {
        try withCommands { $0.command(id, of: session) }
    }

    /// Those that wait; see ``CommandTable/pendingCommands(of:after:limit:)``.
    public func pendingCommands(of session: SessionID, after number: Int64, limit: Int) async throws -> [StoredCommand]
    {
        try withCommands { $0.pending(of: session, after: number, limit: min(limit, CommandBounds.pageMax)) }
    }

    /// Writes a result down; see ``CommandTable/complete(_:of:with:under:)``.
    @discardableResult
    public func complete(
        _ id: String, of session: SessionID, with result: [UInt8], under lease: Lease?
    ) async throws -> [UInt8] {
        try CommandBounds.check(result: result)
        return try changeCommands(of: session) { commands, _, epoch in
            if let lease, lease.epoch != epoch { throw StoreError.fenced(session: session, epoch: lease.epoch) }
            return try commands.complete(id, of: session, with: result)
        }
    }

    /// The result, waited for; see ``CommandTable/waitForResult(of:in:)``.
    public func waitForResult(of id: String, in session: SessionID) async throws -> [UInt8] {
        try await result(of: id, in: session) { try await waitForCommand($0) }
    }

    /// Waits for a command; see ``CommandTable/waitForCommands(in:after:)``.
    public func waitForCommands(in session: SessionID, after number: Int64) async throws {
        try await waitForCommand(.command(in: session, after: number))
    }
}
