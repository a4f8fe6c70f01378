import Foundation
import Synchronization

/// Runs blocking work on files on threads of its own: the cooperative pool has two, and a slow disk must not hold one.
package enum FileWork {
    /// Whether the call was cancelled; long work looks at it now and then.
    package final class Cancellation: Sendable {
        private let flag = Atomic(false)

        package var isCancelled: Bool { flag.load(ordering: .relaxed) }
        /// - Throws: `CancellationError` when it was cancelled: the last look before a change.
        func check() throws { if isCancelled { throw CancellationError() } }
        func cancel() { flag.store(true, ordering: .relaxed) }
    }

    private static let queue = DispatchQueue(label: "bassi.files", attributes: .concurrent)

    package static func run<Value: Sendable>(
        _ body: @escaping @Sendable (Cancellation) throws -> Value
    ) async throws -> Value {
        try Task.checkCancellation()
        let cancellation = Cancellation()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                queue.async { continuation.resume(with: Result { try body(cancellation) }) }
            }
        } onCancel: {
            cancellation.cancel()
        }
    }

    /// The same for what has to be said after a call, also of one that was cancelled.
    package static func runToEnd<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: body()) }
        }
    }
}
