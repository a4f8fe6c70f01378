import BassiEvents
import CSQLite

/// The statement that every event goes through: bound without a copy of anything, since SQLite has read the bytes when
/// the step returns.
struct EventInsertion {
    private let connection: SQLiteConnection
    private let statement: OpaquePointer

    init(_ connection: SQLiteConnection, stream: Int64) throws {
        self.connection = connection
        statement = try connection.prepared(
            """
            INSERT INTO events(stream, seq, type, event_id, run_id, cause_seq, timestamp, schema, hash, salt, commitment,
                payload) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        sqlite3_bind_int64(statement, 1, stream)
    }

    /// - Parameter salt: nil for a delta.
    func insert(_ event: Event, salt: [UInt8]?, commitment: [UInt8]? = nil) throws {
        try withUnsafeTemporaryAllocation(byteCount: 64, alignment: 8) { ids in
            bindPlace(event, ids)
            try bind(salt, 10) {
                try bind(commitment, 11) {
                    // An empty payload is no NULL.
                    try bind(event.payloadBytes, 12) {
                        let code = sqlite3_step(statement)
                        sqlite3_reset(statement)
                        guard code == SQLITE_DONE else { throw connection.failure(code) }
                    }
                }
            }
        }
    }

    private func bindPlace(_ event: Event, _ ids: UnsafeMutableRawBufferPointer) {
        sqlite3_bind_int64(statement, 2, event.seq.rawValue)
        if let known = event.payload.fields {
            let type = Swift.type(of: known).type
            sqlite3_bind_text(
                statement, 3, UnsafeRawPointer(type.utf8Start).assumingMemoryBound(to: CChar.self),
                Int32(type.utf8CodeUnitCount), nil)
        } else {
            sqlite3_bind_text(statement, 3, event.payload.type, -1, Self.copied)
        }
        event.id.uuid.copy(to: UnsafeMutableRawBufferPointer(rebasing: ids[..<16]))
        sqlite3_bind_blob(statement, 4, ids.baseAddress, 16, nil)
        if let run = event.runID {
            run.uuid.copy(to: UnsafeMutableRawBufferPointer(rebasing: ids[16...]))
            sqlite3_bind_blob(statement, 5, ids.baseAddress.map { $0 + 16 }, 16, nil)
        } else {
            sqlite3_bind_null(statement, 5)
        }
        if let cause = event.causeSeq {
            sqlite3_bind_int64(statement, 6, cause.rawValue)
        } else {
            sqlite3_bind_null(statement, 6)
        }
        if let hash = event.hash {
            hash.copy(to: UnsafeMutableRawBufferPointer(rebasing: ids[32...]))
            sqlite3_bind_blob(statement, 9, ids.baseAddress.map { $0 + 32 }, 32, nil)
        } else {
            sqlite3_bind_null(statement, 9)
        }
        sqlite3_bind_int64(statement, 7, event.timestamp.milliseconds)
        sqlite3_bind_int64(statement, 8, Int64(event.schema))
    }

    private func bind(_ bytes: [UInt8]?, _ index: Int32, _ body: () throws -> Void) throws {
        guard let bytes else {
            sqlite3_bind_null(statement, index)
            return try body()
        }
        try bytes.withUnsafeBytes { buffer in
            if let base = buffer.baseAddress, buffer.count > 0 {
                sqlite3_bind_blob64(statement, index, base, sqlite3_uint64(buffer.count), nil)
            } else {
                sqlite3_bind_zeroblob(statement, index, 0)
            }
            try body()
        }
    }

    private static var copied: sqlite3_destructor_type { unsafeBitCast(-1, to: sqlite3_destructor_type.self) }
}
