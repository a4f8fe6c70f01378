import BassiEvents
import BassiStore

/// What every event store must keep, as checks that can be run over any of them.
///
///     @Test(arguments: EventStoreConformance.checks)
///     func `my store keeps the contract`(check: EventStoreConformance.Check) async throws {
///         try await check.run { try MyStore(path: freshPath()) }
///     }
///
/// The numbers of the guarantees are those of the contract: 1 order, 2 atomic conditional append, 7 exact resume,
/// 8 no seam between stored and live events, 10 accounted loss. Random checks use fixed seeds.
public enum EventStoreConformance {
    /// Makes an empty store. It is called many times; the check closes what it got.
    public typealias StoreFactory = @Sendable () async throws -> any EventStore

    /// One rule that a store must keep.
    public struct Check: Sendable, CustomStringConvertible {
        /// The rule, as a sentence.
        public let name: String
        private let body: @Sendable (StoreFactory) async throws -> Void

        init(_ name: String, _ body: @escaping @Sendable (StoreFactory) async throws -> Void) {
            self.name = name
            self.body = body
        }

        /// The rule.
        public var description: String { name }

        /// Tries the rule over stores of this kind.
        ///
        /// A lost wake-up shows as silence, so a check that is not done within `limit` has failed. The store's waits
        /// must end when their task is cancelled; otherwise this never returns.
        ///
        /// - Throws: ``ConformanceFailure`` when the rule is broken, or the error that a store threw.
        public func run(
            within limit: Duration = .seconds(120), _ makeStore: @escaping StoreFactory
        ) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { try await body(makeStore) }
                group.addTask {
                    try await ContinuousClock().sleep(for: limit)
                    throw ConformanceFailure("\(name): not done within \(limit), as after a lost wake-up")
                }
                defer { group.cancelAll() }
                try await group.next()
            }
        }
    }

    /// All checks.
    public static let checks: [Check] =
        orderChecks + appendChecks + resumeChecks + seamChecks + accountChecks + slowReaderChecks + lifeChecks

    /// Lends a fresh store and closes it.
    static func withStore<Value>(
        _ makeStore: StoreFactory, _ body: (any EventStore) async throws -> Value
    ) async throws -> Value {
        let store = try await makeStore()
        do {
            let value = try await body(store)
            try await store.close()
            return value
        } catch {
            try? await store.close()
            throw error
        }
    }

    /// Throws the sentence when the condition does not hold.
    static func require(_ condition: Bool, _ sentence: @autoclosure () -> String) throws {
        if !condition { throw ConformanceFailure(sentence()) }
    }

    /// Throws when `body` does anything but throw this error.
    static func require(
        _ expected: StoreError, from what: String, _ body: () async throws -> Void
    ) async throws {
        do { try await body() } catch let error as StoreError where error == expected { return } catch {
            throw ConformanceFailure("\(what) threw '\(error)' where '\(expected)' was expected")
        }
        throw ConformanceFailure("\(what) succeeded where '\(expected)' was expected")
    }

    /// Lets other tasks run, so that races come out in more than one way.
    static func yield(_ times: Int) async {
        for _ in 0..<times { await Task.yield() }
    }
}
