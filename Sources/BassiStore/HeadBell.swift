import BassiEvents
import Dispatch
import Synchronization

/// Wakes the followers of a stream: "its head is now 812". A level, not an edge, so a follower that comes late does
/// not wait for what has happened already.
///
/// Whoever appends sets the head and rings; the followers are woken on a queue of its own, all that are due at once.
/// So an append costs the same with a thousand followers as with none.
public final class HeadBell: Sendable {
    private struct Waiter {
        let position: SequenceNumber
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var heads: [SessionID: SequenceNumber] = [:]
        var waiters: [SessionID: [UInt64: Waiter]] = [:]
        var nextTicket: UInt64 = 0
        /// Followers are not woken before this moment (of the uptime clock, in nanoseconds).
        var restsUntil: UInt64 = 0
        /// The streams whose followers are to be woken.
        var rung: Set<SessionID> = []
        var isClosed = false
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "bassi.bell")

    /// A bell for streams that nobody has heard of yet.
    public init() {}

    /// Says that a stream's head is at least `head` now. Gives whether that is news.
    @discardableResult public func ring(_ session: SessionID, head: SequenceNumber) -> Bool {
        let (isNews, wakesAt) = state.withLock { state -> (Bool, UInt64?) in
            let known = state.heads[session] ?? .start
            state.heads[session] = max(head, known)
            guard state.waiters[session] != nil else { return (head > known, nil) }
            state.rung.insert(session)
            return (head > known, state.rung.count == 1 ? state.restsUntil : nil)
        }
        if let wakesAt { wake(at: wakesAt) }
        return isNews
    }

    private func wake(at wakesAt: UInt64) {
        if wakesAt <= DispatchTime.now().uptimeNanoseconds {
            queue.async { self.wake() }
        } else {
            queue.asyncAfter(deadline: DispatchTime(uptimeNanoseconds: wakesAt)) { self.wake() }
        }
    }

    /// A follower costs about this much to wake. After so many were woken the bell rests as long as that took: a
    /// stream that is appended to without a pause is read in pages, and not event by event by everybody.
    private static let nanosecondsPerWaiter: UInt64 = 5_000

    private func wake() {
        let woken = state.withLock { state in
            defer { state.rung = [] }
            let due = state.rung.flatMap { session in Self.takeDue(session, &state) }
            state.restsUntil = DispatchTime.now().uptimeNanoseconds + UInt64(due.count) * Self.nanosecondsPerWaiter
            return due
        }
        for waiter in woken { waiter.continuation.resume() }
    }

    private static func takeDue(_ session: SessionID, _ state: inout State) -> [Waiter] {
        guard let waiting = state.waiters[session], let head = state.heads[session] else { return [] }
        let due = waiting.filter { $0.value.position < head }
        if due.count == waiting.count {
            state.waiters[session] = nil
        } else {
            for ticket in due.keys { state.waiters[session]?[ticket] = nil }
        }
        return Array(due.values)
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
