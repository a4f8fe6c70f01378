import BassiEvents
import BassiStore
import Dispatch
import Foundation
import Synchronization

/// The one writer of this process, on its own queue.
///
/// Natural group commit: whatever waits when the last transaction ended goes into the next, without a timer. A failed
/// transaction or checkpoint stops the writer for good, also for those who wait already: after a failed sync nobody
/// knows what is on the disk, and a second one may say yes without having written anything.
final class GroupWriter: Sendable {
    /// A batch that waits for the next transaction.
    struct Job {
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
    private let bell: HeadBell
    private let recent: RecentEvents
    private let queue = DispatchQueue(label: "bassi.sqlite.writer")
    private let state: Mutex<State>
    // nonisolated(unsafe) because it is touched on `queue` only, and in init before anybody else has it.
    private nonisolated(unsafe) var log: LogWriter?

    /// - Parameter groupsPerCheckpoint: A checkpoint is due after this many transactions; it is made when nobody waits.
    init(
        path: String, bell: HeadBell, recent: RecentEvents, vfs: String?, groupsPerCheckpoint: Int, key: LogKey?
    ) throws {
        self.path = path
        self.bell = bell
        self.recent = recent
        do {
            log = try LogWriter(path: path, vfs: vfs, groupsPerCheckpoint: groupsPerCheckpoint, key: key)
            state = Mutex(State())
        } catch let error as StoreError {
            // A file of a newer program can still be read.
            guard case .newerFile = error else { throw error }
            state = Mutex(State(stopped: error, failed: error))
        }
        log?.sync?.onFailure { [weak self] in self?.stop($0) }
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

    /// Runs something in a transaction of its own, between two groups.
    func transaction<Value: Sendable>(
        durable: Bool = false, _ body: @escaping @Sendable (EventRows) throws -> Value
    ) async throws -> Value {
        try await alone { log in try log.transaction(durable: durable) { try body(log.rows) } }
    }

    /// Erases something for good: what was left of it in free pages and in the WAL too.
    func erase(_ body: @escaping @Sendable (EventRows) throws -> Void) async throws {
        try await alone { log in try log.erase { try body(log.rows) } }
    }

    /// Gives the pages that deletions have left back to the disk.
    func shrink() async throws { try await alone { log in try log.shrink() } }

    /// Runs something when no transaction is under way, such as stopping the whole process: a process that is stopped
    /// inside of one holds up all others.
    func betweenTransactions(_ body: @escaping @Sendable () -> Void) { queue.async(execute: body) }

    /// How many appends wait for the next transaction; nil when none is under way.
    var waiting: Int? { state.withLock { $0.isWriting ? $0.waiting.count : nil } }

    /// Takes no more appends, and returns when those before are written and the connection is gone.
    func close() async {
        state.withLock { $0.stopped = $0.stopped ?? .closed }
        await withCheckedContinuation { continuation in
            queue.async {
                self.log?.close(hasFailed: self.state.withLock { $0.failed } != nil)
                self.log = nil
                continuation.resume()
            }
        }
    }

    // MARK: - On the queue

    private func alone<Value: Sendable>(_ body: @escaping @Sendable (LogWriter) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.aloneOnQueue(body) }) }
        }
    }

    private func aloneOnQueue<Value>(_ body: (LogWriter) throws -> Value) throws -> Value {
        if let stopped = state.withLock({ $0.stopped }) { throw stopped }
        guard let log else { throw StoreError.closed }
        do { return try body(log) } catch {
            if let failure = error as? SQLiteConnection.Failure, failure.isOfDisk { stop(storeError(failure)) }
            throw error is EventRows.Refusal ? error : storeError(error)
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
            guard let log else { throw StoreError.closed }
            let results = try log.write(jobs)
            for (job, result) in zip(jobs, results) {
                if case .success(let events) = result, let last = events.last {
                    recent.add(events, of: job.session)
                    bell.ring(job.session, head: last.seq)
                }
                job.continuation.resume(with: result)
            }
        } catch {
            let answer = storeError(error)
            if !LogWriter.hasOnlyWaited(error) { stop(answer) }
            for job in jobs { job.continuation.resume(throwing: answer) }
        }
    }

    /// A checkpoint that fails stops the writer, since its syncs are of the log as any other.
    private func checkpointIfDue() {
        do { try log?.checkpointIfDue() } catch {
            if !LogWriter.hasOnlyWaited(error) { stop(storeError(error)) }
        }
    }

    private func stop(_ error: StoreError) {
        state.withLock { state in
            state.failed = state.failed ?? error
            state.stopped = state.stopped ?? error
        }
    }

    private func storeError(_ error: any Error) -> StoreError {
        switch error {
        case let error as StoreError: error
        case let failure as SQLiteConnection.Failure: Schema.storeError(failure, path)
        case let held as LockIsHeld: held.storeError
        case let waited as LogWriter.CouldNotBegin: Schema.storeError(waited.cause, path)
        default: .unusable(path: path, reason: "\(error)")
        }
    }
}
