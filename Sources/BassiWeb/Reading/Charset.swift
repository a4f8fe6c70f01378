/// Finds out how the bytes of a text are encoded, and decodes them. Bytes that fit nothing become U+FFFD.
enum Charset {
    /// How far into a page its own word about its encoding is looked for.
    static let declarationBytesMax = 1024

    /// The text, and the label of an encoding that is not known here (then the bytes were taken for UTF-8).
    ///
    /// A mark at the beginning comes before the header, the header before the page's own word; without any, what is not
    /// UTF-8 is windows-1252.
    static func decode(
        _ bytes: [UInt8], header: String?, isCut: Bool = false
    ) -> (text: String, unknown: String?) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return (utf8(bytes[3...]), nil) }
        if bytes.starts(with: [0xFF, 0xFE]) { return (utf16(bytes[2...], isBigEndian: false), nil) }
        if bytes.starts(with: [0xFE, 0xFF]) { return (utf16(bytes[2...], isBigEndian: true), nil) }
        guard let label = header ?? declared(in: bytes) else {
            if isUTF8(bytes, isCut: isCut) { return (utf8(bytes[...]), nil) }
            return (decode(bytes, label: "windows-1252") ?? utf8(bytes[...]), nil)
        }
        if let text = decode(bytes, label: label.lowercased()) { return (text, nil) }
        return (utf8(bytes[...]), label)
    }

    private static func decode(_ bytes: [UInt8], label: String) -> String? {
        switch label {
        case "utf-8", "utf8", "unicode-1-1-utf-8": return utf8(bytes[...])
        case "utf-16", "utf-16le": return utf16(bytes[...], isBigEndian: false)
        case "utf-16be": return utf16(bytes[...], isBigEndian: true)
        default: break
        }
        guard let upper = CharsetTables.upperHalf(of: label), upper.count == 128 else { return nil }
        var text = String.UnicodeScalarView()
        for byte in bytes {
            text.append(byte < 0x80 ? Unicode.Scalar(byte) : Unicode.Scalar(upper[Int(byte) - 0x80]) ?? "\u{FFFD}")
        }
        return String(text)
    }

    private static func utf8(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> String {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var at = bytes.startIndex
        while at + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[at]), UInt16(bytes[at + 1]))
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
            at += 2
        }
        return String(decoding: units, as: UTF16.self)
    }

    /// Whether this is UTF-8, but for a character that the end of what was read has cut.
    static func isUTF8(_ bytes: [UInt8], isCut: Bool) -> Bool {
        for left in 0...(isCut ? min(3, bytes.count) : 0)
        where String(validating: bytes.dropLast(left), as: UTF8.self) != nil {
            return bytes.suffix(left).allSatisfy { $0 >= 0x80 }
        }
        return false
    }

    /// What the beginning of a page says: `<meta charset=…>`, `<meta … content="…; charset=…">`, `<?xml encoding="…"?>`.
    private static func declared(in bytes: [UInt8]) -> String? {
        let head = String(decoding: bytes.prefix(declarationBytesMax).map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
            .lowercased()
        guard head.contains("<") else { return nil }
        for word in ["charset", "encoding"] {
            guard let found = head.range(of: word + "=") ?? head.range(of: word + " =") else { continue }
            let label = head[found.upperBound...].drop { $0 == " " || $0 == "\"" || $0 == "'" }
                .prefix { $0.isLetter || $0.isNumber || "-_:.".contains($0) }
            // The declaration was read as ASCII, so it is not UTF-16 whatever it says.
            if !label.isEmpty { return label.hasPrefix("utf-16") ? "utf-8" : String(label) }
        }
        return nil
    }
}
