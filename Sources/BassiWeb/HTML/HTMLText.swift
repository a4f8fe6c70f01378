/// Text of a page with its character references resolved.
enum HTMLText {
    private static let nameBytesMax = 32

    /// The bytes of the text, UTF-8 as before.
    static func decoded(_ bytes: ArraySlice<UInt8>, inAttribute: Bool = false) -> [UInt8] {
        guard bytes.contains(UInt8(ascii: "&")) else { return Array(bytes) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count)
        var at = bytes.startIndex
        while at < bytes.endIndex {
            if bytes[at] == UInt8(ascii: "&"), let (scalar, end) = reference(bytes, at, inAttribute) {
                text += Array(String(scalar).utf8)
                at = end
            } else {
                text.append(bytes[at])
                at += 1
            }
        }
        return text
    }

    /// The character of the reference that begins here, and where it ends.
    private static func reference(
        _ bytes: ArraySlice<UInt8>, _ start: Int, _ inAttribute: Bool
    ) -> (Unicode.Scalar, Int)? {
        var at = start + 1
        guard at < bytes.endIndex else { return nil }
        if bytes[at] == UInt8(ascii: "#") { return number(bytes, at + 1) }
        let limit = min(bytes.endIndex, at + nameBytesMax)
        while at < limit, bytes[at].isLetter || bytes[at].isDigit { at += 1 }
        let name = String(decoding: bytes[(start + 1)..<at], as: UTF8.self)
        let isClosed = at < bytes.endIndex && bytes[at] == UInt8(ascii: ";")
        if !isClosed {
            guard HTMLEntities.withoutSemicolon.contains(name) else { return nil }
            // `?a=1&copy=2` is an address.
            if inAttribute, at < bytes.endIndex, bytes[at] == UInt8(ascii: "=") { return nil }
        }
        guard let value = HTMLEntities.codePoint(of: name), let scalar = Unicode.Scalar(value) else { return nil }
        return (scalar, isClosed ? at + 1 : at)
    }

    private static func number(_ bytes: ArraySlice<UInt8>, _ start: Int) -> (Unicode.Scalar, Int)? {
        var at = start
        let isHex = at < bytes.endIndex && bytes[at] | 0x20 == UInt8(ascii: "x")
        if isHex { at += 1 }
        var (value, digits): (UInt32, Int) = (0, 0)
        while at < bytes.endIndex, let digit = Self.digit(bytes[at], isHex: isHex) {
            // Beyond Unicode it stays there: no number overflows.
            if value <= 0x10FFFF { value = value * (isHex ? 16 : 10) + digit }
            (at, digits) = (at + 1, digits + 1)
        }
        guard digits > 0 else { return nil }
        if at < bytes.endIndex, bytes[at] == UInt8(ascii: ";") { at += 1 }
        // Pages that mean windows-1252 are many.
        if (0x80...0x9F).contains(value), let table = CharsetTables.upperHalf(of: "windows-1252") {
            value = table[Int(value) - 0x80]
        }
        return (value == 0 ? "\u{FFFD}" : Unicode.Scalar(value) ?? "\u{FFFD}", at)
    }

    private static func digit(_ byte: UInt8, isHex: Bool) -> UInt32? {
        if byte.isDigit { return UInt32(byte - 0x30) }
        let lower = byte | 0x20
        return isHex && (0x61...0x66).contains(lower) ? UInt32(lower - 0x61 + 10) : nil
    }
}
