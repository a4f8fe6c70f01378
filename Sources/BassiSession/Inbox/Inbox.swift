import Synchronization

/// The one door to a session's owner: many senders, one reader, bounded.
///
/// Streams wait while it is full. What must not wait, the end of a child task or a client's command, is let in beyond
/// the bound: there is at most one for each child and each waiting client.
final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var senders: [(ticket: UInt64, element: Element, continuation: CheckedContinuation<Void, any Error>)] = []
        var reader: CheckedContinuation<[Element], Never>?
        var nextTicket: UInt64 = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let capacity: Int

    init(capacity: Int) { self.capacity = capacity }

    /// Puts an element in once there is room.
    ///
    /// - Throws: `CancellationError` when the task is cancelled while it waits, or the inbox is closed.
    func send(_ element: Element) async throws {
        let ticket = state.withLock { state in
            state.nextTicket += 1
            return state.nextTicket
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                enter(element, ticket, continuation)
            }
        } onCancel: {
            let waiting = state.withLock { state in
                state.senders.firstIndex { $0.ticket == ticket }.map { state.senders.remove(at: $0) }
            }
            waiting?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Puts an element in at once; false when the inbox is closed.
    @discardableResult
    func post(_ element: Element) -> Bool {
        let (isOpen, reader) = state.withLock { state -> (Bool, CheckedContinuation<[Element], Never>?) in
            guard !state.isClosed else { return (false, nil) }
            if let reader = state.reader {
                state.reader = nil
                return (true, reader)
            }
            state.elements.append(element)
            return (true, nil)
        }
        reader?.resume(returning: [element])
        return isOpen
    }

    /// All that has come, in order, at least one, waited for; empty once the inbox is closed. One reader only.
    func next() async -> [Element] {
        await withCheckedContinuation { continuation in
            let (result, senders) = state.withLock { state in take(&state, continuation) }
            for sender in senders { sender.resume() }
            if let result { continuation.resume(returning: result) }
        }
    }

    /// Ends it: nobody gets in any more. Gives back what was not read.
    func close() -> [Element] {
        let (rest, senders, reader) = state.withLock { state in
            state.isClosed = true
            defer { (state.elements, state.senders, state.reader) = ([], [], nil) }
            return (state.elements, state.senders, state.reader)
        }
        for sender in senders { sender.continuation.resume(throwing: CancellationError()) }
        reader?.resume(returning: [])
        return rest
    }

    /// What the reader gets now, or nothing when it must wait; and the senders for whom there is room.
    private func take(
        _ state: inout State, _ continuation: CheckedContinuation<[Element], Never>
    ) -> (result: [Element]?, senders: [CheckedContinuation<Void, any Error>]) {
        if state.elements.isEmpty, !state.isClosed {
            state.reader = continuation
            return (nil, [])
        }
        let elements = state.elements
        let admitted = state.senders.prefix(capacity)
        state.elements = admitted.map(\.element)
        state.senders.removeFirst(admitted.count)
        return (elements, admitted.map(\.continuation))
    }

    private func enter(_ element: Element, _ ticket: UInt64, _ continuation: CheckedContinuation<Void, any Error>) {
        var reader: CheckedContinuation<[Element], Never>?
        let result: Result<Void, any Error>? = state.withLock { state in
            if state.isClosed || Task.isCancelled { return .failure(CancellationError()) }
            if let waiting = state.reader {
                (reader, state.reader) = (waiting, nil)
                return .success(())
            }
            if state.elements.count < capacity {
                state.elements.append(element)
                return .success(())
            }
            state.senders.append((ticket, element, continuation))
            return nil
        }
        reader?.resume(returning: [element])
        if let result { continuation.resume(with: result) }
    }
}
