/// An amount in US dollars as whole nano-dollars, so that adding never rounds; written as a decimal number.
public struct Money: JSONCodable, Hashable, Comparable, CustomStringConvertible {
    /// Billionths of a dollar.
    public let nanoDollars: Int64

    /// An amount.
    public init(nanoDollars: Int64) { self.nanoDollars = nanoDollars }

    /// Nothing.
    public static let zero = Money(nanoDollars: 0)

    /// The amount in a plain decimal text such as `0.0042`; nil for exponents and for more than nine decimals.
    public init?(_ text: String) {
        let isNegative = text.hasPrefix("-")
        let parts = text.drop { $0 == "-" }.split(separator: ".", omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        guard text.hasPrefix("--") == false, (1...2).contains(parts.count), !parts[0].isEmpty,
            fraction.utf8.count <= 9,
            parts.count == 1 || !fraction.isEmpty, (parts[0] + fraction).utf8.allSatisfy(\.isDigit),
            let value = Int64(
                parts[0] + fraction + String(repeating: "0", count: 9 - fraction.utf8.count))
        else { return nil }
        nanoDollars = isNegative ? -value : value
    }

    /// The shortest decimal text: `0`, `1.5`, `0.000000042`.
    public var description: String {
        let (dollars, nanos) = nanoDollars.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var text = (nanoDollars < 0 ? "-" : "") + String(dollars)
        guard nanos > 0 else { return text }
        let digits = String(nanos)
        text += "." + String(repeating: "0", count: 9 - digits.utf8.count) + digits
        while text.hasSuffix("0") { text.removeLast() }
        return text
    }

    /// By amount.
    public static func < (left: Money, right: Money) -> Bool { left.nanoDollars < right.nanoDollars }

    /// The sum; it stops at the greatest amount instead of overflowing.
    public static func + (left: Money, right: Money) -> Money {
        let (sum, overflow) = left.nanoDollars.addingReportingOverflow(right.nanoDollars)
        return Money(nanoDollars: overflow ? (left.nanoDollars > 0 ? .max : .min) : sum)
    }

    /// A decimal number.
    public static var expectation: String { "decimal number of dollars" }
    /// Writes the amount as a number.
    public func write(to json: inout JSONWriter) { json.raw(description.utf8) }
    /// Reads an amount.
    public init?(json: JSONValue) {
        guard case .number(let number) = json else { return nil }
        self.init(number.text)
    }
}
