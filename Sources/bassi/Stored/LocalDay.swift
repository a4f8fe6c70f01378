import BassiEvents
import Foundation

/// Days as the person's clock has them: in the time zone of the machine, or of `TZ`.
struct LocalDay: Sendable {
    private let calendar: Calendar

    init(zone: TimeZone = .current) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        self.calendar = calendar
    }

    var zoneName: String { calendar.timeZone.identifier }

    /// `2026-01-31`
    func name(of moment: Timestamp) -> String {
        let date = Date(timeIntervalSince1970: Double(moment.milliseconds) / 1000)
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        func digits(_ number: Int?, _ count: Int) -> String {
            let text = String(number ?? 0)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        return "\(digits(parts.year, 4))-\(digits(parts.month, 2))-\(digits(parts.day, 2))"
    }

    /// The first moment of a day and the first of the next; nil for what is no day.
    func range(of name: String) -> Range<Timestamp>? {
        let numbers = name.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
        guard numbers.count == 3, let year = numbers[0], let month = numbers[1], let day = numbers[2],
            let date = calendar.date(from: DateComponents(year: year, month: month, day: day)),
            let next = calendar.date(byAdding: .day, value: 1, to: date)
        else { return nil }
        let start = Self.moment(date)
        // A thirtieth of February is none.
        return self.name(of: start) == name ? start..<Self.moment(next) : nil
    }

    private static func moment(_ date: Date) -> Timestamp {
        Timestamp(milliseconds: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}
