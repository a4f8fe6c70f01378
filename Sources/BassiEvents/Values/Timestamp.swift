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
    public var description: String { String(decoding: text, as: UTF8.self) }

    /// By time.
    public static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// A moment in RFC 3339.
    public static var expectation: String { "RFC 3339 time in UTC with milliseconds" }

    /// Writes the moment in quotes.
    public func write(to json: inout JSONWriter) {
        json.raw("\"")
        json.raw(text)
        json.raw("\"")
    }

    /// Reads a moment.
    public init?(json: JSONValue) {
        guard let text = json.string else { return nil }
        self.init(text)
    }

    private var text: [UInt8] {
        let day: Int64 = 86_400_000
        let days = Int64((Double(milliseconds) / Double(day)).rounded(.down))
        let rest = milliseconds - days * day
        let date = CivilDate(daysSince1970: days)
        var text: [UInt8] = []
        text.reserveCapacity(24)
        func append(_ value: Int64, width: Int, _ separator: Character?) {
            let digits = String(value).utf8
            text.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, width - digits.count)))
            text.append(contentsOf: digits)
            if let ascii = separator?.asciiValue { text.append(ascii) }
        }
        append(date.year, width: 4, "-")
        append(date.month, width: 2, "-")
        append(date.day, width: 2, "T")
        append(rest / 3_600_000, width: 2, ":")
        append(rest / 60_000 % 60, width: 2, ":")
        append(rest / 1000 % 60, width: 2, ".")
        append(rest % 1000, width: 3, "Z")
        return text
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
