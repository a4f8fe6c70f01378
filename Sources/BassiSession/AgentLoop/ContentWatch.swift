import BassiModels
import Synchronization

/// Ends a model call that sends signs of life and nothing else for too long.
struct ContentWatch: Sendable {
    /// Where content that came is noted.
    final class Sign: Sendable {
        private let count = Atomic(0)

        func content() { count.add(1, ordering: .relaxed) }
        var seen: Int { count.load(ordering: .relaxed) }
    }

    /// How often is looked within the limit: a call ends at most a tenth too late.
    private static let looks = 10

    let limit: Duration
    let provider: String

    /// - Throws: ``ModelError`` of the kind `stalled`, or what `body` throws.
    func run(_ body: @escaping @Sendable (Sign) async throws -> Void) async throws {
        let sign = Sign()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await body(sign) }
            group.addTask { try await watch(sign) }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func watch(_ sign: Sign) async throws {
        var (seen, silent) = (sign.seen, 0)
        while silent < Self.looks {
            try await Task.sleep(for: limit / Self.looks)
            let now = sign.seen
            silent = now == seen ? silent + 1 : 0
            seen = now
        }
        throw ModelError(.stalled, "\(provider) sent signs of life, but nothing of its answer for \(limit)")
    }
}
