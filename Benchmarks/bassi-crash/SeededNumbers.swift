import BassiTesting

/// Random numbers that are the same for the same seed.
typealias SeededNumbers = SplitMix64

extension SplitMix64 {
    /// Whether something with this probability happens.
    mutating func happens(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &self) < probability }
}
