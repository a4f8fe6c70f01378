import Foundation
import Synchronization

/// A UUID of version 7 (RFC 9562, section 5.7): 48 bits of milliseconds, then a counter, then random bits.
///
/// Identifiers made in one process rise strictly: within a millisecond a 12-bit counter does (method 1 of
/// section 6.2), and when the counter is used up or the clock goes back, the time is moved on instead.
public struct UUIDv7: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The first 64 bits: time, version and counter.
    public let high: UInt64
    /// The last 64 bits: variant and random bits.
    public let low: UInt64

    /// A UUID from its two halves.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// A fresh UUID, greater than every one that this process made before.
    public init() {
        self.init(
            high: Self.nextHigh(milliseconds: Timestamp.now.milliseconds),
            low: .random(in: 0 ... .max) & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }

    /// The UUID in a text of 32 hex digits with hyphens, of any version.
    public init?(_ text: String) {
        guard let uuid = UUID(uuidString: text)?.uuid else { return nil }
        self.init(
            high: Self.word(uuid.0, uuid.1, uuid.2, uuid.3, uuid.4, uuid.5, uuid.6, uuid.7),
            low: Self.word(uuid.8, uuid.9, uuid.10, uuid.11, uuid.12, uuid.13, uuid.14, uuid.15))
    }

    /// The time at which it was made, to the millisecond.
    public var timestamp: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }

    /// Lower-case hex digits with hyphens.
    public var description: String { withDigits { String(decoding: $0, as: UTF8.self) } }

    /// By time, then counter, then random bits.
    public static func < (left: UUIDv7, right: UUIDv7) -> Bool {
        (left.high, left.low) < (right.high, right.low)
    }

    func write(to json: inout JSONWriter) {
        json.raw("\"")
        withDigits { json.raw($0) }
        json.raw("\"")
    }

    /// Lends the 36 digits and hyphens without an allocation: every event has three of these.
    func withDigits<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 36) { buffer in
            high.putDigits(in: buffer, at: 0)
            low.putDigits(in: buffer, at: 20)
            // 8-4-4-4-12: what stands before the last twelve moves apart for the hyphens.
            let raw = UnsafeMutableRawBufferPointer(buffer)
            func move(_ from: Int, _ to: Int) {
                raw.storeBytes(
                    of: raw.loadUnaligned(fromByteOffset: from, as: UInt32.self), toByteOffset: to, as: UInt32.self)
            }
            move(20, 19)
            move(12, 14)
            move(8, 9)
            (buffer[8], buffer[13], buffer[18], buffer[23]) = (.hyphen, .hyphen, .hyphen, .hyphen)
            return body(UnsafeBufferPointer(buffer))
        }
    }

    /// The last time and counter given out, as one number of 60 bits: time ‖ counter.
    private static let last = Mutex<UInt64>(0)

    private static func nextHigh(milliseconds: Int64) -> UInt64 {
        let wanted = UInt64(max(0, milliseconds)) << 12
        let ticks = last.withLock { last in
            last = max(wanted, last + 1)
            return last
        }
        return (ticks >> 12) << 16 | 0x7000 | ticks & 0xFFF
    }

    private static func word(
        _ a: UInt8, _ b: UInt8, _ c: UInt8, _ d: UInt8, _ e: UInt8, _ f: UInt8, _ g: UInt8, _ h: UInt8
    ) -> UInt64 {
        [a, b, c, d, e, f, g, h].reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension UInt8 {
    fileprivate static let hyphen = UInt8(ascii: "-")
}
