/// A random generator that gives the same numbers for the same seed, on every machine.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    /// A generator at the start of the seed's row of numbers.
    public init(seed: UInt64) { state = seed }

    /// The next number.
    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Says what must hold for every list of operations, tries random lists, and reduces one that fails to a minimal one.
///
///     try await Property("a stack gives back what was pushed", seed: 1, lists: 100).check { random in
///         Bool.random(using: &random) ? Push(1) : Pop()
///     } holds: { operations in
///         try run(operations)
///     }
///
/// Each list is made from a seed of its own, which the failure names.
public struct Property: Sendable {
    /// No more lists than this are tried to make a failing one shorter.
    public static let shrinkAttemptsMax = 400

    private let name: String
    private let seed: UInt64
    private let lists: Int
    private let operationsMax: Int

    /// A property by its sentence. `lists` random lists of 1 to `operationsMax` operations are tried.
    public init(_ name: String, seed: UInt64, lists: Int, operationsMax: Int = 40) {
        self.name = name
        self.seed = seed
        self.lists = lists
        self.operationsMax = operationsMax
    }

    /// Tries the lists; `holds` throws when the property does not hold for one.
    ///
    /// - Throws: ``ConformanceFailure`` with the seed, the minimal list that fails, and how it fails.
    public func check<Operation: Sendable>(
        make: @Sendable (inout SplitMix64) -> Operation, holds: @Sendable ([Operation]) async throws -> Void
    ) async throws {
        for index in 0..<UInt64(lists) {
            var random = SplitMix64(seed: seed &+ index)
            let operations = (0..<Int.random(in: 1...operationsMax, using: &random)).map { _ in make(&random) }
            guard let error = await failure(of: operations, holds) else { continue }
            try Task.checkCancellation()
            let (minimal, last) = await shrink(operations, error, holds)
            let listing = minimal.enumerated().map { "\n    \($0 + 1). \($1)" }.joined()
            throw ConformanceFailure(
                "\(name): \(last)\n  seed \(seed &+ index), \(minimal.count) of \(operations.count) operations:\(listing)"
            )
        }
    }

    private func failure<Operation>(
        of operations: [Operation], _ holds: @Sendable ([Operation]) async throws -> Void
    ) async -> (any Error)? {
        do {
            try await holds(operations)
            return nil
        } catch { return error }
    }

    /// Takes out halves, quarters … and at last single operations, as long as what is left still fails.
    private func shrink<Operation>(
        _ operations: [Operation], _ error: any Error, _ holds: @Sendable ([Operation]) async throws -> Void
    ) async -> ([Operation], any Error) {
        var (minimal, last, attempts) = (operations, error, 0)
        var size = max(1, operations.count / 2)
        while attempts < Self.shrinkAttemptsMax, !Task.isCancelled {
            var isShorter = false
            var start = 0
            while start < minimal.count, minimal.count > 1, attempts < Self.shrinkAttemptsMax {
                var candidate = minimal
                candidate.removeSubrange(start..<min(start + size, minimal.count))
                attempts += 1
                if let error = await failure(of: candidate, holds) {
                    (minimal, last, isShorter) = (candidate, error, true)
                } else {
                    start += size
                }
            }
            if size == 1 && !isShorter { break }
            size = max(1, size / 2)
        }
        return (minimal, last)
    }
}
