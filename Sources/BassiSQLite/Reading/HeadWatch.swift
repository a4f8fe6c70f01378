import BassiEvents
import BassiStore
import Dispatch
import Synchronization

/// Rings the bells for what other processes write: one look at the heads of all streams, and at all commands and results,
/// that somebody waits for, whenever the WAL has been written to.
///
/// More than a third of those notes come before the commit can be seen, so a look that finds nothing is repeated after
/// a while; and since a note can be lost, there is a look now and then without one.
final class HeadWatch: Sendable {
    private static let retries: [DispatchTimeInterval] = [.milliseconds(1), .milliseconds(5), .milliseconds(50)]
    private static let poll = DispatchTimeInterval.milliseconds(250)
    /// The same while all that is waited for are commands: an owner waits for those as long as it lives.
    private static let commandPoll = DispatchTimeInterval.seconds(1)
    /// A file that others write to without a pause is not looked at more often.
    private static let rest = DispatchTimeInterval.milliseconds(1)

    private struct State {
        /// How many wait for each stream.
        var waiters: [SessionID: Int] = [:]
        var isLooking = false
        /// A note came during a look.
        var isNoted = false
        /// The next look is also at what this process owns.
        var seeksAll = false
        var isPolling = false
        var changes: FileChanges?
        /// How many wait for commands and results.
        var commandWaiters = 0
        /// The last command of all sessions that a look has found.
        var lastCommand: Int64 = 0
        /// Somebody has come who may wait for a command that is there already.
        var hasNewWaiter = false

        var isUnused: Bool { waiters.isEmpty && commandWaiters == 0 }
        var poll: DispatchTimeInterval { waiters.isEmpty ? HeadWatch.commandPoll : HeadWatch.poll }
    }

    private let path: String
    private let reader: SerialReader
    private let bell: HeadBell
    private let owners: OwnerLocks
    private let queue = DispatchQueue(label: "bassi.sqlite.watch")
    private let state = Mutex(State())
    private let commands = CommandBell()

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

    /// Waits for a command or a result.
    func waiting(for sought: CommandBell.Sought) async throws {
        begin { $0.commandWaiters += 1 }
        defer { state.withLock { $0.commandWaiters -= 1 } }
        try await commands.wait(for: sought) { noteCommands() }
    }

    /// This process has changed the commands, or somebody waits for one.
    func noteCommands() {
        state.withLock { $0.hasNewWaiter = true }
        note()
    }

    private func begin(_ session: SessionID) {
        begin { $0.waiters[session, default: 0] += 1 }
        // What this process appends rings the bell by itself.
        if !owners.holds(session) { note() }
    }

    private func begin(_ enter: (inout State) -> Void) {
        let poll = state.withLock { state -> DispatchTimeInterval? in
            enter(&state)
            if state.changes == nil {
                state.changes = FileChanges(path: path, queue: queue) { [weak self] in self?.note() }
            }
            defer { state.isPolling = true }
            return state.isPolling ? nil : state.poll
        }
        if let poll { queue.asyncAfter(deadline: .now() + poll) { [weak self] in self?.pollNow() } }
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
        commands.close()
    }

    /// - Parameter all: Also what this process owns. Nobody else appends to that under a lease, but without one somebody may.
    private func note(all: Bool = false) {
        let starts = state.withLock { state -> Bool in
            if state.isUnused { return false }
            if state.isLooking { state.isNoted = true }
            if all { state.seeksAll = true }
            defer { state.isLooking = true }
            return !state.isLooking
        }
        if starts { look(Self.retries[...]) }
    }

    private func pollNow() {
        let poll = state.withLock { state in
            state.isPolling = !state.isUnused
            state.hasNewWaiter = true
            return state.isPolling ? state.poll : nil
        }
        note(all: true)
        if let poll { queue.asyncAfter(deadline: .now() + poll) { [weak self] in self?.pollNow() } }
    }

    /// Looks at the heads on the reader's queue, and again as long as there is reason to.
    private func look(_ retries: ArraySlice<DispatchTimeInterval>) {
        let (waited, all) = state.withLock { state in
            defer { state.seeksAll = false }
            return (Array(state.waiters.keys), state.seeksAll)
        }
        let sessions = waited.filter { all || !owners.holds($0) }
        if sessions.isEmpty && commands.isEmpty { return lookAgain([]) }
        reader.perform { [weak self] rows in
            guard let self else { return }
            var found = false
            for session in sessions {
                guard let head = try? rows.stream(session)?.head, head > .start else { continue }
                if bell.ring(session, head: head) { found = true }
            }
            if lookForCommands(rows) { found = true }
            lookAgain(found ? [] : retries)
        }
    }

    /// Wakes those whose wait is over. Owners are asked about only when there is a command that no look has found yet:
    /// most of what is written are events.
    private func lookForCommands(_ rows: EventRows) -> Bool {
        if commands.isEmpty { return false }
        let last = (try? rows.lastCommand()) ?? 0
        let hasNews = state.withLock { state in
            defer { (state.lastCommand, state.hasNewWaiter) = (max(last, state.lastCommand), false) }
            return state.hasNewWaiter || last > state.lastCommand
        }
        return commands.ring(resultsOnly: !hasNews) { (try? rows.isThere($0)) == true }
    }

    private func lookAgain(_ retries: ArraySlice<DispatchTimeInterval>) {
        let next = state.withLock {
            state -> (after: DispatchTimeInterval, retries: ArraySlice<DispatchTimeInterval>)? in
            if state.isUnused {
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
