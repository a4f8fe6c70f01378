import Foundation
import Testing

@testable import BassiEvents

@Suite struct ValueTests {
    @Test func `identifiers of one process rise strictly and carry their time`() {
        let before = Timestamp.now
        let made = (0..<20_000).map { _ in UUIDv7() }
        #expect(zip(made, made.dropFirst()).allSatisfy { $0 < $1 })
        #expect(made.allSatisfy { $0.high >> 12 & 15 == 7 && $0.low >> 62 == 2 })
        #expect((made.first?.timestamp).map { $0 >= before } == true)
    }

    @Test func `identifiers made at once in many tasks are all different`() async {
        let all = await withTaskGroup(of: [UUIDv7].self) { group in
            for _ in 0..<8 { group.addTask { (0..<5_000).map { _ in UUIDv7() } } }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(all.map(\.high)).count == all.count)
    }

    @Test func `a UUID is the same after a round trip and garbage is none`() throws {
        let id = SessionID()
        #expect(SessionID(id.description) == id)
        #expect(id.description == UUID(uuidString: id.description)?.uuidString.lowercased())
        #expect(SessionID("not-a-uuid") == nil)
        #expect(SessionID("") == nil)
    }

    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000Z"), (-1, "1969-12-31T23:59:59.999Z"),
        (1_769_850_902_123, "2026-01-31T09:15:02.123Z"),
        (951_782_400_000, "2000-02-29T00:00:00.000Z"), (253_402_300_799_999, "9999-12-31T23:59:59.999Z"),
    ])
    func `a time is RFC 3339 with milliseconds`(milliseconds: Int64, text: String) {
        #expect(Timestamp(milliseconds: milliseconds).description == text)
        #expect(Timestamp(text) == Timestamp(milliseconds: milliseconds))
    }

    @Test(arguments: [
        "2026-02-30T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-01-01T24:00:00.000Z", "2026-01-01T00:00:00Z",
        "2026-01-01 00:00:00.000Z", "2026-01-01T00:00:00.000+00:00", "",
    ])
    func `what is not a time is none`(text: String) { #expect(Timestamp(text) == nil) }

    @Test func `random times agree with Foundation`() {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        for _ in 0..<500 {
            let seconds = Int64.random(in: -2_000_000_000...30_000_000_000)
            let text = formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
            #expect(Timestamp(milliseconds: seconds * 1000).description == text)
        }
    }

    @Test(arguments: [
        (0, "0"), (1, "0.000000001"), (1_500_000_000, "1.5"), (-42, "-0.000000042"), (10_000_000_000, "10"),
        (Int64.max, "9223372036.854775807"),
    ])
    func `money is a decimal number without rounding`(nanoDollars: Int64, text: String) {
        #expect(Money(nanoDollars: nanoDollars).description == text)
        #expect(Money(text) == Money(nanoDollars: nanoDollars))
    }

    @Test(arguments: ["", "-", "--1", "1.", ".5", "1e3", "0.0000000001", "1.2.3", "9223372037", "a"])
    func `what is not money is none`(text: String) { #expect(Money(text) == nil) }

    @Test func `money stops at the greatest amount`() {
        #expect(Money(nanoDollars: .max) + Money(nanoDollars: 1) == Money(nanoDollars: .max))
    }

    @Test func `a place is elsewhere where the path does not say it`() {
        for (path, place, isElsewhere) in [
            ("a", "/site/a", false), ("./a/b", "/site/a/b", false), (".", "/site", false), ("/etc/x", "/etc/x", false),
            ("to/a", "/site/real/a", true), ("~/x", "/home/me/x", true), ("../x", "/x", true), ("/l/x", "/etc/x", true),
            ("a", "/site/ba", true),
        ] { #expect(CallPlace(path: path, place: place).isElsewhere == isElsewhere, "\(path)") }
    }
}
