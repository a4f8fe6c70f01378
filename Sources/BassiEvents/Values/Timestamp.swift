import Foundation

/// A moment as whole milliseconds since 1970-01-01 UTC; written as RFC 3339, `2026-01-31T09:15:02.123Z`.
public struct Timestamp: JSONCodable, Hashable, Comparable, CustomStringConvertible {
    /// Milliseconds since 1970-01-01 UTC.
    public let milliseconds: Int64

    /// A moment.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// The moment that the wall clock shows.
    public static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// The moment in an RFC 3339 text in UTC with exactly three digits of the second's fraction; nil otherwise.
    public init?(_ text: String) {
        let utf8 = Array(text.utf8)
        let pattern = Array("dddd-dd-ddTdd:dd:dd.dddZ".utf8)
        guard utf8.count == pattern.count else { return nil }
        for (byte, wanted) in zip(utf8, pattern) {
            guard wanted == UInt8(ascii: "d") ? byte.isDigit : byte == wanted else { return nil }
        }
        func number(_ range: Range<Int>) -> Int64 {
            utf8[range].reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        }
        let (month, day, hour, minute, second) = (
            number(5..<7), number(8..<10), number(11..<13), number(14..<16), number(17..<19)
        )
        guard (1...12).contains(month), (1...31).contains(day), hour < 24, minute < 60, second < 60
        else { return nil }
        let days = CivilDate(year: number(0..<4), month: month, day: day).daysSince1970
        milliseconds = (((days * 24 + hour) * 60 + minute) * 60 + second) * 1000 + number(20..<23)
        guard description == text else { return nil }
    }

    /// RFC 3339 in UTC with milliseconds.
    public var description: String { withText { String(decoding: $0, as: UTF8.self) } }

    /// By time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// A moment in RFC 3339.
    public static var expectation: String { "RFC 3339 time in UTC with milliseconds" }

    /// Writes the moment in quotes.
    public func write(to json: inout JSONWriter) {
        json.raw("\"")
        withText { json.raw($0) }
        json.raw("\"")
    }

    /// Reads a moment.
    public init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self.init(text)
    }

    /// Lends the text without an allocation: every event has a time. Years beyond 0 to 9999 are cut to four digits.
    func withText<Value>(_ body: (UnsafeBufferPointer<UInt8>) -> Value) -> Value {
        let day: Int64 = 86_400_000
        let days = milliseconds / day - (milliseconds % day < 0 ? 1 : 0)
        let rest = milliseconds - days * day
        let date = CivilDate(daysSince1970: days)
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 24) { buffer in
            func put(_ value: Int64, at start: Int, width: Int, then separator: Unicode.Scalar) {
                var value = value
                for index in stride(from: start + width - 1, through: start, by: -1) {
                    buffer[index] = UInt8(ascii: "0") + UInt8(value.magnitude % 10)
                    value /= 10
                }
                buffer[start + width] = UInt8(ascii: separator)
            }
            put(date.year, at: 0, width: 4, then: "-")
            put(date.month, at: 5, width: 2, then: "-")
            put(date.day, at: 8, width: 2, then: "T")
            put(rest / 3_600_000, at: 11, width: 2, then: ":")
            put(rest / 60_000 % 60, at: 14, width: 2, then: ":")
            put(rest / 1000 % 60, at: 17, width: 2, then: ".")
            put(rest % 1000, at: 20, width: 3, then: "Z")
            return body(UnsafeBufferPointer(buffer))
        }
    }
}

/// A date of the proleptic Gregorian calendar, by Hinnant's `days_from_civil`: Foundation's formatters are a
/// hundred times slower, and every event carries a time.
struct CivilDate {
    let year: Int64
    let month: Int64
    let day: Int64

    init(year: Int64, month: Int64, day: Int64) {
        self.year = year
        self.month = month
        self.day = day
    }

    init(daysSince1970 days: Int64) {
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }

    var daysSince1970: Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }
}
