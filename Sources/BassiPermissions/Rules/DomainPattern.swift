import Foundation

/// The pattern of a rule for `web_fetch`: `domain:example.org` is that host, `domain:*.example.org` those below it.
package struct DomainPattern: Sendable, Equatable {
    private let host: [UInt8]
    private let isWildcard: Bool

    /// A pattern from its text; nil when it has another form.
    init?(_ text: String) {
        guard text.hasPrefix("domain:") else { return nil }
        var name = Array(text.dropFirst("domain:".count).lowercased().utf8)
        isWildcard = name.starts(with: "*.".utf8)
        if isWildcard { name.removeFirst(2) }
        guard !name.isEmpty, name.first != UInt8(ascii: "."), name.last != UInt8(ascii: "."),
            name.allSatisfy(\.isHostByte)
        else { return nil }
        host = name
    }

    /// For allow rules: whether the address is surely of this host.
    func covers(_ url: String) -> Bool {
        guard let found = Self.host(of: url) else { return false }
        return isWildcard ? isBelow(found) : found == host
    }

    /// For deny and ask rules: also for what is below the host, and for an address that nobody can read surely.
    func touches(_ url: String) -> Bool {
        guard let found = Self.host(of: url) else { return true }
        return found == host || isBelow(found)
    }

    private func isBelow(_ found: [UInt8]) -> Bool {
        found.count > host.count + 1 && found.suffix(host.count).elementsEqual(host)
            && found[found.count - host.count - 1] == UInt8(ascii: ".")
    }

    /// The host, in lower case and without a dot at its end; nil for an address that two programs could read in two
    /// ways: with a backslash, a blank, a user name or letters that are not ASCII.
    package static func host(of url: String) -> [UInt8]? {
        let bytes = Array(url.utf8)
        guard bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }),
            let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "http" || scheme == "https", parts.user == nil, parts.password == nil,
            let text = parts.host
        else { return nil }
        var host = Array(text.lowercased().utf8)
        if host.last == UInt8(ascii: ".") { host.removeLast() }
        // What the parser found must stand in the address as it is: an escaped letter is no host of ours.
        guard !host.isEmpty, host.allSatisfy(\.isHostByte),
            url.lowercased().hasPrefix("\(scheme)://\(text.lowercased())")
        else { return nil }
        return host
    }
}

extension UInt8 {
    fileprivate var isHostByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"),
            UInt8(ascii: "."), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
