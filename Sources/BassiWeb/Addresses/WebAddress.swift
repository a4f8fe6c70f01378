import BassiPermissions
import BassiTools

/// An address that can be fetched, read strictly: what two programs could read in two ways is refused, so that the
/// rules of permission, the check of the host and the connection all mean the same place.
public struct WebAddress: Sendable, Hashable, CustomStringConvertible {
    /// Where it leads.
    public enum Host: Sendable, Hashable {
        /// A name in lower case, without a dot at its end.
        case name(String)
        /// An address that stands there literally.
        case address(IPAddress)
    }

    /// The longest address that is read.
    static let bytesMax = 8192

    /// Whether it is https.
    public let isSecure: Bool
    /// The host.
    public let host: Host
    /// The port, 80 or 443 unless it says another.
    public let port: Int
    /// Path and query; begins with `/`.
    public let path: String

    /// Reads an address. Its fragment is dropped; what of a path is not ASCII is escaped.
    ///
    /// - Throws: ``ToolError`` `invalid_url` with what to write instead.
    public init(_ text: String) throws(ToolError) {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.bytesMax else { throw Self.invalid("it has more than \(Self.bytesMax) bytes") }
        guard bytes.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }) else {
            throw Self.invalid("it has a backslash or a control character")
        }
        let lower = text.prefix(8).lowercased()
        guard lower.hasPrefix("http://") || lower.hasPrefix("https://") else {
            throw Self.invalid("it must begin with http:// or https://")
        }
        isSecure = lower.hasPrefix("https")
        let rest = bytes[(isSecure ? 8 : 7)...]
        let end = rest.firstIndex { "/?#".utf8.contains($0) } ?? rest.endIndex
        let authority = String(decoding: rest[..<end], as: UTF8.self)
        guard !authority.contains("@") else {
            throw Self.invalid("it has a user name or a password, which are not sent")
        }
        guard let (found, port) = Self.hostAndPort(authority.lowercased()[...]) else {
            throw Self.invalid("'\(authority.prefix(100))' is no host, or its port is none")
        }
        host = try Self.host(found)
        self.port = port ?? (isSecure ? 443 : 80)
        path = Self.path(rest[end...])
        try checkReading(of: text)
    }

    private init(isSecure: Bool, host: Host, port: Int, path: String) {
        (self.isSecure, self.host, self.port, self.path) = (isSecure, host, port, path)
    }

    /// The rules of permission are held against a host that they read themselves: it must be this one.
    private func checkReading(of text: String) throws(ToolError) {
        guard let read = DomainPattern.host(of: text) else { return }
        let isSame: Bool =
            switch host {
            case .name(let name): read.elementsEqual(name.utf8)
            case .address(let address): !address.isV6 && read.elementsEqual(address.description.utf8)
            }
        guard isSame else { throw Self.invalid("its host can be read in two ways") }
    }

    /// The host as it stands in an address.
    public var hostText: String {
        switch host {
        case .name(let name): name
        case .address(let address): address.isV6 ? "[\(address)]" : "\(address)"
        }
    }

    /// The whole address.
    public var description: String {
        "\(isSecure ? "https" : "http")://\(hostText)\(port == (isSecure ? 443 : 80) ? "" : ":\(port)")\(path)"
    }

    /// The same place with another path.
    func with(path: String) -> WebAddress { WebAddress(isSecure: isSecure, host: host, port: port, path: path) }

    // MARK: - Parts

    private static func invalid(_ why: String) -> ToolError {
        ToolError("invalid_url", "this address is not fetched: \(why)")
    }

    private static func host(_ text: String) throws(ToolError) -> Host {
        if text.hasPrefix("[") {
            guard let address = IPAddress(String(text.dropFirst().dropLast())), address.isV6 else {
                throw invalid("'\(text)' is no address of version 6")
            }
            return .address(address)
        }
        guard text.utf8.allSatisfy({ $0 < 0x80 }) else {
            throw invalid("its host has letters that are not ASCII: write the form that begins with xn--")
        }
        if let address = IPAddress(text) { return .address(address) }
        let name = text.hasSuffix(".") ? String(text.dropLast()) : text
        guard !endsInNumber(name) else {
            throw invalid("'\(text.prefix(100))' is a number in place of a host: write it as 192.0.2.1")
        }
        guard isName(name) else { throw invalid("'\(text.prefix(100))' is no name of a host") }
        return .name(name)
    }

    /// Whether a program could take the name for a number: `2130706433`, `0x7f.1`, `127.1`, `0177.0.0.1`.
    private static func endsInNumber(_ name: String) -> Bool {
        guard let last = name.split(separator: ".").last else { return false }
        if last.hasPrefix("0x") { return last.dropFirst(2).utf8.allSatisfy { $0.isHexDigit } }
        return last.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Whether this is a name of a host, in lower case.
    static func isName(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count), !endsInNumber(text) else { return false }
        return text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            (1...63).contains(label.count)
                && label.allSatisfy { byte in
                    (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == UInt8(ascii: "-")
                        || byte == UInt8(ascii: "_")
                }
        }
    }

    /// `host`, `host:80`, `[::1]`, `[::1]:80`; the host keeps its brackets.
    static func hostAndPort(_ text: Substring) -> (host: String, port: Int?)? {
        var (host, rest) = (text, Substring())
        if text.hasPrefix("[") {
            guard let close = text.firstIndex(of: "]") else { return nil }
            (host, rest) = (text[...close], text[text.index(after: close)...])
        } else if let colon = text.firstIndex(of: ":") {
            (host, rest) = (text[..<colon], text[colon...])
        }
        guard !host.isEmpty else { return nil }
        guard !rest.isEmpty else { return (String(host), nil) }
        let digits = rest.dropFirst()
        guard rest.first == ":", (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let port = Int(digits), (1...65535).contains(port)
        else { return nil }
        return (String(host), port)
    }

    /// Path and query from what follows the host.
    private static func path(_ rest: ArraySlice<UInt8>) -> String {
        let visible = rest.prefix { $0 != UInt8(ascii: "#") }
        var path: [UInt8] = visible.first == UInt8(ascii: "/") ? [] : [UInt8(ascii: "/")]
        for byte in visible { path.append(escaping: byte) }
        return String(decoding: path, as: UTF8.self)
    }
}

extension [UInt8] {
    /// Adds a byte of an address, escaped where it cannot stand for itself.
    mutating func append(escaping byte: UInt8) {
        if byte > 0x20, byte < 0x7F, !"\"<>^`{|}".utf8.contains(byte) { return append(byte) }
        let digits = Array("0123456789ABCDEF".utf8)
        append(contentsOf: [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]])
    }
}

extension UInt8 {
    var isHexDigit: Bool {
        (0x30...0x39).contains(self) || (0x41...0x46).contains(self) || (0x61...0x66).contains(self)
    }
}
