import BassiModels
import Foundation

/// How fast an event stream is read on one core, beside one pass of `memchr` over the same bytes, which is what finding
/// the lines costs at least.
enum ParserBenchmark {
    private static let megabytes = 64

    static func run() throws {
        for (name, payload) in [("events of 135 bytes", 60), ("events of 4 KiB", 4000)] {
            let event = "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"text\":\"\(String(repeating: "x", count: payload))\"}\n\n"
            let count = megabytes * 1_000_000 / event.utf8.count
            let bytes = Array(String(repeating: event, count: count).utf8)
            let parsed = try best { try parse(bytes) == count }
            let scanned = try best { scan(bytes) == count * 3 }
            print(
                "parser, \(name): \(Int(parsed)) MB/s; memchr alone \(Int(scanned)) MB/s (goal: 500 MB/s)")
        }
    }

    /// Megabytes a second, the best of five.
    private static func best(_ body: () throws -> Bool) throws -> Double {
        var best = 0.0
        for _ in 0..<5 {
            let start = ContinuousClock.now
            guard try body() else { throw BenchmarkProblem("the parser lost an event") }
            best = max(best, Double(megabytes) / ((ContinuousClock.now - start) / .seconds(1)))
        }
        return best
    }

    /// In chunks of 16 KiB, as a socket gives them.
    private static func parse(_ bytes: [UInt8]) throws -> Int {
        var parser = ServerSentEventParser(ending: .lenient)
        var events = 0
        try bytes.withUnsafeBytes { whole in
            for start in stride(from: 0, to: whole.count, by: 16384) {
                let chunk = UnsafeRawBufferPointer(rebasing: whole[start..<min(start + 16384, whole.count)])
                try parser.push(chunk) { if case .event = $0 { events += 1 } }
            }
        }
        return events
    }

    private static func scan(_ bytes: [UInt8]) -> Int {
        bytes.withUnsafeBytes { whole in
            guard let base = whole.baseAddress else { return 0 }
            var (lines, at) = (0, 0)
            while at < whole.count, let hit = memchr(base + at, 0x0A, whole.count - at) {
                lines += 1
                at = UnsafeRawPointer(hit) - base + 1
            }
            return lines
        }
    }
}
