import Foundation

/// Runs blocking work on files on threads of its own: the cooperative pool has two, and a slow disk must not hold one.
enum FileWork {
    private static let queue = DispatchQueue(label: "bassi.files", attributes: .concurrent)

    static func run<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try Task.checkCancellation()
        return try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Result(catching: body)) }
        }
    }
}
