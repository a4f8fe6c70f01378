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
}
