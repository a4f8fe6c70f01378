/// A place that the person lets `web_fetch` reach though it is not public: `localhost:8000`, `*.corp.example`,
/// `10.1.2.3`, `10.0.0.0/8`, `[::1]:8080`.
public struct AllowedPlace: Sendable, Hashable {
    private enum Target: Hashable {
        /// This name, whatever it resolves to; of a wildcard the part behind `*`.
        case name(String, isWildcard: Bool)
        /// These addresses, whatever name leads there.
        case addresses(IPAddress, bits: Int)
    }

    private let target: Target
    /// Only this port; nil for all.
    private let port: Int?

    /// A place from its text; nil when it has none of the forms.
    public init?(_ text: String) {
        let text = text.lowercased()
        if let slash = text.firstIndex(of: "/") {
            guard let address = IPAddress(String(text[..<slash])), let bits = Int(text[text.index(after: slash)...]),
                (0...address.bytes.count * 8).contains(bits)
            else { return nil }
            (target, port) = (.addresses(address, bits: bits), nil)
        } else if let address = IPAddress(text) {
            (target, port) = (.addresses(address, bits: address.bytes.count * 8), nil)
        } else {
            guard let (host, port) = WebAddress.hostAndPort(text[...]) else { return nil }
            self.port = port
            let isWildcard = host.hasPrefix("*.")
            if host.hasPrefix("[") || IPAddress(host) != nil {
                guard let address = IPAddress(host.filter { $0 != "[" && $0 != "]" }) else { return nil }
                target = .addresses(address, bits: address.bytes.count * 8)
            } else {
                let name = isWildcard ? String(host.dropFirst(2)) : host
                guard WebAddress.isName(name) else { return nil }
                target = .name(isWildcard ? "." + name : name, isWildcard: isWildcard)
            }
        }
    }

    /// Whether an address may be connected to for the sake of a web address.
    func allows(_ address: IPAddress, for web: WebAddress) -> Bool {
        guard port == nil || port == web.port else { return false }
        switch target {
        case .addresses(let first, let bits): return address.begins(with: first.bytes, bits: bits)
        case .name(let name, let isWildcard):
            guard case .name(let asked) = web.host else { return false }
            return isWildcard ? asked.hasSuffix(name) : asked == name
        }
    }
}
