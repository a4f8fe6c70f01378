/// Which addresses are nobody's in public: those of the registries of special-purpose addresses (RFC 6890 and what came
/// after it), so that a page cannot make this machine talk to itself, its network or its cloud.
enum AddressRules {
    private struct Range {
        let prefix: [UInt8]
        let bits: Int
        let name: String

        init(_ address: String, _ bits: Int, _ name: String) {
            prefix = IPAddress(address)?.bytes ?? []
            (self.bits, self.name) = (bits, name)
        }

        func contains(_ address: IPAddress) -> Bool { address.begins(with: prefix, bits: bits) }
    }

    private static let special: [Range] = [
        Range("0.0.0.0", 8, "this machine"), Range("10.0.0.0", 8, "a private network"),
        Range("100.64.0.0", 10, "a carrier's inner network"), Range("127.0.0.0", 8, "this machine"),
        Range("169.254.0.0", 16, "the link, where clouds keep secrets"),
        Range("172.16.0.0", 12, "a private network"), Range("192.0.0.0", 24, "a reserved range"),
        Range("192.0.2.0", 24, "a range for documentation"), Range("192.88.99.0", 24, "a reserved range"),
        Range("192.168.0.0", 16, "a private network"), Range("198.18.0.0", 15, "a range for benchmarks"),
        Range("198.51.100.0", 24, "a range for documentation"), Range("203.0.113.0", 24, "a range for documentation"),
        Range("224.0.0.0", 4, "multicast"), Range("240.0.0.0", 4, "a reserved range"),
        Range("::1", 128, "this machine"), Range("fc00::", 7, "a private network"),
        Range("fe80::", 10, "the link, where clouds keep secrets"), Range("ff00::", 8, "multicast"),
        Range("::ffff:0.0.0.0", 96, "version 4 in the form of version 6"),
        Range("2001::", 23, "a reserved range"), Range("2001:db8::", 32, "a range for documentation"),
        Range("3fff::", 20, "a range for documentation"), Range("2002::", 16, "a tunnel (6to4)"),
    ]
    private static let translated = Range("64:ff9b::", 96, "NAT64")
    /// All that has been given to networks so far.
    private static let global = Range("2000::", 3, "global")

    /// What an address is, if it is none that anybody in public has; nil for a public one.
    static func refusal(of address: IPAddress) -> String? {
        if let range = special.first(where: { $0.contains(address) }) { return range.name }
        // In a network of version 6 alone, all of version 4 is behind this prefix: what counts is who is meant.
        if translated.contains(address), let inner = IPAddress(bytes: Array(address.bytes.suffix(4))) {
            return refusal(of: inner)
        }
        return address.isV6 && !global.contains(address) ? "a reserved range" : nil
    }
}
