/// The forms in which a value can stand in a text.
enum SecretForms {
    /// The plain value, and it in base64, in a URL, and in a JSON string; none for a value that is too short.
    static func all(of value: String) -> [[UInt8]] {
        let plain = trimmed(Array(value.utf8))
        guard String(decoding: plain, as: UTF8.self).count >= Redactor.valueCharactersMin else { return [] }
        var forms = [plain, json(plain, escapesSlash: false), json(plain, escapesSlash: true)]
        forms += ["0123456789ABCDEF", "0123456789abcdef"].flatMap { digits in
            [false, true].map { url(plain, digits: Array(digits.utf8), plusForSpace: $0) }
        }
        forms += [base64Digits + Array("+/".utf8), base64Digits + Array("-_".utf8)].flatMap { base64(plain, $0) }
        return Set(forms).filter { $0.count >= Redactor.valueCharactersMin }.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static let base64Digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789".utf8)

    /// A value that was read from a file often ends in a line end, which a text that holds it need not have.
    private static func trimmed(_ bytes: [UInt8]) -> [UInt8] {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
        else { return [] }
        return Array(bytes[first...last])
    }

    private static func url(_ bytes: [UInt8], digits: [UInt8], plusForSpace: Bool) -> [UInt8] {
        bytes.flatMap { byte -> [UInt8] in
            if TokenPattern.Characters.word.contains(byte) || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "~") {
                return [byte]
            }
            if byte == 0x20 && plusForSpace { return [UInt8(ascii: "+")] }
            return [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }

    private static func json(_ bytes: [UInt8], escapesSlash: Bool) -> [UInt8] {
        let escapes: [UInt8: Character] = [0x08: "b", 0x09: "t", 0x0A: "n", 0x0C: "f", 0x0D: "r"]
        return bytes.flatMap { byte -> [UInt8] in
            let isSlash = byte == UInt8(ascii: "/") && escapesSlash
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || isSlash {
                return [UInt8(ascii: "\\"), byte]
            }
            guard let escape = escapes[byte]?.asciiValue else { return [byte] }
            return [UInt8(ascii: "\\"), escape]
        }
    }

    /// The value in base64 with and without padding, and, for when it stands within something longer, those digits at
    /// each of the three alignments that depend on the value alone.
    private static func base64(_ bytes: [UInt8], _ digits: [UInt8]) -> [[UInt8]] {
        let whole = encode(bytes, digits)
        let padding = Array(repeating: UInt8(ascii: "="), count: (4 - whole.count % 4) % 4)
        let inner = (0..<3).map { offset -> [UInt8] in
            let (first, end) = ((8 * offset + 5) / 6, 8 * (offset + bytes.count) / 6)
            return Array(encode(Array(repeating: 0, count: offset) + bytes, digits)[first..<end])
        }
        return [whole + padding, whole] + inner
    }

    private static func encode(_ bytes: [UInt8], _ digits: [UInt8]) -> [UInt8] {
        var (text, bits, count) = ([UInt8](), 0, 0)
        for byte in bytes {
            (bits, count) = (bits << 8 | Int(byte), count + 8)
            while count >= 6 {
                count -= 6
                text.append(digits[bits >> count & 63])
            }
            bits &= 63
        }
        if count > 0 { text.append(digits[bits << (6 - count) & 63]) }
        return text
    }
}
