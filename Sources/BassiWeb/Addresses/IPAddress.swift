#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// An address of the internet protocol, version 4 or 6.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// Four bytes or sixteen, the most significant first.
    public let bytes: [UInt8]

    /// An address from its bytes; nil unless they are four or sixteen.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// An address in its usual form: four decimal numbers without leading zeros, or version 6 without brackets and zone.
    public init?(_ text: String) {
        if let bytes = Self.parsed(text, AF_INET, count: 4) ?? Self.parsed(text, AF_INET6, count: 16) {
            self.bytes = bytes
        } else {
            return nil
        }
    }

    /// Whether this is version 6.
    public var isV6: Bool { bytes.count == 16 }

    /// The usual form, without brackets.
    public var description: String {
        if !isV6 { return bytes.map { "\($0)" }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "::" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether the first bits are those of another address of the same version.
    func begins(with prefix: [UInt8], bits: Int) -> Bool {
        guard prefix.count == bytes.count else { return false }
        let whole = bits / 8
        guard bytes[..<whole].elementsEqual(prefix[..<whole]) else { return false }
        let rest = bits % 8
        guard rest > 0 else { return true }
        let mask = ~UInt8(0) << UInt8(8 - rest)
        return bytes[whole] & mask == prefix[whole] & mask
    }

    private static func parsed(_ text: String, _ family: Int32, count: Int) -> [UInt8]? {
        guard !text.utf8.contains(0) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        return inet_pton(family, text, &bytes) == 1 ? Array(bytes[..<count]) : nil
    }
}
