import BassiEvents
import Synchronization

/// Wakes the followers of a stream: "its head is now 812". A level, not an edge, so a follower that comes late does
/// not wait for what has happened already.
public final class HeadBell: Sendable {
    private struct Waiter {
        let position: SequenceNumber
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var heads: [SessionID: SequenceNumber] = [:]
        var waiters: [SessionID: [UInt64: Waiter]] = [:]
        var nextTicket: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())

    /// A bell for streams that nobody has heard of yet.
    public init() {}

    /// Says that a stream's head is at least `head` now.
    public func ring(_ session: SessionID, head: SequenceNumber) {
        let woken = state.withLock { state -> [Waiter] in
            state.heads[session] = max(head, state.heads[session] ?? .start)
            guard let waiting = state.waiters[session] else { return [] }
            let ready = waiting.filter { $0.value.position < head }
            for ticket in ready.keys { state.waiters[session]?[ticket] = nil }
            if state.waiters[session]?.isEmpty == true { state.waiters[session] = nil }
            return Array(ready.values)
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    /// Returns once the head is past `position`.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, ``StoreError/closed`` when the store is.
    public func wait(for session: SessionID, after position: SequenceNumber) async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(position: position, continuation: continuation)
                if let result = enter(waiter, session, ticket) { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters[session]?.removeValue(forKey: ticket) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Wakes everybody with ``StoreError/closed``, now and from now on.
    public func close() {
        let waiters = state.withLock { state -> [Waiter] in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap(\.values)
        }
        for waiter in waiters { waiter.continuation.resume(throwing: StoreError.closed) }
    }

    /// Lets the waiter in, or says at once how its wait ends. A task that was cancelled before it came here has run
    /// its cancellation handler already and would never be woken: it is seen here.
    private func enter(_ waiter: Waiter, _ session: SessionID, _ ticket: UInt64) -> Result<Void, any Error>? {
        state.withLock { state in
            if state.isClosed { return .failure(StoreError.closed) }
            if Task.isCancelled { return .failure(CancellationError()) }
            if let head = state.heads[session], head > waiter.position { return .success(()) }
            state.waiters[session, default: [:]][ticket] = waiter
            return nil
        }
    }
}
