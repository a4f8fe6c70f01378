import BassiEvents
import BassiModels
import Testing

@Suite struct RetryDelayTests {
    @Test func `the back-off doubles up to eight seconds`() {
        let waits = (1...6).map { RetryDelay.backOff(failures: $0, jitter: 0) }
        #expect(waits == [500, 1000, 2000, 4000, 8000, 8000].map { .milliseconds($0) })
        #expect(RetryDelay.backOff(failures: 1, jitter: 1) == .milliseconds(375))
    }

    @Test func `milliseconds win over seconds and nonsense is no wait`() {
        #expect(RetryDelay.asked(retryAfterMilliseconds: "1500", retryAfter: "9") == .milliseconds(1500))
        #expect(RetryDelay.asked(retryAfterMilliseconds: nil, retryAfter: "2.5") == .milliseconds(2500))
        for text in ["-1", "nan", "inf", "soon", "", "1e300"] {
            #expect(RetryDelay.asked(retryAfterMilliseconds: text, retryAfter: text) == nil)
        }
    }

    @Test func `a date is a wait until then, and one that is past is no wait`() throws {
        let now = try #require(Timestamp("2026-11-22T10:00:00.250Z"))
        func asked(_ text: String) -> Duration? {
            RetryDelay.asked(retryAfterMilliseconds: nil, retryAfter: text, now: now)
        }
        #expect(asked("Sun, 22 Nov 2026 10:00:30 GMT") == .milliseconds(29_750))
        #expect(asked("Fri, 01 Jan 2027 00:00:00 GMT") == .seconds(40 * 86_400 - 36_000) - .milliseconds(250))
        #expect(asked("Sun, 06 Nov 1994 08:49:37 GMT") == .zero)
        for text in [
            "Sun, 22 Nov 2026 10:00:30", "Sun, 22 Nov 2026 10:00:30 CET", "Sun, 32 Nov 2026 10:00:30 GMT",
            "Sun, 22 Nov 2026 10:00 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 22 Foo 2026 10:00:30 GMT",
        ] { #expect(asked(text) == nil, "\(text)") }
    }
}
