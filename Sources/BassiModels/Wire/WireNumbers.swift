import BassiEvents

extension JSONValue {
    /// More tokens than any model takes: a count beyond it is a mistake, and sums and costs of such counts overflow.
    private static let tokensMax: Int64 = 1_000_000_000

    /// A count of tokens, if this is a whole number: at least 0 and within reason.
    var tokenCount: Int? { int64.map { Int(clamping: min(max($0, 0), Self.tokensMax)) } }
}

extension ToolID {
    /// An id for a call that came without one.
    static func made() -> ToolID { ToolID("call_\(UUIDv7().description.replacing("-", with: ""))") }
}
