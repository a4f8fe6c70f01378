import BassiEvents
import CSQLite

/// One connection to a database file, and the statements it has prepared. It is used on one queue only.
final class SQLiteConnection {
    /// What SQLite said.
    struct Failure: Error {
        let code: Int32
        let message: String

        /// Whether another connection holds the file, so that the same may succeed later.
        var isBusy: Bool { code & 0xFF == SQLITE_BUSY }

        /// Whether the disk did not do what it was told, or holds what was never written.
        var isOfDisk: Bool { [SQLITE_IOERR, SQLITE_FULL, SQLITE_CORRUPT, SQLITE_NOTADB].contains(code & 0xFF) }
    }

    private(set) var handle: OpaquePointer?
    private var statements: [String: OpaquePointer] = [:]

    /// Opens a file through the SQLite VFS of that name; nil is the default one.
    init(path: String, flags: Int32, vfs: String? = nil) throws(Failure) {
        let code = sqlite3_open_v2(path, &handle, flags | SQLITE_OPEN_NOMUTEX, vfs)
        guard code == SQLITE_OK else {
            let failure = failure(code)
            sqlite3_close(handle)
            throw failure
        }
        sqlite3_busy_timeout(handle, 5000)
        sqlite3_extended_result_codes(handle, 1)
        bassi_sqlite_no_checkpoint_on_close(handle)
    }

    deinit {
        for statement in statements.values { sqlite3_finalize(statement) }
        sqlite3_close(handle)
    }

    /// Runs statements without parameters and results.
    func execute(_ sql: String) throws(Failure) {
        let code = sqlite3_exec(handle, sql, nil, nil, nil)
        guard code == SQLITE_OK else { throw failure(code) }
    }

    /// Runs a statement with parameters, calling `row` for each row of its result. It stays prepared.
    func query(_ sql: String, _ parameters: SQLiteValue..., row: (SQLiteRow) throws -> Void = { _ in }) throws {
        try query(sql, with: parameters, row: row)
    }

    private func query(_ sql: String, with parameters: [SQLiteValue], row: (SQLiteRow) throws -> Void) throws {
        let statement = try prepared(sql)
        defer {
            sqlite3_reset(statement)
            sqlite3_clear_bindings(statement)
        }
        for (index, value) in parameters.enumerated() { value.bind(to: statement, at: Int32(index + 1)) }
        while true {
            let code = sqlite3_step(statement)
            if code == SQLITE_DONE { return }
            guard code == SQLITE_ROW else { throw failure(code) }
            try row(SQLiteRow(statement: statement))
        }
    }

    /// The first column of the first row as an integer; 0 without a row.
    func integer(_ sql: String, _ parameters: SQLiteValue...) throws -> Int64 {
        var value: Int64 = 0
        try query(sql, with: parameters) { value = $0.integer(0) }
        return value
    }

    /// Runs `body` in a transaction that is undone when it throws.
    func transaction<Value>(_ body: () throws -> Value) throws -> Value { try between("BEGIN IMMEDIATE", body) }

    /// Reads several things as they are at one moment. It keeps the WAL from being cut while it lasts.
    func atOneMoment<Value>(_ body: () throws -> Value) throws -> Value { try between("BEGIN", body) }

    private func between<Value>(_ begin: String, _ body: () throws -> Value) throws -> Value {
        try execute(begin)
        do {
            let value = try body()
            try execute("COMMIT")
            return value
        } catch {
            try? execute("ROLLBACK")
            throw error
        }
    }

    /// The row id that the last insertion was given.
    var lastInsertedRow: Int64 { sqlite3_last_insert_rowid(handle) }

    /// How many rows the last statement changed.
    var changedRows: Int { Int(sqlite3_changes(handle)) }

    /// The statement, made once; whoever steps it resets it.
    func prepared(_ sql: String) throws(Failure) -> OpaquePointer {
        if let statement = statements[sql] { return statement }
        var statement: OpaquePointer?
        let code = sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil)
        guard code == SQLITE_OK, let statement else { throw failure(code) }
        statements[sql] = statement
        return statement
    }

    func failure(_ code: Int32) -> Failure {
        Failure(code: code, message: String(cString: sqlite3_errmsg(handle)))
    }
}

/// A parameter of a statement.
enum SQLiteValue {
    case integer(Int64?)
    case text(String)
    case blob([UInt8]?)

    fileprivate func bind(to statement: OpaquePointer, at index: Int32) {
        // SQLite copies the bytes before the call returns.
        let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
        switch self {
        case .integer(let value?): sqlite3_bind_int64(statement, index, value)
        case .text(let text): sqlite3_bind_text(statement, index, text, -1, copied)
        case .blob(let bytes?): sqlite3_bind_blob(statement, index, bytes, Int32(bytes.count), copied)
        case .integer(nil), .blob(nil): sqlite3_bind_null(statement, index)
        }
    }
}

/// The current row of a statement, valid until the next step.
struct SQLiteRow {
    fileprivate let statement: OpaquePointer

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(statement, column) == SQLITE_NULL }
    /// The 16 bytes of a UUID; nil for NULL and for anything else.
    func uuid(_ column: Int32) -> UUIDv7? {
        guard let bytes = sqlite3_column_blob(statement, column), sqlite3_column_bytes(statement, column) == 16 else {
            return nil
        }
        let words = UnsafeRawBufferPointer(start: bytes, count: 16)
        return UUIDv7(
            high: UInt64(bigEndian: words.loadUnaligned(fromByteOffset: 0, as: UInt64.self)),
            low: UInt64(bigEndian: words.loadUnaligned(fromByteOffset: 8, as: UInt64.self)))
    }

    /// A link of the chain; nil for NULL and for anything else.
    func hash(_ column: Int32) -> EventHash? {
        guard let bytes = sqlite3_column_blob(statement, column) else { return nil }
        return EventHash(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
    }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(statement, column) }
    func text(_ column: Int32) -> String { String(decoding: blob(column), as: UTF8.self) }

    /// Lends the bytes of a text or a blob.
    func withBytes(_ column: Int32, _ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        let bytes = sqlite3_column_blob(statement, column)?.assumingMemoryBound(to: UInt8.self)
        body(UnsafeBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
    }

    func blob(_ column: Int32) -> [UInt8] {
        guard let bytes = sqlite3_column_blob(statement, column) else { return [] }
        return Array(UnsafeRawBufferPointer(start: bytes, count: Int(sqlite3_column_bytes(statement, column))))
    }
}

extension UUIDv7 {
    /// The 16 bytes, most significant first.
    var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 16) { buffer, count in
            copy(to: UnsafeMutableRawBufferPointer(buffer))
            count = 16
        }
    }

    /// Writes the 16 bytes, most significant first.
    func copy(to buffer: UnsafeMutableRawBufferPointer) {
        buffer.storeBytes(of: high.bigEndian, toByteOffset: 0, as: UInt64.self)
        buffer.storeBytes(of: low.bigEndian, toByteOffset: 8, as: UInt64.self)
    }
}
