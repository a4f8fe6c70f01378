import BassiEvents
import BassiStore
import Dispatch
import Synchronization

/// Rings the bell for what other processes append: one look at the heads of all streams that somebody waits for,
/// whenever the WAL has been written to.
///
/// More than a third of those notes come before the commit can be seen, so a look that finds nothing is repeated after
/// a while; and since a note can be lost, there is a look now and then without one.
final class HeadWatch: Sendable {
    private static let retries: [DispatchTimeInterval] = [.milliseconds(1), .milliseconds(5), .milliseconds(50)]
    private static let poll = DispatchTimeInterval.milliseconds(250)
    /// A file that others write to without a pause is not looked at more often.
    private static let rest = DispatchTimeInterval.milliseconds(1)

    private struct State {
        /// How many wait for each stream.
        var waiters: [SessionID: Int] = [:]
        var isLooking = false
        /// A note came during a look.
        var isNoted = false
        var isPolling = false
        var changes: FileChanges?
    }

    private let path: String
    private let reader: SerialReader
    private let bell: HeadBell
    private let owners: OwnerLocks
    private let queue = DispatchQueue(label: "bassi.sqlite.watch")
    private let state = Mutex(State())

    init(path: String, reader: SerialReader, bell: HeadBell, owners: OwnerLocks) {
        self.path = path + "-wal"
        self.owners = owners
        self.reader = reader
        self.bell = bell
    }

    /// Watches for this stream while `body` runs.
    func watching(_ session: SessionID, _ body: () async throws -> Void) async throws {
        begin(session)
        defer { end(session) }
        try await body()
    }

    private func begin(_ session: SessionID) {
        let startsPoll = state.withLock { state -> Bool in
            state.waiters[session, default: 0] += 1
            if state.changes == nil {
                state.changes = FileChanges(path: path, queue: queue) { [weak self] in self?.note() }
            }
            defer { state.isPolling = true }
            return !state.isPolling
        }
        if startsPoll { queue.asyncAfter(deadline: .now() + Self.poll) { [weak self] in self?.pollNow() } }
        note(all: true)
    }

    private func end(_ session: SessionID) {
        state.withLock { state in
            let left = (state.waiters[session] ?? 1) - 1
            state.waiters[session] = left > 0 ? left : nil
        }
    }

    /// Ends the watch.
    func close() {
        state.withLock { state in
            state.waiters = [:]
            state.changes = nil
        }
    }

    /// - Parameter all: Also what this process owns. Nobody else appends to that under a lease, but without one somebody may.
    private func note(all: Bool = false) {
        let starts = state.withLock { state -> Bool in
            if state.waiters.isEmpty { return false }
            if state.isLooking { state.isNoted = true }
            defer { state.isLooking = true }
            return !state.isLooking
        }
        if starts { look(Self.retries[...], all: all) }
    }

    private func pollNow() {
        note(all: true)
        let goesOn = state.withLock { state in
            state.isPolling = !state.waiters.isEmpty
            return state.isPolling
        }
        if goesOn { queue.asyncAfter(deadline: .now() + Self.poll) { [weak self] in self?.pollNow() } }
    }

    /// Looks at the heads on the reader's queue, and again as long as there is reason to.
    private func look(_ retries: ArraySlice<DispatchTimeInterval>, all: Bool = false) {
        let sessions = state.withLock { Array($0.waiters.keys) }.filter { all || !owners.holds($0) }
        reader.perform { [weak self] rows in
            guard let self else { return }
            var found = false
            for session in sessions {
                guard let head = try? rows.stream(session)?.head, head > .start else { continue }
                if bell.ring(session, head: head) { found = true }
            }
            lookAgain(found ? [] : retries)
        }
    }

    private func lookAgain(_ retries: ArraySlice<DispatchTimeInterval>) {
        let next = state.withLock {
            state -> (after: DispatchTimeInterval, retries: ArraySlice<DispatchTimeInterval>)? in
            if state.waiters.isEmpty {
                state.isLooking = false
                return nil
            }
            if state.isNoted {
                state.isNoted = false
                return (Self.rest, Self.retries[...])
            }
            if let first = retries.first { return (first, retries.dropFirst()) }
            state.isLooking = false
            return nil
        }
        guard let next else { return }
        queue.asyncAfter(deadline: .now() + next.after) { [weak self] in self?.look(next.retries) }
    }
}
