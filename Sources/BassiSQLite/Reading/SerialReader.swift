import BassiStore
import CSQLite
import Dispatch

/// A reading connection on its own queue; reads do not wait for the writer (WAL).
final class SerialReader: Sendable {
    private let path: String
    private let queue = DispatchQueue(label: "bassi.sqlite.reader")
    // nonisolated(unsafe) because it is touched on `queue` only, and in init before anybody else has it.
    private nonisolated(unsafe) var rows: EventRows?

    init(path: String, vfs: String?) throws {
        self.path = path
        do {
            rows = EventRows(connection: try SQLiteConnection(path: path, flags: SQLITE_OPEN_READWRITE, vfs: vfs))
        } catch {
            throw Schema.storeError(error, path)
        }
    }

    func run<Value: Sendable>(_ body: @escaping @Sendable (EventRows) throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result { try self.read(body) }) }
        }
    }

    /// The same for who does not wait; nothing happens once the store is closed.
    func perform(_ body: @escaping @Sendable (EventRows) -> Void) {
        queue.async { if let rows = self.rows { body(rows) } }
    }

    func close() async {
        await withCheckedContinuation { continuation in
            queue.async {
                self.rows = nil
                continuation.resume()
            }
        }
    }

    private func read<Value>(_ body: (EventRows) throws -> Value) throws -> Value {
        guard let rows else { throw StoreError.closed }
        do {
            return try body(rows)
        } catch let failure as SQLiteConnection.Failure {
            throw Schema.storeError(failure, path)
        }
    }
}
