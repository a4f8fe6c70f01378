import Synchronization

/// What all connections of a server share: the service, and those who wait for something to happen.
final class ServerDesk: Sendable {
    struct State: Sendable {
        var service: ScriptedService
        var clientsLeft = 0
        var isEnding = false
        fileprivate var waiters: [UInt64: Waiter] = [:]
        fileprivate var nextTicket: UInt64 = 0
    }

    fileprivate struct Waiter: Sendable {
        let isTrue: @Sendable (State) -> Bool
        let continuation: CheckedContinuation<Void, any Error>
    }

    private let state: Mutex<State>

    init(_ service: ScriptedService) { state = Mutex(State(service: service)) }

    /// Looks at what has happened.
    func look<R: Sendable>(_ read: (State) -> R) -> R { state.withLock { read($0) } }

    /// Records a request and says what to send for it.
    func reply(to request: RecordedRequest) -> ServerReply { change { $0.service.reply(to: request) } }

    /// A client is gone before its answer was. When the server itself ends, that says nothing.
    func clientLeft() { change { if !$0.isEnding { $0.clientsLeft += 1 } } }

    /// From now on, answers that break off are the server's doing.
    func end() { change { $0.isEnding = true } }

    /// Returns once it is true.
    func wait(until isTrue: @escaping @Sendable (State) -> Bool) async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let waiter = Waiter(isTrue: isTrue, continuation: continuation)
                if let result = enter(waiter, ticket) { continuation.resume(with: result) }
            }
        } onCancel: {
            let waiter = state.withLock { $0.waiters.removeValue(forKey: ticket) }
            waiter?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Nil when there is something to wait for.
    private func enter(_ waiter: Waiter, _ ticket: UInt64) -> Result<Void, any Error>? {
        state.withLock { state in
            if waiter.isTrue(state) { return .success(()) }
            // The handler of a cancel that came before this found no waiter.
            if Task.isCancelled { return .failure(CancellationError()) }
            state.waiters[ticket] = waiter
            return nil
        }
    }

    private func change<R: Sendable>(_ body: (inout State) -> R) -> R {
        let (result, woken) = state.withLock { state -> (R, [Waiter]) in
            let result = body(&state)
            let ready = state.waiters.filter { $0.value.isTrue(state) }
            for ticket in ready.keys { state.waiters[ticket] = nil }
            return (result, Array(ready.values))
        }
        for waiter in woken { waiter.continuation.resume() }
        return result
    }
}
