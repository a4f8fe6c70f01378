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
    }

    private struct Waiter {
        let sought: Sought
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var waiters: [UInt64: Waiter] = [:]
        var nextTicket: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// A bell that nobody waits for yet.
    public init() {}

    /// Whether nobody waits.
    public var isEmpty: Bool { state.withLock { $0.waiters.isEmpty } }

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
            let waiter = state.withLock { $0.waiters.removeValue(forKey: ticket) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Wakes those whose wait is over. Gives whether there were any.
    @discardableResult public func ring(where isThere: (Sought) -> Bool) -> Bool {
        let waiting = state.withLock { $0.waiters.mapValues(\.sought) }
        let due = waiting.filter { isThere($0.value) }.keys
        if due.isEmpty { return false }
        let woken = state.withLock { state in due.compactMap { state.waiters.removeValue(forKey: $0) } }
        for waiter in woken { waiter.continuation.resume() }
        return true
    }

    /// Wakes everybody with ``StoreError/closed``, now and from now on.
    public func close() {
        let waiters = state.withLock { state -> [Waiter] in
            state.isClosed = true
            defer { state.waiters = [:] }
            return Array(state.waiters.values)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: StoreError.closed) }
    }

    private func enter(_ waiter: Waiter, _ ticket: UInt64) -> (any Error)? {
        state.withLock { state in
            if state.isClosed { return StoreError.closed }
            if Task.isCancelled { return CancellationError() }
            state.waiters[ticket] = waiter
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
