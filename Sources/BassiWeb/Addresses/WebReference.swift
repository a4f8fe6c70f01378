/// Resolves what stands in `href` or `Location` against the address of the page (RFC 3986, section 5.2).
struct WebReference {
    /// The longest reference that is resolved, in bytes.
    static let bytesMax = 4096

    private let base: WebAddress
    private let basePath: String
    private let origin: String

    /// References of the page at this address.
    init(base: WebAddress) {
        self.base = base
        basePath = String(base.path.prefix { $0 != "?" })
        origin = base.with(path: "").description
    }

    /// The absolute form, with what cannot stand in an address escaped; nil for what leads nowhere else: a place in the
    /// same page, a script, data, or something too long.
    func resolve(_ text: String) -> String? {
        var bytes: [UInt8] = []
        // Browsers drop line ends and tabs wherever they stand.
        for byte in text.utf8 where byte >= 0x20 && byte != 0x7F { bytes.append(byte) }
        while bytes.last == 0x20 { bytes.removeLast() }
        let reference = Array(bytes.drop { $0 == 0x20 })
        guard !reference.isEmpty, reference.count <= Self.bytesMax, reference.first != UInt8(ascii: "#") else {
            return nil
        }
        var escaped: [UInt8] = []
        for byte in reference { escaped.append(escaping: byte) }
        let whole = String(decoding: escaped, as: UTF8.self)
        if let scheme = Self.scheme(of: whole) {
            return ["http", "https", "mailto", "tel", "ftp"].contains(scheme) ? whole : nil
        }
        if whole.hasPrefix("//") { return (base.isSecure ? "https:" : "http:") + whole }
        if whole.hasPrefix("?") { return origin + basePath + whole }
        let end = whole.firstIndex { $0 == "?" || $0 == "#" } ?? whole.endIndex
        let (path, rest) = (whole[..<end], whole[end...])
        let folder = basePath[...(basePath.lastIndex(of: "/") ?? basePath.startIndex)]
        let merged = path.hasPrefix("/") ? String(path) : String(folder) + path
        return origin + Self.withoutDots(merged) + rest
    }

    /// What stands before the first colon, where that is a scheme.
    private static func scheme(of text: String) -> String? {
        guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        let scheme = text[..<colon]
        let isScheme =
            scheme.utf8.first.map { ($0 | 0x20) >= 0x61 && ($0 | 0x20) <= 0x7A } ?? false
            && scheme.utf8.allSatisfy { byte in
                (0x61...0x7A).contains(byte | 0x20) || (0x30...0x39).contains(byte) || "+-.".utf8.contains(byte)
            }
        return isScheme ? scheme.lowercased() : nil
    }

    private static func withoutDots(_ path: String) -> String {
        var kept: [Substring] = []
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        for (index, part) in zip(1..., parts) {
            let isLast = index == parts.count
            switch part {
            case ".": if isLast { kept.append("") }
            case "..":
                if !kept.isEmpty { kept.removeLast() }
                if isLast { kept.append("") }
            default: kept.append(part)
            }
        }
        return "/" + kept.joined(separator: "/")
    }
}
