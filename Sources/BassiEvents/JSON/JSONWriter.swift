/// Writes canonical JSON: no white space, keys in the order written, only the escapes that RFC 8259 requires.
///
/// One growing byte buffer and no intermediate values, so that a token delta costs little more than a copy of its text.
public struct JSONWriter: Sendable {
    /// What has been written so far, UTF-8.
    public private(set) var bytes: [UInt8] = []

    /// A writer with room for `capacity` bytes.
    public init(capacity: Int = 256) { bytes.reserveCapacity(capacity) }

    /// A writer that goes on behind these bytes, which are taken out of their place: no copy is made.
    init(appendingTo place: inout [UInt8]) { swap(&bytes, &place) }

    /// Gives up the bytes.
    mutating func take() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&bytes, &taken)
        return taken
    }

    /// Appends lent bytes that are JSON already.
    mutating func raw(_ json: UnsafeBufferPointer<UInt8>) { bytes.append(contentsOf: json) }

    /// Appends a string that is lent as UTF-8, with its quotes.
    mutating func write(utf8: UnsafeBufferPointer<UInt8>) {
        bytes.append(.quote)
        appendEscaped(utf8)
        bytes.append(.quote)
    }

    /// Appends bytes that are JSON already.
    public mutating func raw(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

    /// Appends text that is JSON already.
    public mutating func raw(_ json: StaticString) {
        json.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    /// Appends a string with its quotes.
    public mutating func write(_ string: String) {
        var string = string
        string.withUTF8 { utf8 in
            bytes.append(.quote)
            appendEscaped(utf8)
            bytes.append(.quote)
        }
    }

    /// Appends an integer.
    public mutating func write(_ value: some FixedWidthInteger) {
        bytes.append(contentsOf: String(value).utf8)
    }

    /// Appends `true` or `false`.
    public mutating func write(_ value: Bool) { value ? raw("true") : raw("false") }

    /// Appends any value.
    public mutating func write(_ value: JSONValue) {
        switch value {
        case .null: raw("null")
        case .bool(let value): write(value)
        case .number(let number): bytes.append(contentsOf: number.text.utf8)
        case .string(let string): write(string)
        case .array(let elements): writeArray(elements) { $0.write($1) }
        case .object(let object): write(object)
        }
    }

    /// Appends an object.
    public mutating func write(_ object: JSONObject) {
        bytes.append(.openBrace)
        for (index, member) in object.members.enumerated() {
            if index > 0 { bytes.append(.comma) }
            write(member.key)
            bytes.append(.colon)
            write(member.value)
        }
        bytes.append(.closeBrace)
    }

    /// Appends an array whose elements `element` writes.
    public mutating func writeArray<Element>(
        _ elements: some Sequence<Element>, _ element: (inout JSONWriter, Element) -> Void
    ) {
        bytes.append(.openBracket)
        var first = true
        for value in elements {
            if !first { bytes.append(.comma) }
            first = false
            element(&self, value)
        }
        bytes.append(.closeBracket)
    }

    /// Copies runs of plain bytes at once and stops only at the ones that need an escape.
    private mutating func appendEscaped(_ utf8: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in utf8.indices {
            let byte = utf8[index]
            if byte >= 0x20 && byte != .quote && byte != .backslash { continue }
            bytes.append(contentsOf: utf8[start..<index])
            appendEscape(of: byte)
            start = index + 1
        }
        bytes.append(contentsOf: utf8[start...])
    }

    private mutating func appendEscape(of byte: UInt8) {
        switch byte {
        case .quote: raw(#"\""#)
        case .backslash: raw(#"\\"#)
        case 0x08: raw(#"\b"#)
        case 0x09: raw(#"\t"#)
        case 0x0A: raw(#"\n"#)
        case 0x0C: raw(#"\f"#)
        case 0x0D: raw(#"\r"#)
        default:
            raw(#"\u00"#)
            bytes.append(UInt8(hexDigit: byte >> 4))
            bytes.append(UInt8(hexDigit: byte & 15))
        }
    }
}

extension JSONValue {
    /// The canonical bytes of this value.
    public var encoded: [UInt8] {
        var writer = JSONWriter()
        writer.write(self)
        return writer.bytes
    }

    /// The canonical text of this value.
    public var text: String { String(decoding: encoded, as: UTF8.self) }
}

extension UInt8 {
    static let quote = UInt8(ascii: "\"")
    static let backslash = UInt8(ascii: "\\")
    static let openBrace = UInt8(ascii: "{")
    static let closeBrace = UInt8(ascii: "}")
    static let openBracket = UInt8(ascii: "[")
    static let closeBracket = UInt8(ascii: "]")
    static let colon = UInt8(ascii: ":")
    static let comma = UInt8(ascii: ",")
}
