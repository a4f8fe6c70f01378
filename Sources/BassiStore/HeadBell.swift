import BassiEvents
import Dispatch
import Synchronization

/// Wakes the followers of a stream: "its head is now 812". A level, not an edge, so a follower that comes late does
/// not wait for what has happened already.
///
/// Whoever appends sets the head and rings; the followers are woken on a queue of its own, all that are due at once, and
/// nothing that takes long is done under the lock. So an append costs the same with a thousand followers as with none.
public final class HeadBell: Sendable {
    private struct State {
        var heads: [SessionID: SequenceNumber] = [:]
        var waiters: [SessionID: [HeadWaiter]] = [:]
        /// Those that were cancelled while they waited and are still in a list.
        var cancelled = 0
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
        let taken = state.withLock { state in
            defer { state.rung = [] }
            return state.rung.map { session in
                (session, state.heads[session] ?? .start, state.waiters.removeValue(forKey: session) ?? [])
            }
        }
        var woken = 0
        for (session, head, waiters) in taken {
            let early = waiters.filter { $0.position >= head }
            putBack(early, session)
            for waiter in waiters where waiter.position < head && waiter.resume(with: .success(())) { woken += 1 }
        }
        let rest = UInt64(woken) * Self.nanosecondsPerWaiter
        state.withLock { $0.restsUntil = DispatchTime.now().uptimeNanoseconds + rest }
    }

    /// Those that wait for more than there was; while they were out of the list their time may have come.
    private func putBack(_ waiters: [HeadWaiter], _ session: SessionID) {
        if waiters.isEmpty { return }
        let due = state.withLock { state -> [(HeadWaiter, Result<Void, any Error>)] in
            if state.isClosed { return waiters.map { ($0, .failure(StoreError.closed)) } }
            let head = state.heads[session] ?? .start
            state.waiters[session, default: []] += waiters.filter { $0.position >= head }
            return waiters.filter { $0.position < head }.map { ($0, .success(())) }
        }
        for (waiter, result) in due { waiter.resume(with: result) }
    }

    /// Returns once the head is past `position`.
    ///
    /// - Throws: `CancellationError` when the task is cancelled, ``StoreError/closed`` when the store is.
    public func wait(for session: SessionID, after position: SequenceNumber) async throws {
        let waiter = HeadWaiter(position: position)
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                waiter.begin(continuation)
                if let result = enter(waiter, session) { waiter.resume(with: result) }
            }
        } onCancel: {
            if waiter.resume(with: .failure(CancellationError())) { forgetCancelled() }
        }
    }

    /// Wakes everybody with ``StoreError/closed``, now and from now on.
    public func close() {
        let waiters = state.withLock { state -> [HeadWaiter] in
            state.isClosed = true
            defer { state.waiters = [:] }
            return state.waiters.values.flatMap(\.self)
        }
        for waiter in waiters { waiter.resume(with: .failure(StoreError.closed)) }
    }

    /// Lets the waiter in, or says at once how its wait ends.
    private func enter(_ waiter: HeadWaiter, _ session: SessionID) -> Result<Void, any Error>? {
        state.withLock { state in
            if state.isClosed { return .failure(StoreError.closed) }
            if let head = state.heads[session], head > waiter.position { return .success(()) }
            state.waiters[session, default: []].append(waiter)
            return nil
        }
    }

    /// A follower that leaves is taken out of its list when there are many such: else each would cost a search.
    private func forgetCancelled() {
        state.withLock { state in
            state.cancelled += 1
            guard state.cancelled > Self.cancelledMax else { return }
            state.cancelled = 0
            state.waiters = state.waiters.mapValues { $0.filter(\.isWaiting) }.filter { !$0.value.isEmpty }
        }
    }

    private static let cancelledMax = 256
}

/// One wait of one follower: it ends once, by whoever comes first.
private final class HeadWaiter: Sendable {
    private enum Phase {
        case new
        case waiting(CheckedContinuation<Void, any Error>)
        case over(Result<Void, any Error>)
    }

    let position: SequenceNumber
    private let phase = Mutex(Phase.new)

    init(position: SequenceNumber) { self.position = position }

    /// Whether nobody has ended it yet.
    var isWaiting: Bool {
        phase.withLock { phase in
            if case .over = phase { false } else { true }
        }
    }

    /// A task that was cancelled before it came here has been ended already.
    func begin(_ continuation: CheckedContinuation<Void, any Error>) {
        let result = phase.withLock { phase -> Result<Void, any Error>? in
            if case .over(let result) = phase { return result }
            phase = .waiting(continuation)
            return nil
        }
        if let result { continuation.resume(with: result) }
    }

    /// Ends the wait. False when it was over already.
    @discardableResult func resume(with result: Result<Void, any Error>) -> Bool {
        let (isFirst, continuation) = phase.withLock { phase -> (Bool, CheckedContinuation<Void, any Error>?) in
            defer { if case .over = phase {} else { phase = .over(result) } }
            switch phase {
            case .new: return (true, nil)
            case .waiting(let continuation): return (true, continuation)
            case .over: return (false, nil)
            }
        }
        continuation?.resume(with: result)
        return isFirst
    }
}
