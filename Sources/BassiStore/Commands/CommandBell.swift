import BassiEvents
import Synchronization

/// Those who wait for a command or for a result, in one process. Whoever rings says what is there: a level, and no edge.
///
/// A waiter is in before `entered` is called, so a look that begins then, or later, cannot miss it.
public final class CommandBell: Sendable {
    /// What somebody waits for.
    public enum Sought: Sendable, Hashable {
        /// A command without a result, after this number.
        case command(in: SessionID, after: Int64)
        /// The result of the command with this number.
        case result(of: Int64)

        fileprivate var isResult: Bool { if case .result = self { true } else { false } }
    }

    private struct Waiter {
        let sought: Sought
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        /// Those who wait for commands: one for each session that is owned here.
        var owners: [UInt64: Waiter] = [:]
        /// Those who wait for results.
        var senders: [UInt64: Waiter] = [:]
        var nextTicket: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// A bell that nobody waits for yet.
    public init() {}

    /// Whether nobody waits.
    public var isEmpty: Bool { state.withLock { $0.owners.isEmpty && $0.senders.isEmpty } }

    /// Returns once a ring has found what is sought.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, ``StoreError/closed`` when the store is.
    public func wait(for sought: Sought, entered: () -> Void) async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let refused = enter(Waiter(sought: sought, continuation: continuation), ticket)
                if let refused { continuation.resume(throwing: refused) } else { entered() }
            }
        } onCancel: {
            let waiter = state.withLock { Self.take(ticket, &$0) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Wakes those whose wait is over. Gives whether there were any.
    ///
    /// - Parameter resultsOnly: Leaves out those who wait for commands, since there are no new ones.
    @discardableResult public func ring(resultsOnly: Bool = false, where isThere: (Sought) -> Bool) -> Bool {
        // Asked outside of the lock: an answer may take a while.
        let waiting = state.withLock { state in
            (resultsOnly ? [:] : state.owners).merging(state.senders) { first, _ in first }
        }
        let due = waiting.filter { isThere($0.value.sought) }.keys
        if due.isEmpty { return false }
        let woken = state.withLock { state in due.compactMap { Self.take($0, &state) } }
        for waiter in woken { waiter.continuation.resume() }
        return true
    }

    private static func take(_ ticket: UInt64, _ state: inout State) -> Waiter? {
        state.owners.removeValue(forKey: ticket) ?? state.senders.removeValue(forKey: ticket)
    }

    /// Wakes everybody with ``StoreError/closed``, now and from now on.
    public func close() {
        let waiters = state.withLock { state -> [Waiter] in
            state.isClosed = true
            defer { (state.owners, state.senders) = ([:], [:]) }
            return Array(state.owners.values) + Array(state.senders.values)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: StoreError.closed) }
    }

    private func enter(_ waiter: Waiter, _ ticket: UInt64) -> (any Error)? {
        state.withLock { state in
            if state.isClosed { return StoreError.closed }
            if Task.isCancelled { return CancellationError() }
            if waiter.sought.isResult { state.senders[ticket] = waiter } else { state.owners[ticket] = waiter }
            return nil
        }
    }
}

extension CommandTable {
    /// Waits for a result with a bell that the store rings.
    public func result(of id: String, in session: SessionID, wait: (CommandBell.Sought) async throws -> Void)
        async throws
        -> [UInt8]
    {
        while true {
            guard let command = try await command(id, of: session) else {
                throw StoreError.unknownCommand(id, session: session)
            }
            if let result = command.result { return result }
            try await wait(.result(of: command.number))
        }
    }
}
