/// A link of the hash chain: 32 bytes of SHA-256, written in hex. It lies in the event itself: a list of events is
/// copied without a thought of it.
public struct EventHash: JSONCodable, Hashable, CustomStringConvertible {
    /// The bytes as big-endian words.
    private let words: (UInt64, UInt64, UInt64, UInt64)

    /// A hash from its bytes; nil when they are not 32.
    public init?(_ bytes: [UInt8]) {
        guard let hash = bytes.withUnsafeBytes({ EventHash($0) }) else { return nil }
        self = hash
    }

    /// The same from bytes that are lent.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count == 32 else { return nil }
        func word(_ index: Int) -> UInt64 {
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        words = (word(0), word(1), word(2), word(3))
    }

    /// The 32 bytes.
    public var bytes: [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 32) { buffer, count in
            copy(to: UnsafeMutableRawBufferPointer(buffer))
            count = 32
        }
    }

    /// Writes the 32 bytes.
    public func copy(to buffer: UnsafeMutableRawBufferPointer) {
        buffer.storeBytes(of: words.0.bigEndian, toByteOffset: 0, as: UInt64.self)
        buffer.storeBytes(of: words.1.bigEndian, toByteOffset: 8, as: UInt64.self)
        buffer.storeBytes(of: words.2.bigEndian, toByteOffset: 16, as: UInt64.self)
        buffer.storeBytes(of: words.3.bigEndian, toByteOffset: 24, as: UInt64.self)
    }

    /// 64 hex digits, lower case.
    public var description: String { withDigits { String(decoding: $0, as: UTF8.self) } }

    /// By their bytes.
    public static func == (left: EventHash, right: EventHash) -> Bool { left.words == right.words }

    /// By their bytes.
    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }

    /// 64 hex digits.
    public static var expectation: String { "64 hex digits" }

    /// Writes the digits.
    public func write(to json: inout JSONWriter) {
        json.raw("\"")
        withDigits { json.raw($0) }
        json.raw("\"")
    }

    /// Reads the digits.
    public init?(json: JSONValue) {
        guard let utf8 = json.string?.utf8, utf8.count == 64 else { return nil }
        let values = utf8.compactMap(\.hexValue)
        guard values.count == 64 else { return nil }
        self.init(stride(from: 0, to: 64, by: 2).map { values[$0] << 4 | values[$0 + 1] })
    }

    /// Lends the digits without an allocation.
    func withDigits<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 64) { buffer in
            words.0.putDigits(in: buffer, at: 0)
            words.1.putDigits(in: buffer, at: 16)
            words.2.putDigits(in: buffer, at: 32)
            words.3.putDigits(in: buffer, at: 48)
            return body(UnsafeBufferPointer(buffer))
        }
    }
}

extension UInt64 {
    /// Writes the 16 hex digits.
    func putDigits(in buffer: UnsafeMutableBufferPointer<UInt8>, at start: Int) {
        let raw = UnsafeMutableRawBufferPointer(buffer)
        raw.storeBytes(of: Self.hexDigits(of: UInt32(self >> 32)).bigEndian, toByteOffset: start, as: UInt64.self)
        raw.storeBytes(
            of: Self.hexDigits(of: UInt32(truncatingIfNeeded: self)).bigEndian, toByteOffset: start + 8, as: UInt64.self
        )
    }

    /// Eight digits at once: each line has some 160 of them. The half-bytes are spread to a byte each; the values above
    /// nine, found by the carry of an addition, are moved to the letters.
    private static func hexDigits(of value: UInt32) -> UInt64 {
        var bytes = UInt64(value)
        bytes = (bytes << 16 | bytes) & 0x0000_FFFF_0000_FFFF
        bytes = (bytes << 8 | bytes) & 0x00FF_00FF_00FF_00FF
        bytes = (bytes << 4 | bytes) & 0x0F0F_0F0F_0F0F_0F0F
        let letters = (bytes + 0x0606_0606_0606_0606) >> 4 & 0x0101_0101_0101_0101
        return bytes + 0x3030_3030_3030_3030 + letters * UInt64(UInt8(ascii: "a") - UInt8(ascii: "0") - 10)
    }
}

extension UInt8 {
    /// The digit of a value below 16, lower case.
    init(hexDigit value: UInt8) { self = value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) }
}
