import BassiEvents
import BassiStore
import Foundation

/// The writing connection and how it writes. It is used on the writer's queue only.
final class LogWriter {
    let rows: EventRows
    /// nil where the file is written through another VFS, which has syncs of its own.
    let sync: WALSync?
    private let path: String
    private let file: FileIdentity
    private let lock: WriteLock
    private let key: LogKey?
    private let groupsPerCheckpoint: Int
    private var isFull: Bool?
    private var groupsSinceCheckpoint = 0

    init(path: String, vfs: String?, groupsPerCheckpoint: Int, key: LogKey?) throws {
        self.path = path
        self.groupsPerCheckpoint = groupsPerCheckpoint
        self.key = key
        lock = try WriteLock(beside: path)
        do {
            // Of two processes that make the file at once, one would see the other's half, or find it locked.
            rows = EventRows(connection: try lock.hold { try Schema.open(path, vfs: vfs) })
        } catch let held as LockIsHeld { throw held.storeError }
        file = try FileIdentity(path)
        sync = vfs == nil ? WALSync(path: path) : nil
    }

    /// One transaction for all. A conflict is the answer to its own job only; any other failure is everybody's.
    func write(_ jobs: [GroupWriter.Job]) throws -> [Result<[Event], any Error>] {
        let isDurable = jobs.contains { $0.durability == .durable }
        return try transaction(durable: isDurable) {
            try jobs.map { job -> Result<[Event], any Error> in
                do {
                    return .success(
                        try rows.append(
                            job.batch, to: job.session, expecting: job.version, under: job.lease, signedWith: key))
                } catch let conflict as StoreError {
                    return .failure(conflict)
                }
            }
        }
    }

    /// Runs `body` in a transaction that is undone when it throws, with the lock held.
    func transaction<Value>(durable: Bool, _ body: () throws -> Value) throws -> Value {
        try file.check()
        let value = try lock.hold {
            try setLevel(full: durable)
            try begin()
            do {
                let value = try body()
                CrashPoint.pass()
                try rows.connection.execute("COMMIT")
                return value
            } catch {
                try? rows.connection.execute("ROLLBACK")
                throw error
            }
        }
        CrashPoint.pass()
        groupsSinceCheckpoint += 1
        if durable { sync?.noteSync() } else { sync?.noteCommit() }
        return value
    }

    private func begin() throws {
        do { try rows.connection.execute("BEGIN IMMEDIATE") } catch let failure where failure.isBusy {
            throw CouldNotBegin(cause: failure)
        }
    }

    /// Whether nothing is known to be wrong: the lock was not to be had, or the transaction did not begin, as when
    /// another program holds the file. Nothing is lost, so it stops nobody.
    static func hasOnlyWaited(_ error: any Error) -> Bool {
        error is LockIsHeld || error is CouldNotBegin
    }

    /// A transaction that did not begin.
    struct CouldNotBegin: Error {
        let cause: SQLiteConnection.Failure
    }

    /// Inside a transaction SQLite refuses to change the level, so it is chosen before from the whole group. A commit
    /// at FULL syncs the WAL and so covers all commits before it.
    private func setLevel(full: Bool) throws {
        guard isFull != full else { return }
        try rows.connection.execute(full ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL")
        let level = try rows.connection.integer("PRAGMA synchronous")
        guard level == (full ? 2 : 1) else {
            throw StoreError.unusable(path: path, reason: "SQLite did not take the level of synchronisation")
        }
        isFull = full
    }

    // MARK: - Erasing

    /// Runs `body` so that nothing of what it deletes is left: neither in the pages of the file nor in the WAL, whose
    /// frames hold older versions of the pages. Only a file that is cut to nothing holds none.
    func erase(_ body: () throws -> Void) throws {
        try rows.connection.execute("PRAGMA secure_delete=ON")
        defer { try? rows.connection.execute("PRAGMA secure_delete=OFF") }
        try transaction(durable: true, body)
        guard try truncateWAL() else {
            throw StoreError.unusable(
                path: path,
                reason: "it is erased, but another program reads the file: do it again when that has ended, so that "
                    + "nothing of it is left on the disk")
        }
    }

    /// Gives the pages that deletions have left back to the disk.
    func shrink() throws {
        try lock.hold { try rows.connection.execute("PRAGMA incremental_vacuum") }
        _ = try truncateWAL()
    }

    /// A reader in another process can keep this from happening for a moment.
    private func truncateWAL() throws -> Bool {
        for _ in 0..<Self.truncationsMax {
            if try lock.hold({ try rows.connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") }) == 0 { return true }
        }
        return false
    }

    private static let truncationsMax = 3

    // MARK: - Checkpoints

    /// Moves the WAL into the database, outside the append path. One that another connection holds up is tried again
    /// after the next group.
    func checkpointIfDue() throws {
        guard groupsSinceCheckpoint >= groupsPerCheckpoint else { return }
        do {
            let isBusy = try lock.hold { try rows.connection.integer("PRAGMA wal_checkpoint(PASSIVE)") } != 0
            if !isBusy { groupsSinceCheckpoint = 0 }
        } catch let failure as SQLiteConnection.Failure where failure.isBusy {}
    }

    /// Programs that write a little and end, as scripts do, never come to a checkpoint by counting groups. The last
    /// thing they do is one that cuts a long WAL to nothing: the next to open the file reads the whole WAL anew, and
    /// would not know that a part of it was moved into the database already. Where somebody reads, the next one does it.
    func close(hasFailed: Bool) {
        sync?.close()
        guard !hasFailed, walBytes > Self.walBytesMax else { return }
        try? rows.connection.execute("PRAGMA busy_timeout=0")
        _ = try? lock.hold { try rows.connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") }
    }

    /// A WAL that is longer than this when a program ends is cut.
    private static let walBytesMax = 1 << 20

    private var walBytes: Int {
        var status = stat()
        return stat(path + "-wal", &status) == 0 ? Int(status.st_size) : 0
    }
}
