/// A rule that was broken, in a sentence that says how to mend it. Thrown, since a failed `#expect` is silent outside a
/// running test.
public struct ConformanceFailure: Error, Sendable, Equatable, CustomStringConvertible {
    /// The sentence.
    public let description: String

    /// A broken rule.
    public init(_ description: String) { self.description = description }
}
