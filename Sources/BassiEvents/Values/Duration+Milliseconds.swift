extension Duration {
    /// Whole milliseconds, rounded down: the unit of times in events.
    package var milliseconds: Int {
        Int(components.seconds) * 1000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
