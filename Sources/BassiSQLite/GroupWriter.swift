import BassiEvents
import BassiStore
import Dispatch
import Foundation
import Synchronization

/// The one writing connection, on its own queue.
///
/// Natural group commit: whatever waits when the last transaction ended goes into the next, without a timer. A failed
/// transaction or checkpoint stops the writer for good, also for those who wait already: after a failed sync nobody
/// knows what is on the disk, and a second one may say yes without having written anything.
final class GroupWriter: Sendable {
    private struct Job {
        let batch: [EventDraft]
        let session: SessionID
        let version: ExpectedVersion
        let durability: Durability
        let lease: Lease?
        let continuation: CheckedContinuation<[Event], any Error>
    }

    private struct State {
        var waiting: [Job] = []
        var isWriting = false
        /// Why nobody may append any more: the store was closed, or it has failed.
        var stopped: StoreError?
        /// Why even those who wait already are refused.
        var failed: StoreError?
    }

    private let path: String
    private let groupsPerCheckpoint: Int
    private let bell: HeadBell
    private let lock: WriteLock
    private let queue = DispatchQueue(label: "bassi.sqlite.writer")
    private let state = Mutex(State())
    // nonisolated(unsafe) because it is touched on `queue` only, and in init before anybody else has it.
    private nonisolated(unsafe) var rows: EventRows?
    private nonisolated(unsafe) var isFull: Bool?  // because as above
    private nonisolated(unsafe) var groupsSinceCheckpoint = 0  // because as above

    /// - Parameter groupsPerCheckpoint: A checkpoint is due after this many transactions; it is made when nobody waits.
    init(path: String, bell: HeadBell, vfs: String?, groupsPerCheckpoint: Int) throws {
        self.path = path
        self.groupsPerCheckpoint = groupsPerCheckpoint
        self.bell = bell
        lock = try WriteLock(beside: path)
        // Of two processes that make the file at once, one would see the other's half, or find it locked.
        rows = EventRows(connection: try lock.hold { try Schema.open(path, vfs: vfs) })
    }

    func append(
        _ batch: [EventDraft], to session: SessionID, expecting version: ExpectedVersion, until durability: Durability,
        under lease: Lease?
    ) async throws -> [Event] {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(
                batch: batch, session: session, version: version, durability: durability, lease: lease,
                continuation: continuation)
            let stopped = state.withLock { state -> StoreError? in
                if let stopped = state.stopped { return stopped }
                state.waiting.append(job)
                if !state.isWriting {
                    state.isWriting = true
                    queue.async { self.drain() }
                }
                return nil
            }
            if let stopped { continuation.resume(throwing: stopped) }
        }
    }

    /// Makes a new owner of a session, in a transaction of its own.
    func beginEpoch(of session: SessionID, owner: String) async throws -> Int64 {
        try await alone { rows in
            try rows.connection.transaction { try rows.beginEpoch(of: session, owner: owner) }
        }
    }

    /// Erases a session, and what was left of it in free pages and in the WAL.
    func erase(_ session: SessionID) async throws {
        try await alone { rows in
            try rows.connection.execute("PRAGMA secure_delete=ON")
            defer { try? rows.connection.execute("PRAGMA secure_delete=OFF") }
            try rows.connection.transaction { try rows.erase(session) }
            // Frames of the WAL hold older versions of the pages: only a file that is cut to nothing holds none. A
            // reader in another process can keep that from happening for a moment.
            for _ in 0..<Self.truncationsMax {
                if try rows.connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0 { return }
            }
            throw StoreError.unusable(
                path: self.path,
                reason: "the session is deleted, but another program reads the file: delete again "
                    + "when it has ended, so that nothing of it is left on the disk")
        }
    }

    private static let truncationsMax = 3

    /// Runs something on the writer's queue, with the lock held, between two groups.
    private func alone<Value: Sendable>(_ body: @escaping @Sendable (EventRows) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.aloneOnQueue(body) }) }
        }
    }

    private func aloneOnQueue<Value>(_ body: (EventRows) throws -> Value) throws -> Value {
        if let stopped = state.withLock({ $0.stopped }) { throw stopped }
        guard let rows else { throw StoreError.closed }
        do {
            return try lock.hold { try body(rows) }
        } catch let failure as SQLiteConnection.Failure { throw Schema.storeError(failure, path) }
    }

    /// How many appends wait for the next transaction; nil when none is under way.
    var waiting: Int? { state.withLock { $0.isWriting ? $0.waiting.count : nil } }

    /// Takes no more appends, and returns when those before are written and the connection is gone.
    func close() async {
        state.withLock { $0.stopped = $0.stopped ?? .closed }
        await withCheckedContinuation { continuation in
            queue.async {
                self.cutLongWAL()
                self.rows = nil
                continuation.resume()
            }
        }
    }

    private func drain() {
        while true {
            let jobs = state.withLock { state -> [Job] in
                defer { state.waiting = [] }
                if state.waiting.isEmpty { state.isWriting = false }
                return state.waiting
            }
            if let failed = state.withLock(\.failed) {
                for job in jobs { job.continuation.resume(throwing: failed) }
                if jobs.isEmpty { return }
            } else if jobs.isEmpty {
                return checkpointIfDue()
            } else {
                write(jobs)
            }
        }
    }

    private func write(_ jobs: [Job]) {
        do {
            let results = try lock.hold { try transaction(jobs) }
            groupsSinceCheckpoint += 1
            for (job, result) in zip(jobs, results) {
                if case .success(let events) = result, let last = events.last { bell.ring(job.session, head: last.seq) }
                job.continuation.resume(with: result)
            }
        } catch {
            let cause = (error as? CouldNotBegin)?.cause ?? error
            let answer = storeError(cause)
            if !(error is CouldNotBegin) { stop(answer) }
            for job in jobs { job.continuation.resume(throwing: answer) }
        }
    }

    private func storeError(_ error: any Error) -> StoreError {
        if let failure = error as? SQLiteConnection.Failure { return Schema.storeError(failure, path) }
        return error as? StoreError ?? .unusable(path: path, reason: "\(error)")
    }

    private func stop(_ reason: StoreError) {
        state.withLock { state in
            state.stopped = reason
            state.failed = reason
        }
    }

    /// One transaction for all. A conflict is the answer to its own job only; any other failure is everybody's.
    private func transaction(_ jobs: [Job]) throws -> [Result<[Event], any Error>] {
        guard let rows else { throw StoreError.closed }
        try setLevel(full: jobs.contains { $0.durability == .durable }, rows.connection)
        do { try rows.connection.execute("BEGIN IMMEDIATE") } catch {
            throw error.isBusy ? CouldNotBegin(cause: error) : error
        }
        do {
            let results = try jobs.map { job -> Result<[Event], any Error> in
                do {
                    return .success(
                        try rows.append(job.batch, to: job.session, expecting: job.version, under: job.lease))
                } catch let conflict as StoreError {
                    return .failure(conflict)
                }
            }
            try rows.connection.execute("COMMIT")
            return results
        } catch {
            try? rows.connection.execute("ROLLBACK")
            throw error
        }
    }

    /// A transaction that did not begin, as when another program holds the file: nothing is lost, so it stops nobody.
    private struct CouldNotBegin: Error {
        let cause: any Error
    }

    /// Moves the WAL into the database, outside the append path. One that another connection holds up is tried again
    /// after the next group; one that fails stops the writer, since its syncs are of the log as any other.
    private func checkpointIfDue() {
        guard let rows, groupsSinceCheckpoint >= groupsPerCheckpoint else { return }
        do {
            let isBusy = try lock.hold { try rows.connection.integer("PRAGMA wal_checkpoint(PASSIVE)") } != 0
            if !isBusy { groupsSinceCheckpoint = 0 }
        } catch {
            let isBusy = (error as? SQLiteConnection.Failure)?.isBusy ?? false
            if !isBusy { stop(storeError(error)) }
        }
    }

    /// Programs that write a little and end, as scripts do, never come to a checkpoint by counting groups. The last
    /// thing they do is one that cuts a long WAL to nothing: the next to open the file reads the whole WAL anew, and
    /// would not know that a part of it was moved into the database already. Where somebody reads, the next one does it.
    private func cutLongWAL() {
        guard let rows, state.withLock({ $0.failed }) == nil, walBytes > Self.walBytesMax else { return }
        try? rows.connection.execute("PRAGMA busy_timeout=0")
        _ = lock.hold { try? rows.connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// A WAL that is longer than this when a program ends is cut.
    private static let walBytesMax = 1 << 20

    private var walBytes: Int {
        var status = stat()
        return stat(path + "-wal", &status) == 0 ? Int(status.st_size) : 0
    }

    /// Inside a transaction SQLite refuses to change the level, so it is chosen before from the whole group. A commit
    /// at FULL syncs the WAL and so covers all commits before it.
    private func setLevel(full: Bool, _ connection: SQLiteConnection) throws {
        guard isFull != full else { return }
        try connection.execute(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL")
        let level = try connection.integer("PRAGMA synchronous")
        guard level == (full ? 2 : 1) else {
            throw StoreError.unusable(path: path, reason: "SQLite did not take the level of synchronisation")
        }
        isFull = full
    }
}
